"""`seawall codes diff BASE`: the document as it was, wherever it lay, and a plain word where it cannot be had."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.seawall_tools.codes.kit import CODES, DOCUMENT, Project

MOVED = "contract/errors.md"
NEW = "# New\n\nA contract that shares no line.\n"


def git(folder: Path, *words: str) -> None:
    options = [
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.com",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "protocol.file.allow=always",
    ]
    subprocess.run(["git", *options, *words], cwd=folder, check=True, capture_output=True)


def commit(project: Project, words: str) -> None:
    git(project.root, "add", "-A")
    git(project.root, "commit", "-q", "--allow-empty", "-m", words)


@pytest.fixture
def kept(project: Project) -> Project:
    """The project in a repository, with the contract in its first commit."""
    git(project.root, "init", "-q", "-b", "main")
    commit(project, "the contract")
    return project


def move(project: Project) -> None:
    (project.root / "contract").mkdir()
    (project.root / DOCUMENT).rename(project.root / MOVED)
    project.change("pyproject.toml", "[tool.seawall.codes]", f'[tool.seawall.codes]\ndocument = "{MOVED}"')


def test_a_document_that_moved_is_still_compared(kept: Project) -> None:
    """A breaking change does not slip by because the file got another name, committed or only staged."""
    move(kept)
    kept.change(MOVED, "403", "404")
    git(kept.root, "add", "-A")
    assert (kept.run("diff", "main").code, kept.run("diff", "main").rules) == (1, ["status-changed"])
    commit(kept, "moved")
    assert kept.run("diff", "main~1").rules == ["status-changed"]


def test_a_base_without_a_document_is_said(kept: Project) -> None:
    """Where the revision has no document at all, everything is new, and a line on standard error says why."""
    move(kept)
    kept.write(MOVED, NEW)
    done = kept.run("diff", "main")
    assert done.code == 0
    assert done.err == f"main has no {MOVED}: every code counts as new\n"


def test_a_link_is_followed(kept: Project) -> None:
    """A document that is reached through a link is compared with its own history."""
    (kept.root / "codes.md").symlink_to(DOCUMENT)
    commit(kept, "a link")
    kept.change(DOCUMENT, "403", "404")
    assert kept.run("diff", "main", "--document", "codes.md").rules == ["status-changed"]


def test_a_shallow_clone_says_what_to_do(
    kept: Project, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A revision that a shallow clone lacks ends with 2, and with the word that there is more to fetch."""
    commit(kept, "more")
    clone = tmp_path_factory.mktemp("clone")
    git(clone, "clone", "-q", "--depth=1", f"file://{kept.root}", ".")
    monkeypatch.chdir(clone)
    done = kept.run("diff", "main~1")
    assert (done.code, done.out) == (2, "")
    assert "the clone is shallow" in done.err


def test_a_blob_that_cannot_be_read_is_no_empty_document(kept: Project) -> None:
    """Where git knows the document and cannot give it, the command ends with 2: nothing was compared."""
    name = subprocess.run(
        ["git", "rev-parse", f"main:{DOCUMENT}"], cwd=kept.root, capture_output=True, text=True, check=True
    ).stdout.strip()
    lost = kept.root / ".git" / "objects" / name[:2] / name[2:]
    lost.chmod(0o600)
    lost.unlink()
    done = kept.run("diff", "main")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("main: git: ")


def test_outside_of_a_repository_git_s_word_is_passed_on(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no repository, no git, or one that git does not trust, the reason is told in one line."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.root.parent))
    done = project.run("diff", "main")
    assert (done.code, len(done.err.splitlines())) == (2, 1)
    assert "not a git repository" in done.err
    monkeypatch.setenv("PATH", str(project.root))
    assert shutil.which("git") is None
    assert "there is no git" in project.run("diff", "main").err


def test_facts_that_the_base_spoils_are_not_compared(project: Project) -> None:
    """To mend a slip that an older document has is no breaking change; what else changed in that section still is one."""
    project.write("base.md", CODES.replace("- **Status**: 403", "- **Status**: none").replace('"Too many', "Too many"))
    assert project.run("diff", "base.md").out == "Nothing changed.\n"
    project.write("base.md", CODES.replace("- **Status**: 403\n", ""))
    project.change(DOCUMENT, "`resource: string`", "`resource: integer`")
    assert project.run("diff", "base.md").rules == ["param-type-changed"]


def test_a_merge_that_is_not_finished_is_told(project: Project) -> None:
    """Marks of a conflict fail `check`, `diff` and `gen` at their lines, wherever in the document they stand."""
    project.write("base.md", CODES)
    ours, theirs = "- **Description**: Ours.", "- **Description**: Theirs."
    old = "- **Description**: Nobody foresaw it."
    project.change(DOCUMENT, old, f"<<<<<<< HEAD\n{ours}\n=======\n{theirs}\n>>>>>>> theirs")
    for words in (["check"], ["diff", "base.md"], ["gen"]):
        done = project.run(*words)
        assert (done.code, done.rules.count("conflict")) == (1, 2)
        assert f"{DOCUMENT}:{project.line(DOCUMENT, '<<<<<<<')}: error: " in done.out


def test_a_retired_code_stays_listed(project: Project) -> None:
    """A listing that is taken out is a warning: nothing would keep the code from coming back."""
    project.write("base.md", CODES)
    project.change(DOCUMENT, "- `AGENT_BANNED`: gone with 1.4.\n", "")
    done = project.run("diff", "base.md")
    assert (done.code, done.rules) == (0, ["unlisted"])
    assert "AGENT_BANNED" in done.out


def test_a_deprecation_that_is_taken_back_is_noted(project: Project) -> None:
    """A code that is no longer deprecated is a note."""
    project.write("base.md", CODES.replace("- **Retryable**: no", "- **Retryable**: no\n- **Deprecated**: 2.0"))
    done = project.run("diff", "base.md")
    assert (done.code, done.rules) == (0, ["deprecated"])
