"""What sources of all kinds say about codes, and what they do not."""

import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import msgspec
import pytest

from seawall_tools.codes import _cache
from seawall_tools.codes._facts import SourceFacts, read_facts
from seawall_tools.codes._sources import python_files
from tests.unit.seawall_tools.codes.kit import Project
from tests.unit.seawall_tools.codes.test_check import ROUTES, found

MORE = "src/acme/more.py"


@pytest.mark.parametrize(
    "text",
    [
        "from .backend.errors import *",
        "from .backend import errors\nlog = get(errors.__name__), errors.__all__\nlog = errors.__all__",
        'raise KeyError("DATABASE_URL")',
        'raise RuntimeError(f"{x}", "SECRET_KEY") from ValueError("API_KEY")',
        'def pair():\n    code = "EUR_USD"\n    return code',
        'code = "EUR_USD"',
        'class Pair:\n    code = Text(default="EUR_USD")',
        "from .console import problems as p\nx = p.ErrorCode.of(y), p.ErrorCode.UNKNOWN, p.PROBLEM_TYPES",
        "from .backend import errors\ntry:\n    ...\nexcept (errors.AgentForbidden, OSError):\n    ...",
    ],
)
def test_what_is_no_code_is_not_taken_for_one(project: Project, text: str) -> None:
    """Star imports, what modules have by themselves, Python's own exceptions and variables called `code` are none."""
    project.write(MORE, text + "\n")
    assert found(project) == []


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ('class Gone(Refused):\n    code = "AGENT_GONE"\n', "undocumented", 2),
        ('class Gone(Refused):\n    """Words."""\n\n    code: ClassVar[str] = "AGENT_GONE"\n', "undocumented", 4),
        ('def f():\n    raise Refused(\n        403,\n        code="AGENT_GONE",\n    )\n', "undocumented", 4),
        ('def f():\n    raise Refused({"code": "AGENT_GONE"})\n', "undocumented", 2),
        ('WORDS = {\n    "AGENT_FORBIDDEN": "No",\n}\n', "hand-written", 2),
        ('def f(x):\n    return x == f"AGENT_FORBIDDEN"\n', "hand-written", 2),
        ("from .backend import errors as e\n\n\ndef f():\n    raise e.AgentGone()\n", "undocumented", 5),
        ("import acme.backend.errors\n\n\ndef f():\n    raise acme.backend.errors.AgentGone()\n", "undocumented", 5),
        ("from .backend.errors import (\n    AgentForbidden,\n    AgentGone as Gone,\n)\n", "undocumented", 3),
        ("from .backend import errors\n\ntry:\n    f()\nexcept errors.AgentGone:\n    g()\n", "undocumented", 5),
        ("from .backend import errors as e\n\n\ndef f(x):\n    return isinstance(x, e.AgentGone)\n", "undocumented", 5),
        ("from .console.problems import ErrorCode\n\nGONE = x.code == ErrorCode.AGENT_GONE\n", "undocumented", 3),
        ("from .console import problems as p\n\nWORDS = {\n    p.ErrorCode.AGENT_GONE: 1,\n}\n", "undocumented", 4),
        ("x = 1\n\n\ndef f(:\n    pass\n", "source", 4),
    ],
)
def test_what_is_one_is_told_at_its_line(project: Project, text: str, rule: str, line: int) -> None:
    """In classes, calls over several lines, dicts, f-strings, and under other names: the line is the one where it stands."""
    project.write(MORE, text)
    assert found(project) == [(rule, MORE, line)]


def test_a_class_raised_through_a_re_export_is_raised(project: Project) -> None:
    """A package that hands the generated classes on, by name or by star, changes nothing."""
    project.write("src/acme/backend/__init__.py", "from .errors import *\nfrom .errors import TooManyAgents as Full\n")
    project.change(
        ROUTES, "raise errors.TooManyAgents(limit=3)", "from acme.backend import TooManyAgents as Many; raise Many(limit=1)"
    )
    assert found(project) == []


def test_python_s_own_warnings_are_not_ours() -> None:
    """A source with a wrong escape is read without a word on standard error."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert read_facts(b'x = "\\d"\n').fault is None
    assert told == []


def test_hidden_and_installed_folders_are_not_entered(tmp_path: Path) -> None:
    """Files are found in their order, and nothing below an environment or a cache is even looked at."""
    for path in (
        "b/y.py",
        "b/x.py",
        "a.py",
        ".venv/lib/z.py",
        "node_modules/n/z.py",
        "b/__pycache__/x.py",
        "c.txt",
        ".hidden.py",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
    assert [path.relative_to(tmp_path).as_posix() for path in python_files(tmp_path)] == ["a.py", "b/x.py", "b/y.py"]


def test_what_another_python_read_is_read_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one Python kept is no word for another: its grammar and its built-in names differ."""
    project.write(MORE, "def f(:\n")
    assert len(found(project)) == 1
    kept = msgspec.msgpack.decode((project.root / ".seawall_cache" / "codes.msgpack").read_bytes())
    assert kept["version"].endswith(f"Python {sys.version_info.major}.{sys.version_info.minor}")
    monkeypatch.setattr(_cache, "READ_BY", "another")
    monkeypatch.setattr(_cache, "read_facts", lambda _content: SourceFacts())
    assert ("source", MORE, 1) not in found(project)


def test_the_cache_forgets_with_its_readers() -> None:
    """What another version of Seawall or of markdown-it read is read again."""
    assert {f"seawall {version('seawall')}", f"markdown-it-py {version('markdown-it-py')}"} <= set(_cache.READ_BY.split(", "))


def test_the_cache_keeps_the_last_documents(tmp_path: Path) -> None:
    """Of many documents the four that were used last are kept, so that branches may come and go and the file stays small."""
    contents = [f"## CODE_{number}\n".encode() for number in range(6)]
    kept = _cache.Cache(tmp_path)
    for content in [*contents, contents[0]]:
        kept.document(content, "codes.md")
    kept.save()
    documents = msgspec.msgpack.decode((tmp_path / _cache.FOLDER / "codes.msgpack").read_bytes())["documents"].values()
    assert [document["entries"][0]["code"] for document in documents] == ["CODE_3", "CODE_4", "CODE_5", "CODE_0"]


def test_facts_of_one_file_have_a_bound() -> None:
    """Of each kind 20,000 facts are kept, and no more, whatever somebody generates into one file."""
    facts = read_facts("\n".join(f'import m{at}\nf{at}("CODE_{at}")' for at in range(20_001)).encode())
    assert [len(facts.imports), len(facts.uses), len(facts.texts)] == [20_000] * 3
