"""The grammar of the document: each slip is told at its line, and only once."""

import pytest

from seawall_tools.codes import Document, DocumentError, Param, parse
from tests.unit.seawall_tools.codes.kit import CODES


def read(old: str = "", new: str = "") -> Document:
    """The document with one change."""
    assert old in CODES
    return parse(CODES.replace(old, new, 1) if old else CODES, "codes.md")


def told(document: Document) -> list[tuple[str, int]]:
    return [(finding.rule, finding.line) for finding in document.findings]


def test_a_document_is_read_with_its_lines() -> None:
    """Every bullet of a section becomes a typed fact, and knows its line."""
    document = read()
    assert told(document) == []
    assert [entry.code for entry in document.entries] == ["AGENT_FORBIDDEN", "TOO_MANY_AGENTS", "INTERNAL_ERROR"]
    first, second, _ = document.entries
    assert (first.status, first.detail, first.key) == (403, "Forbidden: {action}", "errorAgentForbidden")
    assert (first.line, first.at("Status"), first.at("Params"), first.at("Since")) == (5, 8, 12, 5)
    assert second.params == (Param("limit", "integer"), Param("until", "date-time", required=False))
    assert (first.retryable, second.retryable, second.internal) == (None, False, False)
    assert [(old.code, old.line) for old in document.retired] == [("AGENT_BANNED", 34)]


def test_the_seed_s_own_example_is_read() -> None:
    """The section that the contract began with, with a key in snake_case and no params, is a good one."""
    text = (
        '## AGENT_FORBIDDEN\n\n- **Code**: `AGENT_FORBIDDEN`\n- **Status**: 403\n- **Detail**: "Forbidden"\n'
        "- **L10n Key**: `error_agent_forbidden`\n- **Description**: User does not have permission to access agent resource\n"
    )
    document = parse(text, "codes.md")
    assert (told(document), document.entries[0].key) == ([], "error_agent_forbidden")


def test_optional_bullets_are_understood() -> None:
    """Since, Deprecated, Replaced by and Visibility say what they say."""
    more = "- **Since**: 1.2\n- **Deprecated**: 2.0\n- **Replaced by**: `TOO_MANY_AGENTS`\n- **Visibility**: internal\n"
    entry = read("\n## TOO_MANY", more + "\n## TOO_MANY").entries[0]
    assert (entry.since, entry.deprecated, entry.replaced_by, entry.internal) == ("1.2", "2.0", "TOO_MANY_AGENTS", True)


def test_prose_under_a_code_is_nobody_s_concern() -> None:
    """What stands under a heading within a section is prose, whatever lists it has, and the facts above it stay."""
    prose = "### How it looks\n\n- **Status**: 403, as ever\n- **Step one**: ask\n\n"
    document = read("## TOO_MANY_AGENTS", prose + "## TOO_MANY_AGENTS")
    assert (told(document), document.entries[0].status) == ([], 403)


def test_retired_codes_may_be_grouped() -> None:
    """The list of retired codes goes on under headings within it, up to the next of its own level."""
    document = read("- `AGENT_BANNED`: gone", "### Before 2.0\n\n- `AGENT_GONE`\n\n### Since\n\n- `AGENT_BANNED`: gone")
    assert ([old.code for old in document.retired], told(document)) == (["AGENT_GONE", "AGENT_BANNED"], [])


def test_headings_elsewhere_are_none() -> None:
    """A section in a code fence, a quotation or a list is no section, and prose under other headings is nobody's concern."""
    text = "## How to read this\n\n- a bullet\n\n```\n## FENCED\n- **Code**: `FENCED`\n```\n\n> ## QUOTED\n\n- ## LISTED\n"
    document = parse(text, "codes.md")
    assert (document.entries, told(document)) == ((), [])


@pytest.mark.parametrize(
    ("old", "new", "rule", "line"),
    [
        ("## AGENT_FORBIDDEN", "## AGENT-FORBIDDEN", "heading", 5),
        ("## AGENT_FORBIDDEN", "## UNKNOWN", "heading", 5),
        ("## AGENT_FORBIDDEN", "### AGENT_FORBIDDEN", "heading", 5),
        ("## AGENT_FORBIDDEN", "# AGENT_FORBIDDEN", "heading", 5),
        ('"Forbidden: {action}"', '""', "missing-bullet", 9),
        ("`errorAgentForbidden`", "``", "missing-bullet", 10),
        ("- **Code**: `AGENT_FORBIDDEN`", "- **Code**: `AGENT_DENIED`", "code-mismatch", 7),
        ("- **Code**: `AGENT_FORBIDDEN`\n", "", "missing-bullet", 5),
        ("- **Description**: The agent belongs to somebody else.", "- **Description**:", "missing-bullet", 11),
        ("- **Status**: 403", "- **Status**: 200", "status", 8),
        ("- **Status**: 403", "- **Status**: forbidden", "status", 8),
        ("- **Status**: 403", "- **Status**: 499", "status", 8),
        ("- **Status**: 403", "- **Stutas**: 403\n- **Status**: 403", "unknown-bullet", 8),
        ("- **Status**: 403", "- **Status**: 403\n- **Status**: 404", "repeated-bullet", 9),
        ("- **Status**: 403", "- **status**: 403", "form", 8),
        ('"Forbidden: {action}"', "Forbidden: {action}", "form", 9),
        ('"Forbidden: {action}"', '"Forbidden: {acton}"', "placeholder", 9),
        ('"Forbidden: {action}"', '"Forbidden: {action"', "detail", 9),
        ('"Forbidden: {action}"', f'"{"long " * 100}"', "detail", 9),
        ('"Forbidden: {action}"', '"Forbidden\u202e"', "detail", 9),
        ("`errorAgentForbidden`", "`error-agent`", "key", 10),
        ("`errorAgentForbidden`", "`switch`", "key", 10),
        ("`errorAgentForbidden`", "`errorTooManyAgents`", "duplicate-key", 19),
        ("`action: string`", "`action: text`", "param", 12),
        ("`action: string`", "`action: string`, `Resource: string`", "param", 12),
        ("`action: string`", "`action: string`, `class: string`", "param", 12),
        ("`action: string`", "`action: string`, `status: integer`", "param", 12),
        ("`action: string`", "`action: string`, `self: string`", "param", 12),
        ("`action: string`", "`action: string`, `dict: string`", "param", 12),
        ("`action: string`", "`action: string`, `action: integer`", "param", 12),
        ("`action: string`", "`action: string`, what", "param", 12),
        ("- **Retryable**: no", "- **Retryable**: maybe", "choice", 22),
        ("- **Retryable**: no", "- **Visibility**: secret", "choice", 22),
        ("- **Retryable**: no", "- **Replaced by**: `NOWHERE`", "replaced-by", 22),
        ("- **Retryable**: no", "- **Replaced by**: `TOO_MANY_AGENTS`", "replaced-by", 22),
        ("- `AGENT_BANNED`", "- `TOO_MANY_AGENTS`", "retired", 14),
        ("- `AGENT_BANNED`", "- AGENT_BANNED", "retired", 34),
        ("## INTERNAL_ERROR\n\n- **Code**: `INTERNAL_ERROR`", "## AGENT__FORBIDDEN\n\n- **Code**: `AGENT__FORBIDDEN`",
         "duplicate-class", 24),
    ],
)  # fmt: skip
def test_each_slip_is_told_at_its_line(old: str, new: str, rule: str, line: int) -> None:
    """One slip of the pen makes one finding, with the rule's name and the line of the bullet or heading."""
    found = told(read(old, new))
    assert set(found) == {(rule, line)}


def test_a_code_that_stands_twice_is_told_once() -> None:
    """A copied section is one finding, not one for each of its names."""
    section = CODES[CODES.index("## AGENT_FORBIDDEN") : CODES.index("## TOO_MANY")]
    assert told(parse(CODES + "\n" + section, "codes.md")) == [("duplicate-code", 36)]


def test_a_faulty_section_is_still_a_code() -> None:
    """A slip in a section does not make the code look undocumented: plain values stand in."""
    entry = read("- **Status**: 403", "- **Status**: many").entries[0]
    assert (entry.code, entry.status) == ("AGENT_FORBIDDEN", 500)


def test_line_breaks_of_all_systems_count_alike() -> None:
    """The lines are the same with the line breaks of Windows, and a byte order mark is none of the text."""
    text = CODES.replace("- **Status**: 403", "- **Status**: 200").replace("\n", "\r\n")
    assert told(parse("\ufeff".encode() + text.encode(), "codes.md")) == [("status", 8)]


def test_what_is_no_document_has_an_error_of_its_own() -> None:
    """Bytes that are no text, and documents without end, are a DocumentError."""
    with pytest.raises(DocumentError, match="byte 1 is no UTF-8"):
        parse(b"#\xff", "codes.md")
    with pytest.raises(DocumentError, match="bigger"):
        parse("#" * 5_000_000, "codes.md")
    with pytest.raises(DocumentError, match="faults"):
        parse("## A_B\n\n" * 2000, "codes.md")
