"""The demo's backend, asked every question that a machine can make of its OpenAPI document, over a real socket."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from fastapi import FastAPI, HTTPException
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

import seawall
from seawall.model import Headers
from seawall_demo.backend import create_app
from seawall_demo.backend.accounts import Accounts
from seawall_server.fastapi import install
from seawall_tools.codes import find_project
from tests.contract.stage import serving

OWN = find_project(Path(__file__).parents[2], {}, cache=False)
SIGNED_OUT = "^/v1/(auth/.*|agents)$"  # what else a console with log-in has, is behind its 401
EMAIL = "ada@acme.example"
# Without schemathesis' check of the status: a route with a `default` response, as all of ours, has it passed by whatever comes.
CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance)
PHASES = [hypothesis.Phase.explicit, hypothesis.Phase.generate]  # to shrink a request that fails would take minutes
TYPES: Mapping[str, type | tuple[type, ...]] = {"string": str, "integer": int, "number": (int, float), "date-time": str}


@dataclass(frozen=True)
class Console:
    """A console that runs.

    Args:
        url: Where it listens.
        paths: Which of its paths are asked, as a pattern.
        headers: What is sent with every request.
    """

    url: str
    paths: str
    headers: Mapping[str, str]


@pytest.fixture(scope="module", params=["open", "signed out", "signed in"])
def console(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console that believes who calls; one with log-in, asked by nobody; and the same, asked by a person."""
    with serving() as stage:
        stage.app = create_app(tmp_path_factory.mktemp("console") / "console.db", None if request.param == "open" else 10.0)
        headers = sign_in(stage.app.state.accounts) if request.param == "signed in" else {}
        yield Console(stage.url, SIGNED_OUT if request.param == "signed out" else "", headers)


def sign_in(accounts: Accounts) -> dict[str, str]:
    """What a person sends who has read the code in the e-mail."""
    accounts.codes.send(EMAIL)
    _, tokens = accounts.log_in(EMAIL, accounts.codes.mailed(EMAIL))
    return {"Authorization": f"Bearer {tokens.access_token}"}


class Answer:
    """What `seawall.problems.parse` reads, of another library's response."""

    def __init__(self, response: Any) -> None:
        self.status_code, self.content = response.status_code, response.content
        self.headers = Headers([(name, value) for name, values in response.headers.items() for value in values])


@pytest.mark.parametrize("mode", GenerationMode)
def test_every_answer_is_documented(console: Console, mode: GenerationMode) -> None:
    """No request makes a 500, and each answer is what OpenAPI says of its route, or the error document of its code."""
    seen = ask_everything(console, mode)
    expected = {422} if mode is GenerationMode.NEGATIVE else {401} if console.paths else {200, 404}
    assert seen >= expected
    assert (401 in seen) <= bool(console.paths)


@pytest.mark.parametrize(("status", "told"), [(204, "no 204 at the route"), (418, "TEAPOT")])
def test_what_no_document_names_is_noticed(status: int, told: str) -> None:
    """The checks above can fail, though each route has a `default` response: an odd end is seen, good or bad."""
    app = FastAPI()
    install(app)

    @app.get("/odd")
    def odd() -> None:
        raise HTTPException(status, headers={"Content-Type": "application/json"})

    with serving() as stage:
        stage.app = app
        with pytest.raises(AssertionError, match=told):
            ask_everything(Console(stage.url, "", {}), GenerationMode.POSITIVE)


def ask_everything(console: Console, mode: GenerationMode) -> set[int]:
    """Ask each route, and return the statuses that came."""
    seen: set[int] = set()
    asked: Any = schemathesis.openapi.from_url(f"{console.url}/openapi.json")
    for operation in asked.include(path_regex=console.paths).get_all_operations():
        ask_all(operation.ok(), mode, console.headers, seen)
    return seen


def ask_all(operation: Any, mode: GenerationMode, headers: Mapping[str, str], seen: set[int]) -> None:
    """Make requests up for one operation, and look at each response."""

    @hypothesis.settings(max_examples=6, phases=PHASES, suppress_health_check=list(hypothesis.HealthCheck), database=None)
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        response = case.call(headers=headers)
        seen.add(response.status_code)
        see_named(response, operation.definition.raw["responses"])
        case.validate_response(response, checks=CHECKS)

    ask()


def see_named(response: Any, responses: Mapping[str, Any]) -> None:
    """The status is one that the route names, or that of a code in the error document."""
    if response.status_code >= 400:
        see_documented(response, responses)
    else:
        assert str(response.status_code) in responses, f"no {response.status_code} at the route"


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
