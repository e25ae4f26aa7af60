"""`seawall codes diff`: what breaks whom, in the right words."""

import subprocess

import pytest

from tests.unit.seawall_tools.codes.kit import CODES, DOCUMENT, Project

SECTION = CODES[CODES.index("## AGENT_FORBIDDEN") : CODES.index("## TOO_MANY")]


def lines(project: Project, old: str, new: str) -> tuple[int, list[str]]:
    """The exit code and the findings, without the summary."""
    project.write("base.md", old)
    project.write(DOCUMENT, new)
    done = project.run("diff", "base.md")
    return done.code, done.out.splitlines()[:-1]


@pytest.mark.parametrize(
    ("old", "new", "rule", "line", "says"),
    [
        (SECTION, "", "removed", 5, "AGENT_FORBIDDEN is removed: deprecate it first"),
        ("AGENT_FORBIDDEN", "AGENT_DENIED", "renamed", 5, "AGENT_FORBIDDEN is renamed to AGENT_DENIED"),
        ("403", "404", "status-changed", 8, "the status changed from 403 to 404"),
        ("errorAgentForbidden", "errorAgent", "key-changed", 10, "the L10n key changed from errorAgentForbidden to errorAgent"),
        ("resource: string", "resource: integer", "param-type-changed", 12, "the param resource changed from string to integer"),
        ("`resource: string`, ", "", "param-removed", 12, "the param resource is removed"),
        ("`resource: string`", "`resource: string`, `team: string`", "param-added", 12, "the required param team is new"),
        ("`until?: date-time`", "`until: date-time`", "param-required", 21, "the param until is required now"),
        ("- **Retryable**: no", "- **Visibility**: internal", "visibility-changed", 22, "apps lose its class"),
    ],
)
def test_a_breaking_change_fails(project: Project, old: str, new: str, rule: str, line: int, says: str) -> None:
    """Each change that breaks clients or servers is an error with its rule, at its line, and says what changed."""
    code, found = lines(project, CODES, CODES.replace(old, new))
    errors = [text for text in found if ": error: " in text]
    assert (code, len(errors)) == (1, 1)
    assert errors[0].startswith(f"{DOCUMENT}:{line}: error: ")
    assert says in errors[0]
    assert errors[0].endswith(f"[{rule}]")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("- **Retryable**: no", "- **Retryable**: yes", "retryable-changed"),
        ("- **Retryable**: no\n", "", "retryable-changed"),
        ("`limit: integer`", "`limit?: integer`", "param-optional"),
    ],
)
def test_what_changes_behaviour_warns(project: Project, old: str, new: str, rule: str) -> None:
    """A change that nobody's code breaks on, and that all may notice, is a warning and ends with 0."""
    code, found = lines(project, CODES, CODES.replace(old, new))
    assert (code, [": warning: " in text and text.endswith(f"[{rule}]") for text in found]) == (0, [True])


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("## INTERNAL_ERROR", SECTION.replace("AGENT_FORBIDDEN", "AGENT_LOCKED").replace("errorAgentF", "errorAgentL")
         + "## INTERNAL_ERROR", "added"),
        ("Nobody foresaw it.", "Nobody could foresee it.", "wording"),
        ('"Too many agents"', '"No more agents"', "wording"),
        ("`until?: date-time`", "`until?: date-time`, `team?: string`", "param-added"),
        ("- **Retryable**: no", "- **Retryable**: no\n- **Deprecated**: 2.0", "deprecated"),
    ],
)  # fmt: skip
def test_what_is_safe_is_noted(project: Project, old: str, new: str, rule: str) -> None:
    """A new code, other words for developers, an optional param and a deprecation are notes, and end with 0."""
    code, found = lines(project, CODES, CODES.replace(old, new))
    assert (code, [": note: " in text and text.endswith(f"[{rule}]") for text in found]) == (0, [True])


def test_a_code_goes_in_two_steps(project: Project) -> None:
    """A code that was deprecated before may be retired with a warning; one that was not breaks even if it is listed."""
    retired = CODES.replace(SECTION, "") + "- `AGENT_FORBIDDEN`: gone.\n"
    deprecated = CODES.replace("`action: string`", "`action: string`\n- **Deprecated**: 2.0")
    code, found = lines(project, deprecated, retired)
    assert (code, found[0].rpartition(" ")[2]) == (0, "[retired]")
    code, found = lines(project, CODES, retired)
    assert (code, found[0].rpartition(" ")[2]) == (1, "[removed]")


def test_a_retired_code_does_not_come_back(project: Project) -> None:
    """A section for a code that the old document lists as retired is an error, though its listing is gone too."""
    back = SECTION.replace("AGENT_FORBIDDEN", "AGENT_BANNED").replace("errorAgentForbidden", "errorAgentBanned")
    code, found = lines(
        project, CODES, CODES.replace("- `AGENT_BANNED`: gone with 1.4.\n", "").replace("## INTERNAL", back + "## INTERNAL")
    )
    assert (code, found[0].rpartition(" ")[2]) == (1, "[reused]")


def git(project: Project, *words: str) -> None:
    options = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *options, *words], cwd=project.root, check=True, capture_output=True)


def test_git_revisions_are_compared(project: Project) -> None:
    """BASE may be any revision of the document's repository, whatever folder the command runs in."""
    git(project, "init", "-q", "-b", "main")
    git(project, "commit", "-q", "--allow-empty", "-m", "nothing yet")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "the contract")
    project.change(DOCUMENT, "403", "404")
    done = project.run("diff", "main")
    assert (done.code, done.rules) == (1, ["status-changed"])
    first = project.run("diff", "main~1")
    assert (first.code, first.rules) == (0, ["added", "added", "added"])


@pytest.mark.parametrize("base", ["nowhere", "--help-me", "-x", "main^{tree}", "\x00"])
def test_a_base_that_is_none_is_misuse(project: Project, base: str) -> None:
    """What is neither a file nor a revision ends with 2 and one line, and git never takes it for an option."""
    git(project, "init", "-q", "-b", "main")
    done = project.run("diff", "--", base)
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)


def test_a_faulty_document_is_not_compared_as_if_it_were_well(project: Project) -> None:
    """Errors of the new document's form are told before what changed."""
    code, found = lines(project, CODES, CODES.replace("- **Status**: 403", "- **Status**: none"))
    assert (code, found[0].rpartition(" ")[2]) == (1, "[status]")
