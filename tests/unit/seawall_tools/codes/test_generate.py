"""`seawall codes gen`: both sides of the contract out of one document."""

import ast
import importlib.util
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import seawall
from seawall.model import Headers, Response
from seawall.problems import Parser
from seawall_tools.codes._python_text import assignment, docstring, literal
from tests.unit.seawall_tools.codes.kit import DOCUMENT, GERMAN, Project

ROOT = Path(__file__).parents[4]
SERVER, CLIENT = "src/acme/backend/errors.py", "src/acme/console/problems.py"
MODULES = (SERVER, CLIENT)


def load(project: Project, path: str) -> ModuleType:
    """Import a generated module."""
    spec = importlib.util.spec_from_file_location("generated_" + Path(path).stem, project.root / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def parsed(client: ModuleType, status: int, document: Any) -> Any:
    """What a client with the generated classes makes of a problem document."""
    content = json.dumps(document).encode()
    response = Response(status, headers=Headers({"Content-Type": "application/problem+json"}), content=content)
    return Parser(problem_types=client.PROBLEM_TYPES).parse(response)


def wire(problem: Any) -> Any:
    """A problem's document as JSON has it."""
    return json.loads(json.dumps(problem.to_dict(), default=lambda moment: moment.isoformat()))


def test_what_the_server_raises_the_client_catches(project: Project) -> None:
    """An exception of the server's module, sent as its document, becomes the client's class with typed params."""
    server, client = load(project, SERVER), load(project, CLIENT)
    until = datetime(2026, 5, 1, tzinfo=UTC)
    raised = server.TooManyAgents(limit=3, until=until)
    assert (raised.code, raised.status, raised.params) == ("TOO_MANY_AGENTS", 409, {"limit": 3, "until": until})
    caught = parsed(client, 409, wire(raised))
    assert type(caught) is client.TooManyAgents
    assert isinstance(caught, seawall.ConflictProblem)
    assert (caught.limit, caught.until, caught.retryable) == (3, until, False)
    forbidden = parsed(client, 403, wire(server.AgentForbidden(resource="agent", action="update")))
    assert (type(forbidden), forbidden.action) == (client.AgentForbidden, "update")
    assert isinstance(forbidden, seawall.ForbiddenProblem)


def test_params_are_keywords_and_needed(project: Project) -> None:
    """The server's exceptions take their params by name, all that are required, and leave out optional ones not given."""
    server = load(project, SERVER)
    with pytest.raises(TypeError):
        server.AgentForbidden("agent", "update")
    with pytest.raises(TypeError):
        server.AgentForbidden(resource="agent")
    assert server.TooManyAgents(limit=3).params == {"limit": 3}


@pytest.mark.parametrize("params", [None, {}, {"limit": "3", "until": "soon"}, {"limit": True, "until": 5}, {"limit": 3.5}, [3]])
def test_params_of_another_type_are_none(project: Project, params: Any) -> None:
    """A param that is missing, or not of its type, is None to the client, which never raises for it."""
    caught = parsed(load(project, CLIENT), 409, {"code": "TOO_MANY_AGENTS", "params": params})
    assert (caught.limit, caught.until) == (None, None)


def test_unknown_codes_have_an_arm(project: Project) -> None:
    """A code that is newer than the module, or none at all, is UNKNOWN; a known one is itself and text."""
    codes = load(project, CLIENT).ErrorCode
    problems = [seawall.ApiProblem(code=code) for code in ("NEWER", None, "AGENT_FORBIDDEN")]
    assert [codes.of(problem) for problem in problems] == [codes.UNKNOWN, codes.UNKNOWN, "AGENT_FORBIDDEN"]
    assert codes("NEWER") is codes.UNKNOWN
    assert [member.value for member in codes] == ["AGENT_FORBIDDEN", "TOO_MANY_AGENTS", "INTERNAL_ERROR", "UNKNOWN"]


def test_classes_stand_on_those_of_their_status(project: Project) -> None:
    """Each class is a kind of what the client raises without it; facts that this kind has already are not written anew."""
    for code, status in (("APP_UPGRADE_REQUIRED", 403), ("NOT_IMPLEMENTED", 501), ("TIMED_OUT", 504), ("GONE_NOW", 410)):
        project.run("new", code, "--status", str(status), "--param", "minimum:string")
    assert project.run("gen").code == 0
    client = load(project, CLIENT)
    bases = [getattr(client, name).__base__ for name in ("AppUpgradeRequired", "NotImplementedProblem", "TimedOut", "GoneNow")]
    assert bases == [seawall.AppUpgradeProblem, seawall.ServerErrorProblem, seawall.UnavailableProblem, seawall.NotFoundProblem]
    old = parsed(client, 403, {"code": "APP_UPGRADE_REQUIRED", "params": {"minimum": 2.1}})
    assert (type(old), old.minimum) == (client.AppUpgradeRequired, "2.1")


def test_gen_says_what_is_stale_and_where(project: Project) -> None:
    """`gen --check` ends with 0 when all is fresh, and else with 1, each file named with its first line that differs."""
    assert project.run("gen", "--check").out == "All is well.\n"
    line = project.line(SERVER, '"Too many agents"')
    project.change(DOCUMENT, '"Too many agents"', '"No more agents"')
    done = project.run("gen", "--check")
    assert (done.code, done.rules) == (1, ["stale", "stale"])
    assert done.out.startswith(f"{SERVER}:{line}: error: {SERVER} is stale")
    assert '"Too many agents"' in project.read(SERVER)
    assert project.run("gen").out == f"wrote {SERVER}\nwrote docs/codes/too-many-agents.md\n"
    assert project.run("gen").out == "Nothing is stale.\n"


def test_the_same_document_gives_the_same_files(project: Project) -> None:
    """Everything is written the same again, byte by byte, from nothing."""
    paths = [*MODULES, "l10n/app_en.arb", "openapi.json", "docs/codes/README.md", "docs/codes/agent-forbidden.md"]
    first = [project.read(path) for path in paths]
    for path in paths:
        (project.root / path).unlink()
    assert project.run("gen").code == 0
    assert [project.read(path) for path in paths] == first
    assert all("Generated by `seawall codes gen`" in text for text in first)


@pytest.mark.parametrize("width", [79, 88, 100, 130])
def test_generated_modules_are_formatted(project: Project, width: int) -> None:
    """ruff would change nothing in them at the project's own line length, however long and odd the texts are."""
    project.change("pyproject.toml", "line-length = 100", f"line-length = {width}")
    details = [
        'say "hi"',
        "it's",
        '"both" it\'s',
        "back\\slash",
        "ümlaut ☃",
        *(f"{'x' * length}" for length in range(50, 120, 3)),
        *(f"{'many words ' * length}" for length in range(5, 15)),
        *(f"{mark} {'x' * 60} it's {'x' * 60}" for mark in ('"', "'", "ü", "\\")),
    ]
    for number, detail in enumerate(details):
        project.run("new", f"ODD_{number}", "--status", "400", "--detail", detail, "--description", f"{detail} " * 9)
    project.run("new", f"LONG_{'X' * 58}", "--status", "400", *(f"--param={'p' * 28}_{n}?:string" for n in range(3)))
    assert project.run("gen").code == 0
    rules = ["--select", "E,F,W,I,UP,B,SIM,RUF,D1", "--ignore", "D107"]
    for words in (["format", "--check"], ["check", "--isolated", f"--line-length={width}", *rules]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *words, *MODULES], cwd=project.root, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.timeout(300)  # where mypy has not read seawall before, that takes most of a minute
def test_generated_modules_pass_the_strictest_types(project: Project) -> None:
    """mypy --strict accepts both modules, and a server and a client that use them as they are meant."""
    project.write("use.py", USE)
    options = ["--strict", "--explicit-package-bases", "--python-version=3.11", f"--cache-dir={ROOT / '.mypy_cache'}"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, *MODULES, "use.py"],
        cwd=project.root,
        env={"MYPYPATH": "src:" + str(ROOT / "src"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "Success: no issues found in 3 source files\n", done.stdout + done.stderr


USE = """
from typing import assert_type
import seawall
from acme.backend.errors import AgentForbidden as Raised
from acme.console.problems import PROBLEM_TYPES, AgentForbidden, ErrorCode, TooManyAgents

def serve() -> None:
    raise Raised(resource="agent", action="update")

def show(api: seawall.Client) -> ErrorCode:
    try:
        api.get("/agents")
    except AgentForbidden as problem:
        assert_type(problem.resource, str | None)
    except TooManyAgents as problem:
        assert_type(problem.limit, int | None)
    except seawall.ApiProblem as problem:
        return ErrorCode.of(problem)
    return ErrorCode.UNKNOWN

client = seawall.Client(problem_types=PROBLEM_TYPES)
"""


def test_translators_words_are_kept(project: Project) -> None:
    """The template keeps messages that were edited and messages of the app's own, follows the document in the rest, and drops
    what belongs to codes that are gone."""
    template = json.loads(project.read("l10n/app_en.arb"))
    template["errorInternalError"] = "Our fault."
    project.write("l10n/app_en.arb", {"hello": "Hello", "@hello": {"description": "Greeting"}, **template})
    project.change(DOCUMENT, "errorTooManyAgents", "errorAgentsFull")
    project.write("l10n/app_de.arb", {**GERMAN, "errorAgentsFull": "Voll"})
    assert project.run("gen").code == 0
    written = json.loads(project.read("l10n/app_en.arb"))
    assert (written["hello"], written["@hello"]) == ("Hello", {"description": "Greeting"})
    assert (written["errorInternalError"], written["errorAgentsFull"]) == ("Our fault.", "Too many agents")
    assert "errorTooManyAgents" not in written
    assert "@errorTooManyAgents" not in written
    assert written["@errorAgentsFull"] == {
        "description": "No more agents fit in here.",
        "x-code": "TOO_MANY_AGENTS",
        "placeholders": {"limit": {"type": "int"}, "until": {"type": "DateTime", "format": "yMMMd"}},
    }
    assert project.run("check").code == 0


def test_a_catalogue_of_the_app_keeps_its_order(project: Project) -> None:
    """In a template that an app had before, what is there stays where it is, in its own indentation; new messages come last."""
    old = {"title": "Hello", "errorInternalError": "Our fault.", "bye": "Bye", "@bye": {}, "@@x-mine": "1"}
    project.write("l10n/app_en.arb", json.dumps(old, indent="\t"))
    assert project.run("gen", "--forget").code == 0
    text = project.read("l10n/app_en.arb")
    names = [name for name in json.loads(text) if name not in ("@@locale", "@@x-generator")]
    assert names == [
        *("title", "errorInternalError", "@errorInternalError", "bye", "@bye", "@@x-mine"),
        *("errorAgentForbidden", "@errorAgentForbidden", "errorTooManyAgents", "@errorTooManyAgents"),
    ]
    assert '\n\t"bye": "Bye",\n' in text
    assert project.run("gen", "--check").code == 0


def test_the_template_may_have_another_name(project: Project) -> None:
    """The catalogue that has the template's language is the template, and no second one is made beside it."""
    (project.root / "l10n/app_en.arb").rename(project.root / "l10n/intl_en.arb")
    project.change(DOCUMENT, "Nobody foresaw it.", "Nobody could know.")
    assert "wrote l10n/intl_en.arb\n" in project.run("gen").out
    assert not (project.root / "l10n/app_en.arb").exists()


def test_pages_of_codes_that_are_gone_go(project: Project) -> None:
    """A page that was generated for a code that is no more is stale, and removed; pages of people stay."""
    project.write("docs/codes/old-code.md", "<!-- Generated by `seawall codes gen` from x. -->\n")
    project.write("docs/codes/notes.md", "# Notes\n")
    assert project.run("gen", "--check").rules == ["stale"]
    assert project.run("gen").out == "wrote docs/codes/old-code.md\n"
    assert sorted(path.name for path in (project.root / "docs/codes").iterdir()) == [
        "README.md",
        "agent-forbidden.md",
        "internal-error.md",
        "notes.md",
        "too-many-agents.md",
    ]


def test_somebody_s_own_file_is_never_overwritten(project: Project) -> None:
    """A target that was not generated is misuse, and nothing is written."""
    project.write(SERVER, "class Mine: ...\n")
    project.change(DOCUMENT, '"Too many agents"', '"No more agents"')
    done = project.run("gen")
    assert (done.code, project.read(SERVER)) == (2, "class Mine: ...\n")
    assert "was not made by `seawall codes gen`" in done.err
    assert "| No more agents |" not in project.read("docs/codes/too-many-agents.md")


def test_a_faulty_document_generates_nothing(project: Project) -> None:
    """Errors in the document stop `gen` and `gen --check` with 1."""
    project.change(DOCUMENT, "- **Status**: 409", "- **Status**: many")
    assert [project.run("gen", *words).rules for words in ((), ("--check",))] == [["status"], ["status"]]
    assert "status = 409" in project.read(SERVER)


def test_openapi_components_say_the_same(project: Project) -> None:
    """The OpenAPI document is of version 3.1, and holds a schema and a response for each code, params typed."""
    document = json.loads(project.read("openapi.json"))
    schema = document["components"]["schemas"]["TooManyAgents"]
    assert document["openapi"] == "3.1.0"
    assert schema["properties"]["code"] == {"const": "TOO_MANY_AGENTS"}
    assert schema["properties"]["params"] == {
        "type": "object",
        "properties": {"limit": {"type": "integer"}, "until": {"type": "string", "format": "date-time"}},
        "required": ["limit"],
    }
    response = document["components"]["responses"]["TooManyAgents"]
    assert response["content"] == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/TooManyAgents"}}}
    assert len(document["components"]["responses"]) == 3
    project.run("new", "PROBLEM_FIELD_ERROR", "--status", "400")
    project.run("gen")
    schemas = json.loads(project.read("openapi.json"))["components"]["schemas"]
    assert schemas["ProblemFieldErrorProblem"]["properties"]["code"] == {"const": "PROBLEM_FIELD_ERROR"}


@given(st.text(max_size=120), st.text(max_size=120).filter(str.isprintable))
def test_texts_become_python_and_come_back(text: str, plain: str) -> None:
    """A literal evaluates to its text, an assignment too, and a docstring never ends early."""
    assert ast.literal_eval(literal(text)) == text
    assert ast.literal_eval(assignment("a", text, 0, 40).removeprefix("a = ")) == text
    tree = ast.parse(f"class A:\n{docstring(plain, plain, 4, 60)}\n")
    assert isinstance(tree.body[0], ast.ClassDef)
    assert len(tree.body[0].body) == 1
