"""FastAPI as it comes: no error handler of ours."""

from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.security import HTTPBearer
from pydantic import BaseModel, Field, field_validator

app = FastAPI()

RAISED: dict[str, Any] = {
    "text": {"status_code": 404, "detail": "There is no such agent"},
    "object": {"status_code": 409, "detail": {"code": "AGENT_BUSY", "queue": 3}},
    "list": {"status_code": 400, "detail": ["the first reason", "the second reason"]},
    "prose": {"status_code": 409, "detail": {"error": "The agent is busy", "queue": 3}},
    "nothing": {"status_code": 403, "detail": {}},
    "late": {"status_code": 429, "detail": "Slow down", "headers": {"Retry-After": "7"}},
    "unnamed": {"status_code": 499, "detail": "The client has gone"},
}


class Item(BaseModel):
    """A line of an order."""

    name: str = Field(min_length=2)
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
    size: Literal["small", "big"] = "small"
    password: str = ""

    @field_validator("password")
    @classmethod
    def is_strong(cls, value: str) -> str:
        """Reject what a user might type."""
        if value and value.isalnum():
            raise ValueError("too weak")
        return value


@app.post("/orders")
def create(order: Order) -> dict[str, bool]:
    """Take a valid order."""
    return {"ok": True}


@app.post("/orders/many")
def create_many(orders: list[Order]) -> dict[str, bool]:
    """Take a list."""
    return {"ok": True}


@app.get("/search")
def search(limit: int, x_page: Annotated[int, Header()] = 1) -> dict[str, bool]:
    """Take a query parameter and a header."""
    return {"ok": True}


@app.get("/orders/{number}")
def read(number: int) -> dict[str, bool]:
    """Take a path parameter."""
    return {"ok": True}


@app.get("/raise/{name}")
def raise_one(name: str) -> None:
    """Raise an HTTPException."""
    raise HTTPException(**RAISED[name])


@app.get("/private", dependencies=[Depends(HTTPBearer())])
def private() -> None:
    """Ask for a token."""


@app.get("/crash")
def crash() -> None:
    """Fail as no code should."""
    raise RuntimeError("crash-canary")
