"""One file: where things are found, what silences them, and what cannot be read."""

import os
from pathlib import Path

import pytest

from seawall_tools.lint import MAX_BYTES, MAX_FINDINGS, Settings, check_bytes, check_file, lint, projects_of
from tests.unit.seawall_tools.lint.looking import codes, found

CALL = "import requests\nrequests.get(url)"


@pytest.mark.parametrize(
    ("comment", "is_silent"),
    [
        ("# noqa", True),
        ("# NOQA", True),
        ("#noqa", True),
        ("# noqa: SWL701", True),
        ("# noqa:SWL701", True),
        ("# noqa: E501, SWL701", True),
        ("# noqa: E501 swl701", True),
        ("# noqa: SWL7", True),
        ("# a reason  # noqa: SWL701", True),
        ("# noqa: SWL601", False),
        ("# noqa: E501", False),
        ("# noqab", False),
        ("# no", False),
    ],
)
def test_a_noqa_silences_its_line(comment: str, is_silent: bool) -> None:
    """A noqa for the code, for a beginning of it or for all silences a line, as flake8 and ruff have it."""
    assert codes(f"{CALL}  {comment}") == ([] if is_silent else ["SWL701"])


def test_a_noqa_counts_on_every_line_of_what_is_found() -> None:
    """A call over several lines is silenced by a comment on any of them, and by none beside them."""
    lines = ["import requests  {}", "requests.get(  {}", "    url,  {}", ")  {}", "done()  {}"]
    texts = [
        "\n".join(line.format("# noqa" if at == number else "") for at, line in enumerate(lines)) for number in range(len(lines))
    ]
    assert [bool(codes(text)) for text in texts] == [True, False, False, False, True]


def test_columns_count_characters() -> None:
    """A column counts characters from 1, as editors do, whatever stands before."""
    (finding,) = found("import requests\ntext = 'ä€𝄞'; requests.get(url)\n")
    assert (finding.line, finding.column, finding.end_line) == (2, 15, 2)


@pytest.mark.parametrize(
    ("data", "reason", "line"),
    [
        (b"x = 1\nif:\n", "invalid syntax", 2),
        (b"x = '\x00'", "", 1),
        (b"# coding: latin-nonsense\n", "unknown encoding", 1),
        (b"x = '\xff'", "encoding", 1),
        (b"\xef\xbb\xbf# coding: latin-1\n", "encoding", 1),
        (b"(" * 500 + b")" * 500, "too many nested parentheses", 1),
        (b"x = " + b"-" * 200_000 + b"1", "", 1),
    ],
    ids=["syntax", "nul", "coding", "bytes", "mark", "parentheses", "signs"],
)
def test_what_is_no_python_is_a_finding(data: bytes, reason: str, line: int) -> None:
    """A file that cannot be read is reported at its place, and ends nothing."""
    (finding,) = check_bytes(data, "a.py", "a.py", Settings())
    assert (finding.code, finding.line) == ("SWL001", line)
    assert reason in finding.message


def test_what_is_no_python_can_be_left_alone() -> None:
    """Who ignores SWL001 hears nothing of files that cannot be read."""
    assert check_bytes(b"if:", "a.py", "a.py", Settings(ignore=("SWL001",))) == []


@pytest.mark.parametrize("head", ["", "\ufeff", "# coding: latin-1\n", "#!/usr/bin/python\n# -*- coding: cp1252 -*-\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_is_read_as_python_reads_it(head: str, end: str) -> None:
    """The declared encoding and every kind of line end are understood."""
    encoding = "utf-8" if head in ("", "\ufeff") else "latin-1"
    text = f"{head}import requests\ntext = 'ä'\nrequests.get(url)\n".replace("\n", end)
    (finding,) = check_bytes(text.encode(encoding), "a.py", "a.py", Settings())
    assert (finding.code, finding.line) == ("SWL701", 3 + head.count("\n"))


def test_line_ends_of_old_are_line_ends() -> None:
    """A carriage return alone ends a line, as it does for Python."""
    (finding,) = check_bytes(b"import requests\r\rrequests.get(url)\r", "a.py", "a.py", Settings())
    assert (finding.code, finding.line) == ("SWL701", 3)


def test_warnings_of_the_code_stay_its_own() -> None:
    """What Python would warn of in the code, such as a wrong escape, is no warning of ours."""
    assert codes(f"{CALL}\nx = '\\d'\n") == ["SWL701"]


def test_a_file_has_a_largest_size(tmp_path: Path) -> None:
    """A file beyond the bound is not read to its end, and one at the bound is."""
    file = tmp_path / "a.py"
    for size, expected in ((MAX_BYTES, ["SWL701"]), (MAX_BYTES + 1, ["SWL001"])):
        file.write_text(f"{CALL}\n#".ljust(size), encoding="utf-8")
        assert [finding.code for finding in check_file(file, "a.py", "a.py", Settings())] == expected


def test_a_file_that_cannot_be_opened_is_a_finding(tmp_path: Path) -> None:
    """What the system refuses is told in its own short words."""
    (finding,) = check_file(tmp_path / "none.py", "none.py", "none.py", Settings())
    assert (finding.code, finding.message) == ("SWL001", "this file was not looked at: No such file or directory")


def test_findings_are_bounded(tmp_path: Path) -> None:
    """More findings than anybody reads are cut, and that is said."""
    text = "import requests\n" + "requests.get(url)\n" * (MAX_FINDINGS // 2 + 1)
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    outcome = lint(projects_of([tmp_path], None))
    assert (len(outcome.findings), outcome.files, outcome.is_cut) == (MAX_FINDINGS, 2, True)


def test_the_code_is_not_run(tmp_path: Path) -> None:
    """A file that would leave a trace when it is imported leaves none."""
    trace = tmp_path / "trace"
    (tmp_path / "a.py").write_text(f"import requests\nopen({str(trace)!r}, 'w')\nrequests.get(url)\n", encoding="utf-8")
    assert len(lint(projects_of([tmp_path], None)).findings) == 1
    assert not trace.exists()


@pytest.mark.parametrize("name", ["hex", "rot13", "base64", "undefined", "utf-16", "raw_unicode_escape"])
def test_odd_encodings_are_survived(name: str) -> None:
    """A declared encoding that makes no text, or no such text, is a finding, and never a traceback."""
    (finding,) = check_bytes(f"# coding: {name}\nx = '\\ud800'\n".encode(), "a.py", "a.py", Settings())
    assert finding.code == "SWL001"


def test_a_notebook_is_not_taken_for_python(tmp_path: Path) -> None:
    """A notebook, which happens to look like Python, is said not to be read, and not called clean."""
    file = tmp_path / "a.ipynb"
    file.write_text('{"cells": []}', encoding="utf-8")
    (finding,) = check_file(file, "a.ipynb", "a.ipynb", Settings())
    assert (finding.code, "notebook" in finding.message) == ("SWL001", True)


def test_a_folder_that_cannot_be_read_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that the system does not let us read is told of, and not passed over as clean."""
    (tmp_path / "locked").mkdir()
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    (finding,) = lint(projects_of([tmp_path], None)).findings
    assert (finding.code, Path(finding.path).name) == ("SWL001", "locked")


@pytest.mark.parametrize("line", ["A = B = (A, B)", "a = b\nb = a", "a = a[0]", "x = [x, *x]"])
def test_names_that_go_round_in_circles_end(line: str) -> None:
    """Names that stand for each other, or for themselves, are followed for a few steps only."""
    uses = "toast(a, x, A)\n__import__(a + b)\ntry:\n    f(x)\nexcept A as e:\n    toast(e)\n"
    assert codes(f"import requests, seawall\n{line}\n{uses}", "shop/ui/a.py") == ["SWL401"]


def test_many_names_for_one_thing_end_soon() -> None:
    """A name with many values, each a name with many values, is not followed along every way."""
    lines = [f"n{number} = n{number + 1}" for number in range(12) for _ in range(32)]
    uses = "toast(n0)\nn0.get(u)\n__import__(n0)\ntry:\n    f()\nexcept n0:\n    pass\nrequests.get(u, timeout=n0)\n"
    assert codes("\n".join(["import requests, seawall", *lines, uses]), "shop/ui/a.py") == ["SWL401"]
