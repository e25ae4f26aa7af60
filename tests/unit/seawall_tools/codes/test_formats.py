"""Findings as people, programs, code hosts and workflows read them; the exit codes; the small sub-commands."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from seawall_tools.codes import Finding
from seawall_tools.codes._formats import as_github, as_sarif, as_text
from seawall_tools.codes._rules import RULES
from tests.unit.seawall_tools.codes.kit import CODES, DOCUMENT, Project

ROOT = Path(__file__).parents[4]
SOURCES = ROOT / "src" / "seawall_tools" / "codes"
ODD = Finding(rule="form", level="warning", path="a b,c:d.md", line=7, message="50 %: a\nb \x1b[31m", code="A_B")


def test_each_rule_is_named_and_explained() -> None:
    """Every rule that the sources tell of has its sentence, in the registry and in the reference, and there is none besides."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES.glob("_*.py") if path.name != "_rules.py")
    used = {name for name in re.findall(r'"([a-z]+(?:-[a-z]+)*)"', text) if name in RULES}
    reference = (ROOT / "docs" / "reference" / "error-document.md").read_text(encoding="utf-8")
    assert used == set(RULES)
    rows = re.findall(r"^\| `([a-z-]+)` \| ([^|]+) \|$", reference.partition("## Rules")[2], re.MULTILINE)
    assert rows == list(RULES.items())


def test_text_cannot_steer_a_terminal() -> None:
    """A finding is one line, whatever stands in file names and documents."""
    assert as_text([ODD]) == ["a b,c:d.md:7: warning: 50 %: a\\u000ab \\u001b[31m [form]"]


def test_github_marks_the_line() -> None:
    """A finding is one workflow command whose properties and words are escaped as the runner undoes it."""
    assert as_github([ODD]) == [
        "::warning file=a b%2Cc%3Ad.md,line=7,title=form::50 %25: a\\u000ab \\u001b[31m",
    ]


def test_sarif_is_of_version_2_1() -> None:
    """The log names its tool and rules, and each result points to rule, file and line."""
    log: dict[str, Any] = as_sarif([ODD, Finding(rule="stale", path="x.py", line=1, message="m")])
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["form", "stale"]
    first, second = run["results"]
    assert first["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": "a%20b%2Cc%3Ad.md"}, "region": {"startLine": 7}}}
    ]
    assert (second["ruleId"], second["ruleIndex"], second["level"]) == ("stale", 1, "error")


def test_places_of_other_folders_are_whole_addresses() -> None:
    """A file outside of the project is a file: address in SARIF."""
    (result,) = as_sarif([Finding(rule="stale", path="/a b/x.py", line=1, message="m")])["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "file:///a%20b/x.py"}


def test_code_hosts_get_paths_from_the_repository(empty: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a project that is a folder of a repository, code hosts get paths from the repository's root, people the project's."""
    (empty.root / ".git").mkdir()
    project = Project(empty.root / "back end")
    project.write("pyproject.toml", "")
    project.write(DOCUMENT, CODES.replace("- **Status**: 403", "- **Status**: none"))
    monkeypatch.chdir(project.root)
    assert project.run("check").out.startswith(f"{DOCUMENT}:8: error: ")
    assert json.loads(project.run("check", "--json").out)["findings"][0]["path"] == DOCUMENT
    assert project.run("check", "--format", "github").out.startswith(f"::error file=back end/{DOCUMENT},line=8,")
    (result,) = json.loads(project.run("check", "--format", "sarif").out)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": f"back%20end/{DOCUMENT}"}


def test_check_writes_every_form(project: Project) -> None:
    """`--format` gives text, JSON, SARIF and GitHub's commands of the same finding, each with exit code 1."""
    project.change(DOCUMENT, "- **Status**: 403", "- **Status**: none")
    line = project.line(DOCUMENT, "none")
    outs = {form: project.run("check", "--format", form) for form in ("text", "json", "sarif", "github")}
    assert {done.code for done in outs.values()} == {1}
    assert outs["text"].out.splitlines()[0].startswith(f"{DOCUMENT}:{line}: error: ")
    assert json.loads(outs["json"].out)["findings"][0]["line"] == line
    assert json.loads(outs["sarif"].out)["runs"][0]["results"][0]["ruleId"] == "status"
    assert outs["github"].out.startswith(f"::error file={DOCUMENT},line={line},title=status::")
    assert project.run("check", "--json").out == outs["json"].out


@pytest.mark.parametrize(
    ("path", "content", "words", "says"),
    [
        (DOCUMENT, None, ["check"], "`seawall codes new CODE --status 404` writes the first section"),
        ("pyproject.toml", "[tool.seawall.codes]\nsevrer = 'x'\n", ["check"], "has no entry 'sevrer'; did you mean server?"),
        (
            "pyproject.toml",
            "[tool.seawall.codes]\nsources = 'src'\n",
            ["check"],
            '`sources` must be a list of texts, such as ["acme"]',
        ),
        ("pyproject.toml", "[tool.seawall.codes]\nserver = ['x']\n", ["check"], "`server` must be a text"),
        ("pyproject.toml", "[tool.seawall]\ncodes = 'x'\n", ["check"], "[tool.seawall.codes] must be a table"),
        ("pyproject.toml", "[tool.seawall.code]\nserver = 'x'\n", ["check"], "has no entry 'code'; did you mean codes?"),
        ("pyproject.toml", "[tool.seawall.codes]\narb = 'l10n'\ntemplate-locale = '?'\n", ["check"], "`template-locale`"),
        ("pyproject.toml", "[tool.seawall.codes\n", ["list"], "pyproject.toml cannot be read"),
        ("pyproject.toml", "[tool.seawall.codes]\nsources = ['nowhere']\n", ["check"], "there is no nowhere"),
        ("pyproject.toml", "", ["gen"], "nothing to write"),
        ("pyproject.toml", "", ["diff", "nowhere"], "neither a file nor a revision"),
        ("pyproject.toml", "", ["import", "nowhere.json"], "No such file"),
        ("pyproject.toml", "", ["import", "pyproject.toml"], "no OpenAPI document"),
        ("pyproject.toml", "", ["new", "agent_gone", "--status", "400"], "UPPER_SNAKE; did you mean AGENT_GONE?"),
        ("pyproject.toml", "", ["new", "UNKNOWN", "--status", "400"], "is kept for codes that the client does not know"),
        ("pyproject.toml", "", ["new", "A", "--status", "400"], "'A' is too short: a code has 2 to 63 characters"),
        ("pyproject.toml", "", ["new", "A" * 64, "--status", "400"], "is too long: a code has 2 to 63 characters"),
        ("pyproject.toml", "", ["new", "AGENT_X", "--status", "200"], "--status"),
        ("pyproject.toml", "", ["check", "--format", "xml"], "--format"),
    ],
)
def test_misuse_ends_with_2(project: Project, path: str, content: str | None, words: list[str], says: str) -> None:
    """What cannot be read, is not there or is misspelt ends with 2 and says so on standard error."""
    if content is None:
        (project.root / path).unlink()
    else:
        project.write(path, content)
    done = project.run(*words)
    assert (done.code, done.out) == (2, "")
    assert says in done.err


def test_codes_are_listed(project: Project) -> None:
    """`list` has a line per code, the retired ones too, and `--json` all facts."""
    lines = project.run("list").out.splitlines()
    assert lines[0] == "AGENT_FORBIDDEN  403  The agent belongs to somebody else."
    assert lines[-1] == "AGENT_BANNED     retired"
    document = json.loads(project.run("list", "--json").out)
    assert [code["class"] for code in document["codes"]] == ["AgentForbidden", "TooManyAgents", "InternalError"]
    assert document["retired"] == ["AGENT_BANNED"]


def test_a_code_is_shown_with_its_messages(project: Project) -> None:
    """`show` tells facts, class, place and the message in each locale; an unknown code ends with 1 and the nearest one."""
    out = project.run("show", "too_many_agents").out
    for words in (f"TOO_MANY_AGENTS  {DOCUMENT}:14", "TooManyAgents", "until: date-time (optional)", "Nur ein Agent", "Too many"):
        assert words in out
    assert json.loads(project.run("show", "TOO_MANY_AGENTS", "--json").out)["messages"]["en"] == "Too many agents"
    done = project.run("show", "TOO_MANY_AGENT")
    assert (done.code, "did you mean TOO_MANY_AGENTS?" in done.err) == (1, True)


def test_a_retired_code_is_shown_as_such(project: Project) -> None:
    """`show` of a code that is gone ends with 1 and says where it is listed."""
    done = project.run("show", "agent_banned")
    assert (done.code, done.err) == (1, f"AGENT_BANNED is retired: {DOCUMENT}:34\n")


def test_nothing_is_kept_where_there_is_no_project(empty: Project) -> None:
    """In a folder without pyproject.toml the command leaves nothing behind."""
    empty.write("codes.md", CODES)
    assert empty.run("check", "--document", "codes.md").code == 0
    assert [path.name for path in empty.root.iterdir()] == ["codes.md"]


def test_a_new_code_is_written_above_the_retired_ones(project: Project) -> None:
    """`new` writes a section that `check` finds well formed; one that is taken is refused and nothing is written."""
    done = project.run("new", "AGENT_GONE", "--status", "410", "--detail", "Gone: {name}", "--param", "name:string")
    assert done.code == 0
    text = project.read(DOCUMENT)
    assert text.index("## INTERNAL_ERROR") < text.index("## AGENT_GONE") < text.index("## Retired")
    assert "- **Params**: `name: string`\n" in text
    line = project.line(DOCUMENT, "## AGENT_GONE")
    for words, says in (
        (["AGENT_GONE"], f"AGENT_GONE is in the document already, line {line}"),
        (["AGENT_BANNED"], f"AGENT_BANNED is retired, line {project.line(DOCUMENT, '- `AGENT_BANNED`')}, and cannot come back"),
        (["AGENT_ODD", "--param", "Foo:string"], "--param: the name 'Foo' is not in snake_case of at most 40 characters"),
        (["AGENT_ODD", "--detail", "{it}"], "--detail: the placeholder {it} is no param of AGENT_ODD"),
    ):
        done = project.run("new", *words, "--status", "410")
        assert (done.code, done.out, done.err) == (2, "", f"{says}; nothing was written\n")
    assert project.read(DOCUMENT) == text


def test_the_first_code_makes_the_document(empty: Project) -> None:
    """In an empty folder `new` makes the document; with `--dry-run` it only shows the section."""
    assert "## FIRST_CODE" in empty.run("new", "FIRST_CODE", "--status", "400", "--dry-run").out
    assert not (empty.root / DOCUMENT).exists()
    assert empty.run("new", "FIRST_CODE", "--status", "400").code == 0
    assert empty.run("check").out == "All is well: 1 code.\n"
    assert empty.read(DOCUMENT).startswith("# Error codes\n\n## FIRST_CODE\n\n- **Code**: `FIRST_CODE`\n")


def test_what_gen_exports_import_reads_back(project: Project, tmp_path: Path) -> None:
    """The codes of an OpenAPI document become sections, by schema and by example, but for those that are known or retired."""
    response = {"description": "Full.", "content": {"application/problem+json": {"example": {
        "code": "QUEUE_FULL", "params": {"length": 3, "name": "a", "class": "x"}}}}}  # fmt: skip
    document = json.loads(project.read("openapi.json"))
    document["paths"] = {"/a": {"post": {"responses": {"503": response, "200": response, "default": response}}}}
    project.write("other.json", document)
    assert project.run("import", "other.json").out == f"{DOCUMENT}: wrote 1 section\n"
    section = project.read(DOCUMENT).partition("## QUEUE_FULL")[2]
    assert "- **Status**: 503\n" in section
    assert "- **Params**: `length: integer`, `name: string`\n" in section
    (project.root / DOCUMENT).unlink()
    assert project.run("import", "openapi.json").out == f"{DOCUMENT}: wrote 3 sections\n"
    facts = {entry["code"]: entry["params"] for entry in json.loads(project.run("list", "--json").out)["codes"]}
    assert facts["TOO_MANY_AGENTS"] == [
        {"name": "limit", "type": "integer", "required": True},
        {"name": "until", "type": "date-time", "required": False},
    ]


def test_options_go_before_the_project_s_settings(project: Project) -> None:
    """Paths given as options stand in place of those of pyproject.toml, relative to the current folder."""
    project.write("other.md", CODES.replace("403", "none"))
    assert project.run("check", "--document", "other.md").out.startswith("other.md:8: error: ")
    project.write("elsewhere/routes.py", 'raise Problem("AGENT_SUSPENDED")\n')
    assert "elsewhere/routes.py:1: error: " in project.run("check", "--source", "elsewhere").out


def test_the_settings_are_found_from_below(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of the project the same files are checked, and named relative to the project."""
    project.change(DOCUMENT, "- **Status**: 403", "- **Status**: none")
    monkeypatch.chdir(project.root / "src" / "acme")
    assert project.run("check").out.startswith(f"{DOCUMENT}:8: error: ")


def test_the_hooks_run_what_exists() -> None:
    """Each pre-commit hook runs a sub-command of `seawall codes`, with the packages of the extras that it needs."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert [hook["id"] for hook in hooks] == ["seawall-codes-check", "seawall-codes-gen"]
    assert [hook["entry"] for hook in hooks] == ["seawall codes check", "seawall codes gen --check"]
    for hook in hooks:
        assert sorted(hook["additional_dependencies"]) == sorted([*extras["cli"], *extras["codes"]])
        assert not hook["pass_filenames"]
        assert re.search(hook["files"], DOCUMENT)
