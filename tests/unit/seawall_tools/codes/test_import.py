"""`seawall codes import`: OpenAPI documents as other people write them."""

import json
import sys
from typing import Any

import pytest
import yaml

from seawall_tools.codes import Entry, _openapi_import
from seawall_tools.codes._answered import answered
from seawall_tools.codes._openapi_import import imported_entries
from seawall_tools.codes._openapi_text import OpenApiError, read_openapi
from tests.unit.seawall_tools.codes.kit import DOCUMENT, Project

JSON = "application/json"
SPEC = """openapi: 3.1.0
paths:
  /a:
    get:
      responses:
        410:
          content:
            application/json:
              example: {code: AGENT_GONE, params: {since: 2026-01-01, number: 7}}
"""


def entries(responses: dict[str, Any], /, **components: Any) -> list[Entry]:
    """The codes of a document with one path."""
    document = {"openapi": "3.0.3", "paths": {"/a": {"get": {"responses": responses}}}, "components": components}
    found = imported_entries(json.dumps(document).encode())
    assert [entry.code for entry in imported_entries(yaml.safe_dump(document).encode())] == [entry.code for entry in found]
    return found


def codes(responses: dict[str, Any], /, **components: Any) -> list[tuple[str, int]]:
    return [(entry.code, entry.status) for entry in entries(responses, **components)]


def of(schema: Any, media_type: str = JSON, **more: Any) -> Any:
    return {"description": "No.", "content": {media_type: {"schema": schema, **more}}}


def having(code: Any, **properties: Any) -> Any:
    return {"type": "object", "properties": {"code": code, **properties}}


def test_codes_within_a_wrapper_are_found() -> None:
    """As payment services write it: an object `error` by reference, whose code is an enum in lower case."""
    inner = having({"type": "string", "nullable": True, "enum": ["card_declined", "expired-card"]}, param={"type": "string"})
    schemas = {"error": {"properties": {"error": {"$ref": "#/components/schemas/api_errors"}}}, "api_errors": inner}
    found = codes({"402": of({"$ref": "#/components/schemas/error"})}, schemas=schemas)
    assert found == [("CARD_DECLINED", 402), ("EXPIRED_CARD", 402)]


def test_what_many_responses_share_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred routes with the same two hundred codes, by reference or written out, ask for each code once."""
    asked: list[str] = []
    monkeypatch.setattr(_openapi_import, "answered", lambda status, said: asked.append(said) or answered(status, said))
    names = [f"shared_{number}" for number in range(200)]
    shared, written = of({"$ref": "#/components/schemas/Error"}), of(having({"enum": names}))
    paths = {f"/{at}": {"get": {"responses": {"402": shared, "409": written}}} for at in range(100)}
    document = {"openapi": "3.0.0", "paths": paths, "components": {"schemas": {"Error": having({"enum": names})}}}
    found = imported_entries(json.dumps(document).encode())
    assert [entry.status for entry in found] == [402] * 200
    assert sorted(asked) == sorted(names)


def test_errors_without_codes_have_none() -> None:
    """As code hosts write it: a message, a link, and codes of single fields only."""
    item = having({"type": "string", "enum": ["missing_field"]}, field={"type": "string"})
    schema = {"properties": {"message": {"type": "string"}, "errors": {"type": "array", "items": item}}}
    assert codes({"422": of(schema), "404": of({"properties": {"message": {}, "documentation_url": {}}})}) == []


@pytest.mark.parametrize("media_type", ["application/problem+json; charset=utf-8", "*/*", "application/*", "text/json"])
def test_every_media_type_that_may_be_json_is_read(media_type: str) -> None:
    """Generators write `*/*` where they know no better."""
    assert codes({"403": of(having({"const": "AGENT_FORBIDDEN"}), media_type)}) == [("AGENT_FORBIDDEN", 403)]


def test_other_media_types_are_not() -> None:
    """A page has no codes."""
    assert codes({"403": of(having({"const": "AGENT_FORBIDDEN"}), "text/html")}) == []


@pytest.mark.parametrize(
    "response",
    [
        of({}, example={"code": "A_B"}),
        of({}, examples={"one": {"value": {"code": "A_B"}}}),
        of({}, examples={"one": {"$ref": "#/components/examples/One"}}),
        of({"example": {"code": "A_B"}}),
        of({"examples": [{"code": "A_B"}]}),
        of(having({"examples": ["A_B"]})),
        of({"oneOf": [having({"enum": ["A_B", "string", None, 7]}), {"type": "null"}]}),
        of({}, example={"detail": {"code": "A_B"}}),
        of({}, example={"error": "a_b", "error_description": "?"}),
        of({"properties": {"error": {"enum": ["a_b"]}}}),
        {"$ref": "#/components/responses/409"},
        {"$ref": "#/components/responses/with%20space~1slash"},
    ],
)
def test_a_code_is_found_wherever_it_stands(response: Any) -> None:
    """By schema and by example, inline and by reference, in the words of 3.0 and 3.1."""
    found = codes(
        {"409": response},
        examples={"One": {"value": {"code": "A_B"}}},
        responses={"409": of(having({"const": "A_B"})), "with space/slash": of(having({"const": "A_B"}))},
    )
    assert found == [("A_B", 409)]


def test_statuses_are_told_or_looked_up() -> None:
    """A range is its first status, a default that of its schema; a default that names none is passed over."""
    named = having({"const": "B_B"}, status={"type": "integer", "const": 418})
    assert codes({"4XX": of(having({"const": "A_B"})), "default": of(named)}) == [("A_B", 400), ("B_B", 418)]
    assert codes({"default": of(having({"const": "C_B"})), "2XX": of(having({"const": "D_B"}))}) == []


def test_types_of_params_are_understood() -> None:
    """A type of 3.1 with null, one of alternatives, and formats of time become the four types; odd names are left out."""
    params = {
        "properties": {
            "limit": {"type": ["integer", "null"]},
            "rate": {"anyOf": [{"type": "number"}, {"type": "null"}]},
            "until": {"type": "string", "format": "date-time"},
            "camelCase": {"type": "string"},
            "name": {},
        },
        "required": ["limit"],
    }
    (entry,) = entries({"409": of(having({"const": "A_B"}, params=params))})
    assert [(param.name, param.type, param.required) for param in entry.params] == [
        ("limit", "integer", True),
        ("rate", "number", False),
        ("until", "date-time", False),
        ("name", "string", False),
    ]


def test_yaml_is_read_with_text_for_keys(project: Project) -> None:
    """Statuses that YAML takes for numbers are statuses."""
    project.write("spec.yaml", SPEC)
    assert project.run("import", "spec.yaml").out == f"{DOCUMENT}: wrote 1 section\n"
    section = project.read(DOCUMENT).partition("## AGENT_GONE")[2]
    assert "- **Status**: 410\n" in section
    assert "`number: integer`" in section


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no OpenAPI document"),
        (b"{", "cannot be read"),
        (b"a: [", "no YAML"),
        (b"\xff\xfe\xff", "no YAML"),
        (b"a: " + b"[" * 100_000, "more than 200 deep"),
        (b"a: 2026-99-99", "cannot be read"),
        (b"swagger: '2.0'", "version 3"),
        (b'{"swagger": "2.0"}', "version 3"),
        (b"openapi: 3.1.0\npaths: &a [*a]\n", None),
    ],
)
def test_what_is_no_openapi_document_is_told(content: bytes, says: str | None) -> None:
    """Broken, too deep, of another version: one error in plain words; a ring is walked once."""
    if says is None:
        assert imported_entries(content) == []
        return
    with pytest.raises(OpenApiError, match=says) as caught:
        read_openapi(content)
    assert "\n" not in str(caught.value)


def test_without_pyyaml_json_is_read(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """YAML without its package ends with 2 and says what to install; JSON needs none."""
    monkeypatch.setitem(sys.modules, "yaml", None)
    project.write("spec.yaml", "openapi: 3.1.0\n")
    done = project.run("import", "spec.yaml")
    assert (done.code, "pip install pyyaml" in done.err) == (2, True)
    assert project.run("import", "openapi.json").code == 0


def test_nothing_found_is_said(project: Project) -> None:
    """A document whose errors name no new code ends with 0 and says so, and writes nothing."""
    before = project.read(DOCUMENT)
    for words in ((), ("--dry-run",)):
        done = project.run("import", "openapi.json", *words)
        assert (done.code, done.out) == (0, "openapi.json: no error response names a code that is new\n")
    assert project.read(DOCUMENT) == before


def test_one_odd_code_does_not_stop_the_others(project: Project) -> None:
    """A code whose class another one has already is left out with a word."""
    names = ["AGENT__FORBIDDEN", "AGENT_GONE", "AGENTGONE", "AGENT__GONE"]
    document = {"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": {"409": of(having({"enum": names}))}}}}}
    project.write("spec.json", document)
    done = project.run("import", "spec.json")
    assert (done.code, done.out) == (0, f"{DOCUMENT}: wrote 2 sections\n")
    assert [line.split(" ")[0] for line in done.err.splitlines()] == ["AGENT__FORBIDDEN", "AGENT__GONE"]
    assert project.run("check", "--json").code == 1  # they lack messages, and nobody raises them
    assert set(project.run("check").rules) == {"untranslated", "never-raised"}
