"""What `seawall codes` writes is whole, is its own, and is the same on every system."""

from pathlib import Path

import pytest

from tests.unit.seawall_tools.codes.kit import CODES, DOCUMENT, Project

SERVER, CLIENT = "src/acme/backend/errors.py", "src/acme/console/problems.py"
WINDOWS = "\ufeff" + CODES.replace("\n", "\r\n")


def hold(project: Project, path: str, content: bytes) -> None:
    (project.root / path).write_bytes(content)


def held(project: Project, path: str) -> bytes:
    return (project.root / path).read_bytes()


def test_a_file_in_another_encoding_is_somebody_s_own(project: Project) -> None:
    """A target that is no UTF-8 was not generated, and is refused as any other file of people is."""
    hold(project, SERVER, "# Übersicht\n".encode("latin-1"))
    done = project.run("gen")
    assert (done.code, held(project, SERVER)) == (2, "# Übersicht\n".encode("latin-1"))
    assert f"{SERVER} was not made by" in done.err


def test_a_folder_in_the_place_of_a_file_is_told(project: Project) -> None:
    """A target that cannot be read is misuse that names it, for `gen` and `gen --check` alike."""
    (project.root / SERVER).unlink()
    (project.root / SERVER).mkdir()
    for words in (("gen",), ("gen", "--check")):
        done = project.run(*words)
        assert (done.code, done.out) == (2, "")
        assert SERVER in done.err


def test_line_breaks_of_windows_are_not_stale(project: Project) -> None:
    """What git checked out with CR LF says the same: nothing is stale, and nothing is written."""
    paths = [SERVER, CLIENT, "l10n/app_en.arb", "openapi.json", "docs/codes/README.md", "docs/codes/agent-forbidden.md"]
    for path in [*paths, DOCUMENT]:
        hold(project, path, held(project, path).replace(b"\n", b"\r\n"))
    assert project.run("gen", "--check").out == "All is well.\n"
    assert project.run("gen").out == "Nothing is stale.\n"
    assert project.run("check").out.startswith("All is well: 3 codes")


@pytest.mark.parametrize("options", [["--client", SERVER], ["--openapi", "docs/codes/readme.md"]])
def test_two_targets_in_one_file_are_misuse(project: Project, options: list[str]) -> None:
    """Settings that would write two things into one file, on a file system that knows no case either, write nothing."""
    before = held(project, SERVER)
    done = project.run("gen", *options)
    assert (done.code, held(project, SERVER)) == (2, before)
    assert "would be written twice" in done.err


@pytest.mark.parametrize("words", [["gen"], ["new", "AGENT_GONE", "--status", "410"], ["check", "--fix"]])
def test_who_is_interrupted_keeps_whole_files(project: Project, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    """Ctrl-C in the midst of writing leaves every file as it was, and nothing beside it."""
    project.change(DOCUMENT, '"Too many agents"', "Too many agents!")
    before = {path: path.read_bytes() for path in project.root.rglob("*") if path.is_file() and "_cache" not in str(path)}

    def interrupt(path: Path, _target: Path) -> None:
        if "codes.msgpack" not in str(path):
            raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    assert project.run(*words).code == 130
    after = {path: path.read_bytes() for path in project.root.rglob("*") if path.is_file() and "_cache" not in str(path)}
    assert after == before


def test_links_and_modes_stay(project: Project) -> None:
    """A target that is a link, or has a mode of its own, is still so after it was written."""
    real = project.root / "real.py"
    (project.root / SERVER).rename(real)
    (project.root / SERVER).symlink_to(real)
    real.chmod(0o640)
    project.change(DOCUMENT, '"Too many agents"', '"No more agents"')
    assert project.run("gen").code == 0
    assert (project.root / SERVER).is_symlink()
    assert "No more agents" in real.read_text(encoding="utf-8")
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_new_code_keeps_the_document_s_own_form(project: Project) -> None:
    """In a document of Windows the new section has its line breaks, stands above the retired codes, and the mark stays."""
    hold(project, DOCUMENT, WINDOWS.encode())
    assert project.run("new", "AGENT_GONE", "--status", "410").code == 0
    text = held(project, DOCUMENT).decode()
    assert text.startswith("\ufeff# Codes\r\n")
    assert text.count("\r\n") == text.count("\n")
    assert text.index("## AGENT_GONE") < text.index("## Retired")


def test_a_new_code_is_put_where_it_is_read(project: Project) -> None:
    """The heading of the retired codes is the document's, however it is written, and none that stands in a fence."""
    project.change(DOCUMENT, "Prose.", "```\n## Retired\n```")
    project.change(DOCUMENT, "## Retired\n\n-", "##  retired ##\n\n-")
    assert project.run("new", "AGENT_GONE", "--status", "410").code == 0
    text = project.read(DOCUMENT)
    assert text.index("## INTERNAL_ERROR") < text.index("## AGENT_GONE") < text.index("##  retired ##")
    assert "AGENT_GONE" in project.run("list").out


@pytest.mark.parametrize("end", ["```", "<!--", "~~~~"])
def test_a_code_that_would_not_be_read_is_not_written(project: Project, end: str) -> None:
    """Where a fence or a comment is never closed, `new` says so and leaves the document as it is."""
    project.write(DOCUMENT, text := CODES.partition("## Retired")[0] + end + "\n")
    done = project.run("new", "AGENT_GONE", "--status", "410")
    assert (done.code, project.read(DOCUMENT)) == (2, text)
    assert "is not closed" in done.err


def test_old_faults_do_not_stop_a_new_code(project: Project) -> None:
    """A fault that was there before stays told by `check`, and `new` looks at its own section alone."""
    project.change(DOCUMENT, "- `AGENT_BANNED`", "- `TOO_MANY_AGENTS`: gone.\n- `AGENT_BANNED`")
    assert project.run("check").rules == ["retired"]
    assert project.run("new", "AGENT_GONE", "--status", "410").code == 0


def test_fix_keeps_every_other_line_break(project: Project) -> None:
    """`--fix` in a document with line breaks of several systems and a mark at its beginning changes the faulty line alone."""
    lines = WINDOWS.replace("- **Status**: 500", "- **status**: 500").splitlines(keepends=True)
    mixed = "".join(line.replace("\r\n", ("\n", "\r\n", "\r")[number % 3]) for number, line in enumerate(lines))
    hold(project, DOCUMENT, mixed.encode())
    assert project.run("check", "--fix").code == 0
    assert held(project, DOCUMENT).decode() == mixed.replace("**status**", "**Status**")


def test_fix_keeps_the_list_s_own_mark(project: Project) -> None:
    """In a list of stars what is mended or added begins with a star: another mark would be another list."""
    stars = CODES.replace("\n- **", "\n* **")
    project.write(DOCUMENT, stars.replace("* **Status**: 500", "* **status**: 500").replace("* **Code**: `INTERNAL_ERROR`\n", ""))
    assert project.run("check", "--fix").code == 0
    assert project.read(DOCUMENT) == stars


def test_fixes_that_meet_in_one_line_are_all_made(project: Project) -> None:
    """Bullets that are missing before one that is mended itself come in their order, and that one keeps its words."""
    slips = CODES.replace("- **Code**: `INTERNAL_ERROR`\n", "").replace("- **Status**: 500", "- **status**: `500`")
    slips = slips.replace("- **L10n Key**: `errorInternalError`\n", "").replace('- **Detail**: "Internal error"', "")
    project.write(DOCUMENT, slips.replace("- **Description**: Nobody", "- **description**: Nobody"))
    done = project.run("check", "--fix")
    assert done.rules == ["missing-bullet"]
    assert project.read(DOCUMENT) == CODES.replace('- **Detail**: "Internal error"', "")
    project.write(DOCUMENT, "## A_B\n\n- **description**: Words.\n")
    project.run("check", "--fix")
    assert project.read(DOCUMENT) == "## A_B\n\n- **Code**: `A_B`\n- **L10n Key**: `errorAB`\n- **Description**: Words.\n"


@pytest.mark.parametrize("value", ["`500`", "500 Internal Server Error", "`500` internal server error"])
def test_fix_mends_a_status_with_its_phrase(project: Project, value: str) -> None:
    """A status in backticks, or with the phrase that it has anyway, is told as a matter of form, and mended."""
    project.change(DOCUMENT, "- **Status**: 500", f"- **Status**: {value}")
    assert (project.run("check").code, project.run("check").rules) == (0, ["form"])
    assert project.run("check", "--fix").out.startswith("All is well: ")
    assert project.read(DOCUMENT) == CODES


@pytest.mark.parametrize("value", ['"Internal error" (or so)', 'Internal "error"'])
def test_fix_leaves_alone_what_could_mean_something_else(project: Project, value: str) -> None:
    """A value with marks within is told, and not mended by guessing."""
    project.change(DOCUMENT, '"Internal error"', value)
    before = project.read(DOCUMENT)
    done = project.run("check", "--fix")
    assert (done.rules, project.read(DOCUMENT)) == (["form"], before)
