"""The OpenAPI document of a FastAPI app of ours, asked every question that a machine can make of it."""

from typing import Any

import hypothesis
import msgspec
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

import seawall
from seawall.model import Headers

APP = "seawall_server_checked_app"
# Without schemathesis' check of the status: a route with a `default` response, as all of ours, has it passed by whatever comes.
CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance)


class Answer:
    """What `seawall.problems.parse` reads, of another library's response."""

    def __init__(self, response: Any) -> None:
        self.status_code, self.content = response.status_code, response.content
        self.headers = Headers([(name, value) for name, values in response.headers.items() for value in values])


@pytest.mark.parametrize("mode", GenerationMode)
def test_every_error_conforms(url: str, mode: GenerationMode) -> None:
    """No request, be it by the document or against it, makes a 500, and each error is what document and client understand."""
    seen: set[int] = set()
    for operation in schemathesis.openapi.from_url(f"{url}/openapi.json").get_all_operations():
        ask_all(operation.ok(), mode, seen)
    assert seen >= ({200, 201} if mode is GenerationMode.POSITIVE else {422})


def ask_all(operation: Any, mode: GenerationMode, seen: set[int]) -> None:
    """Make requests up for one operation, and look at each response."""
    if mode is GenerationMode.NEGATIVE and not {"parameters", "requestBody"} & operation.definition.raw.keys():
        return  # nothing can be wrong with a request that takes no input

    @hypothesis.settings(max_examples=40, suppress_health_check=list(hypothesis.HealthCheck), database=None)
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        response = case.call()
        seen.add(response.status_code)
        case.validate_response(response, checks=CHECKS)
        if response.status_code >= 400:
            see_understood(response)
        else:
            assert str(response.status_code) in operation.definition.raw["responses"]

    ask()


def see_understood(response: Any) -> None:
    """The client reads a code, a trace id, and nothing that it does not know."""
    problem = seawall.problems.parse(Answer(response))
    assert problem is not None
    assert (problem.dialect, problem.body_status) == ("rfc9457", response.status_code)
    assert problem.code
    assert problem.trace_id
    assert not problem.extensions


def test_the_document_tells_problems_by_code(url: str) -> None:
    """A route's problems stand by status, with their codes and the types of their params; FastAPI's own 422 is gone."""
    with seawall.Client(url) as api:
        document = api.get("/openapi.json").json()
    responses = document["paths"]["/orders/{number}"]["get"]["responses"]
    assert set(responses) == {"200", "403", "409", "422", "default"}
    forbidden, general = responses["403"]["content"]["application/problem+json"]["schema"]["anyOf"]
    assert forbidden["properties"]["code"] == {"const": "AGENT_FORBIDDEN"}
    assert forbidden["properties"]["params"]["required"] == ["resource", "action"]
    busy = responses["409"]["content"]["application/problem+xml"]["schema"]["anyOf"][0]
    assert busy["properties"]["params"]["properties"] == {
        "queue": {"type": "integer"},
        "load": {"type": "number"},
        "until": {"type": "string", "format": "date-time"},
    }
    assert general == {"$ref": "#/components/schemas/Problem"}
    assert b"HTTPValidationError" not in msgspec.json.encode(document)
