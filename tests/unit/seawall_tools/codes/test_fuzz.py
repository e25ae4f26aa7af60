"""Whatever lies in the files, reading ends with findings or with an error of its own."""

import json
import string
from collections import Counter
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from seawall_tools.codes import Document, DocumentError, Finding, diff, parse
from seawall_tools.codes._edits import mended, section_text, with_sections
from seawall_tools.codes._facts import SourceFacts, read_facts
from seawall_tools.codes._openapi_import import imported_entries
from seawall_tools.codes._openapi_text import OpenApiError
from tests.unit.seawall_tools.codes.kit import CODES

WORDS = [
    *("## ", "# ", "- ", "  - ", "**Code**", "**Status**", "**Detail**", "**L10n Key**", "**Params**", "**Replaced by**", ": "),
    *(
        "`",
        '"',
        "{",
        "}",
        "403",
        "AGENT_FORBIDDEN",
        "A_B",
        "UNKNOWN",
        "Retired",
        "a: string",
        ", ",
        "?",
        "\n",
        "\n\n",
        "```",
        "> ",
    ),
    *("\r", "\x00", "\u2028", "\u202e", "|", "*", "<!--", "[a]: b", "\t", "é", "\ud800"),
]
VALUES = [
    *("**Code**: A_B", "**code**: `A_B`", "**Status**: `403`", "**status**: 403 Forbidden", "**Detail**: x", '**detail**: "x" y'),
    *(
        "**L10n Key**: k",
        "**l10n key**: `k`",
        "**Description**: d",
        "**description**: d\n  more",
        "**params**: a: string",
        "words",
    ),
]
BULLETS = st.lists(st.tuples(st.sampled_from(["- ", "* ", "1. ", " - "]), st.sampled_from(VALUES)).map("".join), max_size=9)
SLIPS = st.lists(BULLETS.map(lambda bullets: "\n".join(["## A_B\n", *bullets, "\n"])), max_size=3).map("".join)
LINES = st.lists(st.sampled_from(CODES.splitlines()), max_size=40).map("\n".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


def check(content: bytes | str) -> None:
    try:
        document = parse(content, "codes.md")
    except DocumentError:
        return
    assert isinstance(document, Document)
    assert all(isinstance(finding, Finding) and finding.line >= 1 for finding in document.findings)
    assert [finding for finding in diff(document, document) if finding.level == "error"] == []
    if isinstance(content, str):
        mended(content, document.findings)


@given(st.binary(max_size=300))
def test_any_bytes_are_survived(content: bytes) -> None:
    """Any bytes are a document or a DocumentError."""
    check(content)


@given(st.lists(st.sampled_from(WORDS), max_size=60).map("".join) | LINES)
@settings(max_examples=400)
@example("## A_B\n- **Params**: " + ", " * 100)
@example("- " * 5000)
@example("> " * 5000 + "## A_B")
def test_any_pieces_of_the_grammar_are_survived(text: str) -> None:
    """The grammar's own words in any order never raise, and a document never breaks itself."""
    check(text)


@given(LINES | SLIPS, st.sampled_from(["\n", "\r\n", "\r"]))
@settings(max_examples=300)
def test_what_is_mended_stays_mended(text: str, end: str) -> None:
    """After `--fix` the mended findings do not come back, and no other comes in their place."""
    text = text.replace("\n", end)
    before = parse(text, "codes.md").findings
    after = parse(mended(text, before), "codes.md").findings
    assert [finding for finding in after if finding.edit] == []
    assert not Counter(finding.rule for finding in after) - Counter(finding.rule for finding in before)


@given(st.lists(st.sampled_from(WORDS), max_size=40).map("".join) | LINES)
@settings(max_examples=300)
def test_a_new_section_leaves_the_others_alone(text: str) -> None:
    """Wherever a section is put that is read at all, the other codes and the retired ones are what they were."""
    try:
        before = parse(text, "codes.md")
    except DocumentError:
        return
    after = parse(with_sections(text, ["## ENTIRELY_NEW\n\n- **Status**: 400\n"]), "codes.md")
    if after.find("ENTIRELY_NEW"):
        assert [entry.code for entry in after.entries if entry.code != "ENTIRELY_NEW"] == [entry.code for entry in before.entries]
        assert [old.code for old in after.retired] == [old.code for old in before.retired]


@given(st.binary(max_size=100) | st.text(alphabet=string.printable, max_size=200).map(str.encode))
@example(b"(" * 5000)
@example(b"x = " + b"-" * 100_000 + b"1")
@example(b"a" + b".a" * 20_000)
@example(b"\x00")
def test_any_source_is_survived(content: bytes) -> None:
    """Any bytes under the name of a Python file give facts, or say why not."""
    assert isinstance(read_facts(content), SourceFacts)


@given(JSON | st.dictionaries(st.sampled_from(["openapi", "paths", "components", "$ref"]), JSON))
def test_any_json_is_survived(document: Any) -> None:
    """Any JSON is an OpenAPI document or an OpenApiError."""
    try:
        imported_entries(json.dumps(document).encode())
    except OpenApiError:
        pass


def test_schemas_that_hold_themselves_end() -> None:
    """A schema that is made of itself, twice at each turn, is looked at once; references in a ring lead nowhere."""
    ring = {"$ref": "#/components/schemas/Ring"}
    schemas = {
        "Self": {"allOf": [{"$ref": "#/components/schemas/Self"}] * 2, "properties": {"code": {"const": "LOOPED_CODE"}}},
        "Ring": ring,
    }
    contents = [{"schema": {"$ref": "#/components/schemas/Self"}}, {"schema": ring}]
    responses = {str(400 + at): {"content": {"application/json": content}} for at, content in enumerate(contents)}
    document = {"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": responses}}}, "components": {"schemas": schemas}}
    assert [entry.code for entry in imported_entries(json.dumps(document).encode())] == ["LOOPED_CODE"]


@given(st.sampled_from(parse(CODES, "codes.md").entries))
def test_a_section_that_is_written_is_read_back(entry: Any) -> None:
    """`section_text` and `parse` are each other's inverse in all that a section of `new` holds."""
    (back,) = parse(with_sections("# Codes\n", [section_text(entry)]), "codes.md").entries
    names = ("code", "status", "detail", "key", "description", "params")
    assert [getattr(back, name) for name in names] == [getattr(entry, name) for name in names]
