"""Document, backend, client and catalogues cannot part: whoever changes one alone is told, by which rule, and where."""

import contextlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.seawall_tools.codes.kit import BACKEND, CODES, DOCUMENT, GERMAN, PYPROJECT, Project

ROUTES, GERMAN_ARB, TEMPLATE = "src/acme/backend/routes.py", "l10n/app_de.arb", "l10n/app_en.arb"
SERVER, CLIENT = "src/acme/backend/errors.py", "src/acme/console/problems.py"
LIMIT = CODES[CODES.index("## TOO_MANY_AGENTS") : CODES.index("## INTERNAL_ERROR")]


@pytest.fixture(scope="module")
def agreeing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which all agrees, committed to a git repository."""
    found = Project(tmp_path_factory.mktemp("agreeing"))
    files = {"pyproject.toml": PYPROJECT, DOCUMENT: CODES, GERMAN_ARB: GERMAN, ROUTES: BACKEND, ".gitignore": ".seawall_cache\n"}
    for path, content in files.items():
        found.write(path, content)
    with contextlib.chdir(found.root):
        assert found.run("gen").code == 0
        git("init", "--quiet")
        git("add", "--all")
        git("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false", "commit", "--quiet", "-m", "one")
        assert [found.run(*words).code for words in (["check"], ["gen", "--check"], ["diff", "HEAD"])] == [0, 0, 0]
    return found.root


@pytest.fixture
def kept(agreeing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A copy of it, for one test."""
    shutil.copytree(agreeing, tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    return Project(tmp_path / "project")


def git(*words: str) -> None:
    subprocess.run(["git", *words], check=True, capture_output=True)


def told(project: Project, *words: str) -> list[dict[str, Any]]:
    """What the command finds; it ends with 1 if one of them is an error."""
    done = project.run(*words, "--json")
    found: list[dict[str, Any]] = json.loads(done.out)["findings"]
    assert done.code == any(each["level"] == "error" for each in found), done.err
    return found


def places(found: list[dict[str, Any]]) -> set[tuple[str, str, int]]:
    return {(each["rule"], each["path"], each["line"]) for each in found}


BREAKING = [
    (LIMIT, "", "removed", "## INTERNAL_ERROR", "TOO_MANY_AGENTS is removed: deprecate it first, for as long as a client may"),
    ("TOO_MANY_AGENTS", "TOO_MANY", "renamed", "## TOO_MANY", "TOO_MANY_AGENTS is renamed to TOO_MANY: clients that know the"),
    ("409", "429", "status-changed", "429", "the status changed from 409 to 429: clients choose by it what to repeat"),
    (
        "errorTooManyAgents",
        "errorLimit",
        "key-changed",
        "errorLimit",
        "the L10n key changed from errorTooManyAgents to errorLimit",
    ),
    ("`limit: integer`, ", "", "param-removed", "`until?", "the param limit is removed: messages that speak of it have"),
    ("limit: integer", "limit: string", "param-type-changed", "limit: s", "the param limit changed from integer to string"),
    ("`limit", "`team: string`, `limit", "param-added", "`team", "the required param team is new: servers that do not give it"),
]


@pytest.mark.parametrize(("old", "new", "rule", "line", "says"), BREAKING, ids=[case[2] for case in BREAKING])
def test_a_breaking_change_fails_the_diff(kept: Project, old: str, new: str, rule: str, line: str, says: str) -> None:
    """Against the last commit, what breaks somebody is one error: at its line, with what changed and whom it hurts."""
    kept.change(DOCUMENT, old, new)
    (error,) = [each for each in told(kept, "diff", "HEAD") if each["level"] == "error"]
    assert (error["rule"], error["path"], error["line"]) == (rule, DOCUMENT, kept.line(DOCUMENT, line))
    assert says in error["message"]
    assert "TOO_MANY_AGENTS" in error["message"] or error["code"] == "TOO_MANY_AGENTS"


def test_a_missing_translation_fails_the_check(kept: Project) -> None:
    """A language that lacks a code's message is named, at the key in the document."""
    kept.change(GERMAN_ARB, '"errorTooManyAgents"', '"errorTooMany"')
    (finding,) = told(kept, "check")
    assert places([finding]) == {("untranslated", DOCUMENT, kept.line(DOCUMENT, "errorTooManyAgents"))}
    assert GERMAN_ARB in finding["message"]


def test_an_undocumented_raise_fails_the_check(kept: Project) -> None:
    """An exception of the server's module that no code stands behind is found where it is raised."""
    kept.change(ROUTES, "raise errors.TooManyAgents(limit=3)", "raise errors.TooManyAgents(limit=3) from errors.AgentLost()")
    assert places(told(kept, "check")) == {("undocumented", ROUTES, kept.line(ROUTES, "AgentLost"))}


def test_a_code_that_is_never_raised_fails_the_check(kept: Project) -> None:
    """A code that the backend stopped raising is found where it is documented."""
    kept.change(ROUTES, "raise errors.TooManyAgents(limit=3)", "return None")
    assert places(told(kept, "check")) == {("never-raised", DOCUMENT, kept.line(DOCUMENT, "## TOO_MANY_AGENTS"))}


def test_a_placeholder_that_is_no_param_fails_the_check(kept: Project) -> None:
    """A message that speaks of what no server sends is found in its catalogue."""
    kept.change(GERMAN_ARB, "Nur {limit} Agenten", "Nur {limt} Agenten")
    (finding,) = told(kept, "check")
    assert places([finding]) == {("placeholder", GERMAN_ARB, kept.line(GERMAN_ARB, "errorTooManyAgents"))}
    assert "{limt}" in finding["message"]


def test_renaming_in_the_document_alone_fails_five_checks_and_the_diff(kept: Project) -> None:
    """A code that is renamed in one place is missed by backend, module, catalogue and clients, each in words of its own."""
    kept.change(DOCUMENT, "TOO_MANY_AGENTS", "TOO_MANY")
    heading = kept.line(DOCUMENT, "## TOO_MANY")
    assert places(told(kept, "check")) == {
        ("undocumented", ROUTES, kept.line(ROUTES, "TooManyAgents")),
        ("never-raised", DOCUMENT, heading),
        ("lost-code", SERVER, kept.line(SERVER, '"TOO_MANY_AGENTS"')),
        ("catalogue-code", TEMPLATE, kept.line(TEMPLATE, '"errorTooManyAgents"')),
    }
    assert {each["rule"] for each in told(kept, "gen", "--check")} == {"stale"}
    assert {each["path"] for each in told(kept, "gen", "--check")} >= {SERVER, CLIENT, TEMPLATE}
    assert places(told(kept, "diff", "HEAD")) == {("renamed", DOCUMENT, heading), ("added", DOCUMENT, heading)}


def test_the_command_ends_with_one_where_something_parted(kept: Project) -> None:
    """In a process of its own the command prints each finding on a line with file and line, and ends with 1."""
    kept.change(ROUTES, "raise errors.TooManyAgents(limit=3)", "return None")
    command = Path(sys.executable).with_name("seawall")
    done = subprocess.run([command, "codes", "check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(
        f"{DOCUMENT}:{kept.line(DOCUMENT, '## TOO_MANY_AGENTS')}: error: TOO_MANY_AGENTS is never raised"
    )
