"""fastapi-problem as its first page shows it."""

from typing import Any

from fastapi import FastAPI, HTTPException
from fastapi_problem.error import ConflictProblem, NotFoundProblem, Problem, ServerProblem
from fastapi_problem.handler import add_exception_handler, new_exception_handler
from pydantic import BaseModel, Field

app = FastAPI()
add_exception_handler(app, new_exception_handler())


class AgentMissingError(NotFoundProblem):
    """A problem with a title of its own; the library derives its type from the name of the class."""

    title = "There is no such agent"


class AgentBusyError(ConflictProblem):
    """A problem with an absolute type."""

    title = "The agent is busy"
    type_ = "https://errors.acme.example/agent-busy"


class LedgerError(ServerProblem):
    """A failure of the server's own."""

    title = "The ledger is closed"


class Item(BaseModel):
    """A line of an order."""

    qty: int = Field(gt=0)


class Order(BaseModel):
    """What is posted."""

    age: int
    items: list[Item] = []


PROBLEMS: dict[str, Any] = {
    "missing": lambda: AgentMissingError("Agent 7 was never made", agent=7),
    "busy": lambda: AgentBusyError(code="AGENT_BUSY", params={"queue": 3}),
    "ledger": lambda: LedgerError("It opens at nine"),
    "late": lambda: Problem("Slow down", type_="rate-limited", status=429, headers={"Retry-After": "7"}),
    "http": lambda: HTTPException(403, "Not yours"),
    "unnamed": lambda: HTTPException(499, "The client has gone"),
    "crash": lambda: RuntimeError("crash-canary"),
}


@app.post("/orders")
def create(order: Order) -> dict[str, bool]:
    """Take a valid order."""
    return {"ok": True}


@app.get("/raise/{name}")
def raise_one(name: str) -> None:
    """Raise a problem."""
    raise PROBLEMS[name]()
