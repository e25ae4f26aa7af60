"""connexion, which validates by an OpenAPI document and answers with problem+json."""

from typing import Any

from connexion import FlaskApp
from connexion.exceptions import BadRequestProblem, ProblemException

ORDER = {
    "type": "object",
    "required": ["age"],
    "properties": {
        "age": {"type": "integer"},
        "items": {"type": "array", "items": {"type": "object", "properties": {"qty": {"type": "integer", "minimum": 1}}}},
    },
}
ANSWERS = {"200": {"description": "done"}}
HERE = __name__


def operation(function: str, **more: Any) -> dict[str, Any]:
    """Describe an operation that a function of this file carries out."""
    return {"operationId": f"{HERE}.{function}", "responses": ANSWERS, **more}


def parameter(name: str, place: str) -> dict[str, Any]:
    """Describe a required integer."""
    return {"name": name, "in": place, "required": True, "schema": {"type": "integer"}}


SPECIFICATION = {
    "openapi": "3.0.3",
    "info": {"title": "Orders", "version": "1"},
    "paths": {
        "/orders": {
            "post": operation("create", requestBody={"required": True, "content": {"application/json": {"schema": ORDER}}}),
        },
        "/search": {"get": operation("search", parameters=[parameter("limit", "query")])},
        "/private": {"get": operation("private", security=[{"token": []}])},
        "/raise/{name}": {
            "get": operation(
                "raise_one", parameters=[{"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}]
            ),
        },
    },
    "components": {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "x-bearerInfoFunc": f"{HERE}.token_facts"}},
    },
}


def create(body: dict[str, Any]) -> dict[str, bool]:
    """Take a valid order."""
    return {"ok": True}


def search(limit: int) -> dict[str, bool]:
    """Take a query parameter."""
    return {"ok": True}


def private() -> dict[str, bool]:
    """Answer who has a token."""
    return {"ok": True}


def token_facts(token: str) -> dict[str, Any] | None:
    """Know one token."""
    return {"sub": "ada"} if token == "right" else None


def raise_one(name: str) -> None:
    """Raise a problem."""
    problems: dict[str, Exception] = {
        "plain": BadRequestProblem(detail="The order is closed"),
        "extended": ProblemException(
            status=409,
            title="The agent is busy",
            type="https://errors.acme.example/agent-busy",
            instance="/agents/7",
            ext={"code": "AGENT_BUSY", "params": {"queue": 3}, "violated-policies": ["one"]},
        ),
        "crash": RuntimeError("crash-canary"),
    }
    raise problems[name]


app = FlaskApp(__name__)
app.add_api(SPECIFICATION, validate_responses=True)
