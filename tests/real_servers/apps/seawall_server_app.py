"""A backend on `seawall_server.fastapi`, with one route for each thing that can go wrong."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse, StreamingResponse
from fastapi.security import HTTPBearer
from pydantic import BaseModel, Field, field_validator

from seawall_server import FieldError, Lifecycle, ProblemError, VersionGate, current_request_id
from seawall_server.asgi import IdempotencyMiddleware
from seawall_server.fastapi import announcing, install, problems
from seawall_server.idempotency import IdempotencyKeyReused, IdempotencyStore

CANARY = "canary-5512"
OLD = Lifecycle(
    datetime(2026, 1, 1, tzinfo=UTC), sunset=datetime(2027, 1, 1, tzinfo=UTC), link="https://docs.acme.example/agents-v2"
)


class AgentForbidden(ProblemError):
    """A problem as the generator writes it."""

    code = "AGENT_FORBIDDEN"
    status = 403
    detail = "You may not {action} this {resource}"

    def __init__(self, *, resource: str, action: str) -> None:
        super().__init__(resource=resource, action=action)


class AgentBusy(ProblemError):
    """A problem with params of every type, and a type of its own."""

    code = "AGENT_BUSY"
    status = 409
    detail = "The agent is busy"
    type = "https://errors.acme.example/agent-busy"
    title = "Agent busy"

    def __init__(self, *, queue: int, load: float, until: datetime) -> None:
        super().__init__(queue=queue, load=load, until=until)


class Maintenance(ProblemError):
    """A problem that has no params."""

    code = "MAINTENANCE"
    status = 503
    detail = "Back soon"


class Item(BaseModel):
    """A line of an order."""

    name: str = Field(min_length=2, max_length=40)
    qty: int = Field(gt=0)


class Cat(BaseModel):
    """One of two kinds of pets."""

    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    """The other kind."""

    kind: Literal["dog"]
    tricks: int


class Order(BaseModel):
    """What is posted."""

    age: int
    items: list[Item] = []
    notes: dict[str, int] = {}
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None
    other: int | list[int] | None = None
    password: str = ""

    @field_validator("password")
    @classmethod
    def is_strong(cls, value: str) -> str:
        """Quote what a user typed, as nobody should."""
        if value:
            raise ValueError(f"{value} is too weak")
        return value


def raised(name: str) -> Exception:
    """The errors of the route that raises."""
    return {
        "forbidden": lambda: AgentForbidden(resource="agent", action="up<date"),
        "busy": lambda: AgentBusy(queue=3, load=0.5, until=datetime(2026, 11, 22, tzinfo=UTC)).with_instance("/jobs/7"),
        "late": lambda: Maintenance().with_retry_after(6.2),
        "login": lambda: HTTPException(401, "Who?", {"WWW-Authenticate": 'Bearer error="invalid_token"'}),
        "scope": lambda: AgentForbidden(resource="agent", action="read").with_challenge(
            "Bearer", error="insufficient_scope", scope="agents:read"
        ),
        "fields": lambda: AgentForbidden(resource="agent", action="own").with_errors(FieldError("/owner", "NOT_YOU")),
        "unnamed": lambda: HTTPException(499, "The client has gone"),
        "object": lambda: HTTPException(409, {"code": "AGENT_BUSY", "queue": 3, "until": None}),
        "gateway": lambda: HTTPException(502, f"upstream said {CANARY}"),
        "crash": lambda: RuntimeError(CANARY),
    }.get(name, lambda: HTTPException(404, "There is no such error"))()


api, failing = APIRouter(), APIRouter()
made: list[str] = []


@api.post("/orders", status_code=201)
def create(order: Order, limit: Annotated[int, Header(alias="X-Limit")] = 1) -> dict[str, bool]:
    """Take a valid order."""
    return {"ok": True}


@api.get("/search")
async def search(page: Annotated[int, Field(ge=1, le=1000)], sort: Literal["asc", "desc"] = "asc") -> dict[str, bool]:
    """Take query parameters."""
    return {"ok": True}


@api.get("/orders/{number}", responses=problems(AgentForbidden, AgentBusy))
async def read(number: int) -> dict[str, int]:
    """Refuse some numbers."""
    if number % 2:
        raise AgentForbidden(resource=f"order {number % 100}", action="read")
    return {"number": number}


@failing.get("/raise/{name}", responses=problems(AgentForbidden, Maintenance))
async def raise_one(name: str) -> None:
    """Raise an error."""
    raise raised(name)


@failing.get("/raise-in-a-thread/{name}")
def raise_in_a_thread(name: str) -> None:
    """Raise an error outside the loop."""
    raise raised(name)


@api.get("/named")
def named() -> dict[str, str | None]:
    """Tell the request's name, from a thread."""
    return {"id": current_request_id()}


@api.get("/private", dependencies=[Depends(HTTPBearer())])
def private() -> None:
    """Ask for a token."""


@api.get("/old", dependencies=[announcing(OLD)], deprecated=True)
async def old(page: int = 1) -> dict[str, bool]:
    """Work, for now."""
    return {"ok": True}


@failing.get("/page", response_class=HTMLResponse)
async def page() -> HTMLResponse:
    """Answer an error page by hand."""
    return HTMLResponse(f"<h1>{CANARY}</h1>", 410, {"Allow": "GET", "ETag": '"1"'})


@api.get("/good-page", response_class=HTMLResponse)
async def good_page() -> str:
    """Answer a page that is no error."""
    return "<h1>fine</h1>"


@failing.get("/half", response_class=StreamingResponse)
async def half() -> StreamingResponse:
    """Fail in the middle of a response."""

    async def pieces() -> Any:
        yield b"the first half"
        raise RuntimeError(CANARY)

    return StreamingResponse(pieces(), media_type="text/plain")


@api.post("/agents", status_code=201, responses=problems(IdempotencyKeyReused))
def make(body: dict[str, str], response: Response) -> dict[str, int]:
    """Make an agent, and remember how many there are."""
    if "refuse" in body:
        raise AgentForbidden(resource="agent", action="create")
    made.append(body.get("name", ""))
    response.headers["Location"] = f"/agents/{len(made)}"
    response.headers["Set-Cookie"] = f"seen={CANARY}"
    return {"id": len(made)}


def build(*routers: APIRouter) -> FastAPI:
    """An app of some of the routes."""
    app = FastAPI(title="Orders")
    store = IdempotencyStore(Path(tempfile.mkdtemp()) / "keys.sqlite")
    for router in routers:
        app.include_router(router)
    app.add_middleware(IdempotencyMiddleware, store=store, owner=lambda scope: "ada")
    install(app, gate=VersionGate({"ios": "2.1.0", "*": "2.0.0"}))
    app.add_middleware(CORSMiddleware, allow_origins=["https://app.acme.example"])
    return app


app = build(api, failing)
