"""`seawall lint` and the plugin of flake8."""

import json
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from seawall_tools._commands import command
from seawall_tools.lint import RULES

CODE = "import requests\n\n\ndef load(url):\n    return requests.get(url)\n"
MESSAGE = "requests.get waits for ever for a server that falls silent: give it a timeout, in seconds"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one finding in it, from which the command is called."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/agents.py").write_text(CODE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> int:
    """Call `seawall lint` in this process; the result is its exit code."""
    with pytest.raises(SystemExit) as stopped:
        command()(args=["lint", *arguments], prog_name="seawall")
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


def document(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_text_names_file_line_and_column(capsys: pytest.CaptureFixture[str]) -> None:
    """One line says where and what, the last one how much, and the exit code that there is something."""
    assert run("shop") == 1
    output = capsys.readouterr()
    assert output.out == f"shop/agents.py:5:12: SWL701 {MESSAGE}\n"
    assert output.err == "1 finding in 1 file\n"


def test_nothing_found_is_a_zero(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Clean code ends with 0 and says how many files were looked at."""
    (project / "shop/agents.py").write_text("", encoding="utf-8")
    assert run("shop") == 0
    assert capsys.readouterr().err == "Nothing found in 1 file\n"


def test_a_folder_without_python_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder in which nothing can be found, perhaps the wrong one, is named on standard error, also beside another."""
    (project / "docs").mkdir()
    assert run("docs", "--json") == 0
    output = capsys.readouterr()
    assert (output.err, json.loads(output.out)["files"]) == ("No Python files in docs\n", 0)
    assert run("docs") == 0
    assert capsys.readouterr() == ("", "No Python files in docs\n")
    assert run("shop", "docs", "shop/agents.py") == 1
    assert capsys.readouterr().err == "No Python files in docs\n1 finding in 1 file\n"


@pytest.mark.parametrize("option", [("--json",), ("--format", "json")])
def test_json_has_every_member(option: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """The document has all that is known of a finding."""
    assert run("shop", *option) == 1
    finding = {"path": "shop/agents.py", "line": 5, "column": 12, "end_line": 5, "code": "SWL701", "message": MESSAGE}
    assert document(capsys) == {"files": 1, "is_cut": False, "findings": [finding]}


def test_sarif_is_what_code_hosts_read(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A log of SARIF 2.1.0 names the tool and all its rules, and each result points at its rule, its file and its place."""
    (project / "shop/a b%.py").write_text(CODE, encoding="utf-8")
    assert run("shop", "--format", "sarif") == 1
    log = document(capsys)
    (part,) = log["runs"]
    driver = part["tool"]["driver"]
    assert (log["version"], driver["name"]) == ("2.1.0", "seawall lint")
    assert {rule.code for rule in RULES} < {rule["id"] for rule in driver["rules"]}
    spaced, plain = part["results"]
    assert driver["rules"][plain["ruleIndex"]]["id"] == plain["ruleId"] == "SWL701"
    assert plain["message"] == {"text": MESSAGE}
    place = plain["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "shop/agents.py"}, "region": {"startLine": 5, "startColumn": 12, "endLine": 5}}
    assert spaced["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "shop/a%20b%25.py"}


def test_an_absolute_path_is_a_file_uri(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A path that was given in full is a file URI in SARIF."""
    assert run(str(project / "shop"), "--format", "sarif") == 1
    (result,) = document(capsys)["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == (project / "shop/agents.py").as_uri()


def test_code_hosts_get_paths_from_the_repository(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a folder of a repository code hosts get paths from the repository's root, people and programs those that were given."""
    (project / ".git").mkdir()
    monkeypatch.chdir(project / "shop")
    for given in (".", "../shop", str(project / "shop")):
        assert run(given, "--format", "github") == 1
        assert capsys.readouterr().out.startswith("::error file=shop/agents.py,line=5,")
        assert run(given, "--format", "sarif") == 1
        (result,) = document(capsys)["runs"][0]["results"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "shop/agents.py"}
    assert run(".", "--json") == 1
    assert document(capsys)["findings"][0]["path"] == "agents.py"
    assert run(".") == 1
    assert capsys.readouterr().out.startswith("agents.py:5:12: ")


def test_github_gets_its_commands(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An annotation is one workflow command, and nothing in a path or a message ends it early."""
    (project / "shop/agents.py").rename(project / "shop/a,b:c%.py")
    assert run("shop", "--format", "github") == 1
    place = "file=shop/a%2Cb%3Ac%25.py,line=5,col=12,endLine=5,title=SWL701"
    assert capsys.readouterr().out == f"::error {place}::{MESSAGE}\n"


def test_a_name_cannot_steer_the_terminal(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Control characters in a file's name are spelled out."""
    (project / "shop/agents.py").rename(project / "shop/\x1b[2J.py")
    assert run("shop") == 1
    assert capsys.readouterr().out.startswith("shop/\\u001b[2J.py:5:12: ")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--ignore", "SWL701"), 0),
        (("--ignore", "swl601,SWL7"), 0),
        (("--select", "SWL1", "--select", "SWL701"), 1),
        (("--select", "SWL1"), 0),
        (("--exclude", "agents.py"), 0),
        (("--exclude", "shop"), 0),
        (("--exclude", "ui"), 1),
    ],
)
def test_options_choose_rules_and_files(options: tuple[str, ...], code: int) -> None:
    """Codes and files are chosen on the command line."""
    assert run(".", *options) == code


def test_the_command_line_joins_the_settings(project: Path) -> None:
    """`--ignore` joins what the project ignores, and `--select` takes the place of what it selects."""
    (project / "pyproject.toml").write_text('[tool.seawall.lint]\nignore = ["SWL701"]\nselect = ["SWL1"]', encoding="utf-8")
    assert run("shop", "--ignore", "SWL6", "--select", "SWL") == 0
    other = project / "other.toml"
    other.write_text("", encoding="utf-8")
    assert run("shop", "--config", str(other)) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("none",), "none"),
        (("shop", "--select", "SWL999"), "SWL999"),
        (("shop", "--ignore", ","), "--ignore"),
        (("shop", "--format", "xml"), "xml"),
        (("shop", "--config", "none.toml"), "none.toml"),
        (("shop", "none"), "none"),
        (("-", "shop"), "alone"),
    ],
)
def test_misuse_is_named(arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A path, a code, a form or a file that does not exist ends with 2, and is named."""
    assert run(*arguments) == 2
    assert words in capsys.readouterr().err


def test_wrong_settings_are_misuse(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong key in the project's settings ends with 2, and one line names it, as with `seawall codes`."""
    file = project / "pyproject.toml"
    file.write_text("[tool.seawall.lint]\nexlude = []", encoding="utf-8")
    assert run("shop") == 2
    words = f"{file}: [tool.seawall.lint] has no entry 'exlude'; did you mean exclude?\n"
    assert capsys.readouterr() == ("", words)


@pytest.mark.parametrize(
    ("arguments", "place"),
    [(("-",), "stdin.py:5:12: SWL701"), (("-", "--stdin-filename", "shop/ui/a.py"), "shop/ui/a.py:1:1: SWL401")],
)
def test_standard_input_is_looked_at(arguments: tuple[str, ...], place: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`-` stands for standard input, which is looked at as if it stood in the file that is named."""
    with patch("sys.stdin", TextIOWrapper(BytesIO(CODE.encode()))):
        assert run(*arguments) == 1
    output = capsys.readouterr()
    assert output.out.startswith(place)
    assert output.err.endswith("in 1 file\n")


def test_standard_input_may_be_left_out(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An editor may hand over a file that the project excludes, and hears nothing."""
    (project / "pyproject.toml").write_text('[tool.seawall.lint]\nexclude = ["gen"]', encoding="utf-8")
    with patch("sys.stdin", TextIOWrapper(BytesIO(CODE.encode()))):
        assert run("-", "--stdin-filename", "gen/a.py") == 0
    assert capsys.readouterr().err == "Nothing found in 0 files\n"


def test_ctrl_c_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C ends with 130 and a word, without a traceback."""
    with patch("seawall_tools.lint._command.lint", side_effect=KeyboardInterrupt):
        assert run("shop") == 130
    assert capsys.readouterr().err == "Interrupted.\n"


def test_sarif_has_no_property_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """The log bears only names that SARIF 2.1.0 knows, one of its four levels, and regions that end after they begin."""
    assert run("shop", "--format", "sarif") == 1
    log = document(capsys)
    assert set(log) == {"$schema", "version", "runs"}
    (result,) = log["runs"][0]["results"]
    assert set(result) <= {"ruleId", "ruleIndex", "level", "message", "locations"}
    assert result["level"] in {"none", "note", "warning", "error"}
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region["endLine"] >= region["startLine"] >= 1


def test_the_help_tells_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` says what each exit code means, and what becomes of a folder without Python."""
    assert run("--help") == 0
    words = " ".join(capsys.readouterr().out.split())
    for code in (
        "0 nothing was found, also where no Python file is: that is told on standard error",
        "1 something",
        "2 the",
        "130",
    ):
        assert f"• {code}" in words


def test_the_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """`--rules` names every rule, and needs no path."""
    assert run("--rules") == 0
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()] == [[rule.code, rule.name] for rule in RULES]


def flake8(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "flake8", "--isolated", "--jobs", "1", "--select", "SWL", *arguments]
    return subprocess.run(program, capture_output=True, text=True, check=False)


def test_flake8_finds_the_same(project: Path) -> None:
    """Flake8 finds the plugin by itself, and reports the same places and words."""
    result = flake8("shop")
    assert (result.stdout, result.stderr) == (f"shop/agents.py:5:12: SWL701 {MESSAGE}\n", "")


def test_flake8_obeys_settings_and_comments(project: Path) -> None:
    """Under flake8 the project's settings hold, and its own `# noqa` does."""
    (project / "pyproject.toml").write_text(
        '[tool.seawall.lint]\nexclude = ["agents.py"]\nui = ["shop/page.py"]', encoding="utf-8"
    )
    (project / "shop/page.py").write_text("import httpx\nimport requests  # noqa: SWL401\n", encoding="utf-8")
    assert [line.split()[:2] for line in flake8("shop").stdout.splitlines()] == [["shop/page.py:1:1:", "SWL401"]]


def test_flake8_is_told_of_wrong_settings(project: Path) -> None:
    """Settings that cannot be used end flake8 with a word that names them, and without a traceback."""
    (project / "pyproject.toml").write_text("[tool.seawall.lint]\nexlude = []", encoding="utf-8")
    result = flake8("shop")
    assert result.returncode == 1
    assert "exlude" in result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr


def test_the_plugin_needs_no_packages_of_the_command() -> None:
    """The plugin works where only flake8 is installed beside Seawall."""
    program = "import sys; sys.modules['typer'] = sys.modules['rich'] = None\nimport seawall_tools.lint._flake8"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_linting_imports_neither_flake8_nor_a_client() -> None:
    """The command loads what it needs and nothing of the code's world."""
    program = (
        "import sys\nfrom seawall_tools.lint import check_bytes, Settings\n"
        "check_bytes(b'import requests\\nrequests.get(url)', 'a.py', 'a.py', Settings())\n"
        "assert not {'flake8', 'requests', 'typer'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
