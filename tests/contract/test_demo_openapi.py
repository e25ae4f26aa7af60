"""The demo's backend, asked every question that a machine can make of its OpenAPI document, over a real socket."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import seawall
from seawall.model import Headers
from seawall_demo.backend import create_app
from seawall_tools.codes import find_project
from tests.contract.stage import serving

OWN = find_project(Path(__file__).parents[2], {}, cache=False)
SIGN_IN, SIGNED_OUT = "/v1/auth/login", "^/v1/(auth/.*|agents)$"  # what else a console with log-in has, is behind its 401
CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance)
PHASES = [hypothesis.Phase.explicit, hypothesis.Phase.generate]  # to shrink a request that fails would take minutes
TYPES: Mapping[str, type | tuple[type, ...]] = {"string": str, "integer": int, "number": (int, float), "date-time": str}


@pytest.fixture(scope="module", params=[None, 10.0], ids=["open", "guarded"])
def console(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a console: one that believes who calls, and one with log-in."""
    with serving() as stage:
        stage.app = create_app(tmp_path_factory.mktemp("console") / "console.db", grace=request.param)
        yield stage.url


class Answer:
    """What `seawall.problems.parse` reads, of another library's response."""

    def __init__(self, response: Any) -> None:
        self.status_code, self.content = response.status_code, response.content
        self.headers = Headers([(name, value) for name, values in response.headers.items() for value in values])


@pytest.mark.parametrize("mode", GenerationMode)
def test_every_error_conforms(console: str, mode: GenerationMode) -> None:
    """No request makes a 500, and each error is what OpenAPI says of its route and the error document of its code."""
    seen: set[int] = set()
    asked: Any = schemathesis.openapi.from_url(f"{console}/openapi.json")
    if SIGN_IN in asked.raw_schema["paths"]:
        asked = asked.include(path_regex=SIGNED_OUT)
    for operation in asked.get_all_operations():
        ask_all(operation.ok(), mode, seen)
    assert seen & {401, 404} if mode is GenerationMode.POSITIVE else 422 in seen


def ask_all(operation: Any, mode: GenerationMode, seen: set[int]) -> None:
    """Make requests up for one operation, and look at each response."""

    @hypothesis.settings(max_examples=6, phases=PHASES, suppress_health_check=list(hypothesis.HealthCheck), database=None)
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        response = case.call()
        seen.add(response.status_code)
        case.validate_response(response, checks=CHECKS)
        if response.status_code >= 400:
            see_documented(response, operation.definition.raw["responses"])

    ask()


def see_documented(response: Any, responses: Mapping[str, Any]) -> None:
    """The code is one that this route names or that all may answer, with the status and the params of its section."""
    problem = seawall.problems.parse(Answer(response))
    assert problem is not None
    assert problem.code is not None
    told = {schema.get("title") for schema in schemas(responses.get(str(response.status_code), {}))}
    assert problem.code in told | set(OWN.raised_elsewhere)
    entry = OWN.document().find(problem.code)
    assert entry is not None
    assert (problem.dialect, problem.status, bool(problem.trace_id)) == ("rfc9457", entry.status, True)
    types = {param.name: param.type for param in entry.params}
    assert {param.name for param in entry.params if param.required} <= problem.params.keys() <= types.keys()
    assert all(isinstance(value, TYPES[types[name]]) for name, value in problem.params.items())
    assert all(datetime.fromisoformat(value) for name, value in problem.params.items() if types[name] == "date-time")


def schemas(described: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a response of the document may be."""
    schema = described.get("content", {}).get("application/problem+json", {}).get("schema", {})
    found: list[dict[str, Any]] = schema.get("anyOf", [schema])
    return found
