"""What FastAPI's OpenAPI document says about problems."""

import json
import re
from datetime import datetime
from typing import Any

import jsonschema_rs
import msgspec
from fastapi import APIRouter, FastAPI
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from seawall_server import FieldError, ProblemError, answer
from seawall_server.fastapi import install as install_in_fastapi
from seawall_server.fastapi import problems
from tests.unit.seawall_server.kit import AgentForbidden, ask


class Problem(BaseModel):
    """A model of the app that is called like ours."""

    weight: int


class ValidationError(BaseModel):
    """A model of the app that is called like FastAPI's."""

    place: str


class AgentLate(ProblemError):
    """Knows a type by its name only, as modules do that import types for type checkers alone."""

    code = "AGENT_LATE"
    status = 409

    def __init__(self, *, since: "Moment") -> None:  # type: ignore[name-defined]  # noqa: F821
        super().__init__(since=since)


def document_of(app: FastAPI) -> dict[str, Any]:
    """The document as it is served, every reference in it leading somewhere."""
    install_in_fastapi(app)
    document = ask(app, path="/openapi.json").document
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(document))) <= known
    return document


def validator_of(document: dict[str, Any], responses: dict[str, Any], status: str) -> jsonschema_rs.Draft202012Validator:
    """Holds a response against what the document says of it. OpenAPI 3.1 has the schemas of this draft."""
    schema = responses[status]["content"]["application/problem+json"]["schema"]
    return jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})


def test_describing_twice_changes_nothing() -> None:
    """FastAPI keeps its document, and a user's own 422 and default stay."""
    app = FastAPI()
    own = {422: {"description": "mine"}, "default": {"description": "mine too"}}

    @app.get("/there", responses=own)  # type: ignore[arg-type]
    async def there(page: int) -> RedirectResponse:
        return RedirectResponse("/")

    install_in_fastapi(app)
    first = app.openapi()
    assert app.openapi() == first
    responses = first["paths"]["/there"]["get"]["responses"]
    assert (responses["422"]["description"], responses["default"]["description"]) == ("mine", "mine too")


def test_problems_of_one_status_stand_together() -> None:
    """Two codes of one status are two schemas of one response; only keywords without a default are always there."""

    class AgentAsleep(ProblemError):
        code = "AGENT_ASLEEP"
        status = 403

    class AgentLate(ProblemError):
        code = "AGENT_LATE"
        status = 409

        def __init__(self, *, since: datetime, why: str | None = None) -> None:
            super().__init__(since=since)

    late = problems(AgentLate)[409]["content"]["application/problem+json"]["schema"]["anyOf"][0]["properties"]["params"]
    assert late["required"] == ["since"]
    assert late["properties"] == {"since": {"type": "string", "format": "date-time"}, "why": {"type": "string"}}
    document = problems(AgentForbidden, AgentAsleep)
    assert list(document) == [403]
    assert document[403]["description"] == "AGENT_FORBIDDEN: Forbidden; AGENT_ASLEEP"
    one, other, _ = document[403]["content"]["application/problem+json"]["schema"]["anyOf"]
    assert (one["required"], other["required"]) == (["code", "params"], ["code"])
    assert "params" not in other["properties"]


def test_names_of_the_app_stay_its_own() -> None:
    """A model that is called like one of ours or of FastAPI's keeps its schema, and ours takes another name."""
    app = FastAPI()

    @app.get("/", responses=problems(AgentForbidden))
    def endpoint() -> Problem | ValidationError:
        return ValidationError(place="")

    document = document_of(app)
    schemas, responses = document["components"]["schemas"], document["paths"]["/"]["get"]["responses"]
    assert list(schemas["Problem"]["properties"]) == ["weight"]
    assert list(schemas["ValidationError"]["properties"]) == ["place"]
    assert set(schemas) == {"Problem", "ValidationError", "ProblemDocument"}
    for status in ("403", "default"):
        assert "schemas/ProblemDocument" in str(responses[status])
    for name in ("Problem", "ValidationError"):
        assert f"schemas/{name}'" in str(responses["200"])


def test_routers_and_webhooks_are_described() -> None:
    """A router's problems are those of its routes, and calls in the other direction may fail too."""
    app, router = FastAPI(), APIRouter(responses=problems(AgentForbidden))

    @router.get("/agents")
    def agents() -> None: ...

    @app.webhooks.post("agent-made")
    def made(agent: Problem) -> None: ...

    app.include_router(router)
    document = document_of(app)
    assert set(document["paths"]["/agents"]["get"]["responses"]) == {"200", "403", "default"}
    assert set(document["webhooks"]["agent-made"]["post"]["responses"]) == {"200", "422", "default"}


def test_a_type_that_is_not_there_does_not_stop_the_app() -> None:
    """The param is described without its type."""
    (late, _) = problems(AgentLate)[409]["content"]["application/problem+json"]["schema"]["anyOf"]
    assert late["properties"]["params"] == {"type": "object", "required": ["since"], "properties": {"since": {}}}


def test_what_is_answered_is_what_the_document_says() -> None:
    """The schemas are valid, take our documents, and refuse others."""
    app = FastAPI()

    @app.get("/", responses=problems(AgentForbidden))
    def endpoint(page: int) -> None: ...

    document = document_of(app)
    responses = document["paths"]["/"]["get"]["responses"]
    refused = AgentForbidden(resource="agent").with_errors(FieldError("/a", "ODD"), FieldError("page", "ODD", location="query"))
    for problem in (refused, AgentForbidden(resource="agent")):
        told = msgspec.json.decode(answer(problem, None, "call-7").body)
        for status in ("403", "default"):
            validator_of(document, responses, status).validate(told)
    validator_of(document, responses, "422").validate(ask(app).document)
    wrong = validator_of(document, responses, "default")
    for told in ({}, {"title": "a", "status": 200, "code": "A"}, {"title": "a", "status": 400, "code": "A", "errors": [{}]}):
        assert not wrong.is_valid(told)
