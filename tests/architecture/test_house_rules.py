"""The house rules hold here, and each of them is able to fail."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.architecture.trees import ROOT, plant
from tools import house
from tools.house import SourceFile, Violation

Rule = Callable[[Iterable[SourceFile]], Iterator[Violation]]
LONG_FUNCTION = "def long():\n" + "    x = 1\n" * 41
DOCUMENTED_FUNCTION = 'def long():\n    """What.\n' + "    more\n" * 50 + '    """\n'


@pytest.mark.soak  # `make test` has already asked: `make arrows` runs them all
def test_the_repository_keeps_the_house_rules() -> None:
    """Every house rule holds in this repository."""
    assert [str(violation) for violation in house.broken_rules(ROOT)] == []


@pytest.mark.parametrize(
    ("rule", "files", "says"),
    [
        pytest.param(house.over_budget, {"a/_x.py": "x = 1\n" * 301}, "301 lines", id="file too long"),
        pytest.param(house.over_budget, {"a/_x.py": LONG_FUNCTION}, "long has 42 lines", id="function too long"),
        pytest.param(house.public_files, {"a/x.py": ""}, "call it _x.py", id="public file"),
        pytest.param(
            house.untrue_exports,
            {"a/__init__.py": "from ._x import B, a\n__all__ = ['a', 'B']\n"},
            "not sorted",
            id="unsorted __all__",
        ),
        pytest.param(
            house.untrue_exports,
            {"a/__init__.py": "from ._x import a\n__all__ = ['a', 'a']\n"},
            "repeats a name",
            id="a name twice",
        ),
        pytest.param(
            house.untrue_exports,
            {"a/__init__.py": "from ._x import a, b\n__all__ = ['a']\n"},
            "not in __all__: b",
            id="import without export",
        ),
        pytest.param(house.untrue_exports, {"a/__init__.py": "import os\n"}, "not in __all__: os", id="no __all__"),
        pytest.param(
            house.untrue_exports,
            {"a/__init__.py": "from ._x import a\n__all__ = ['a', 'b']\n"},
            "not imported: b",
            id="export without import",
        ),
        pytest.param(
            house.exported_twice,
            {
                "a/__init__.py": "",
                "a/b/__init__.py": "from ._x import X\n__all__ = ['X']\n",
                "a/b/_x.py": "class X: ...\n",
                "a/c/__init__.py": "from ..b import X as Y\n__all__ = ['Y']\n",
            },
            "a.b._x.X is exported by a.b already",
            id="one symbol, two namespaces",
        ),
        pytest.param(
            house.undocumented,
            {"a/__init__.py": "from ._x import X\n__all__ = ['X']\n", "a/_x.py": "class X: ...\n"},
            "X is exported and has no docstring",
            id="no docstring",
        ),
        pytest.param(
            house.broken_in,
            {"a/b/_x.py": "", "a/c/_y.py": "from a.b._x import z\n"},
            "private to a.b",
            id="another folder's file",
        ),
        pytest.param(
            house.broken_in,
            {"a/b/_x.py": "", "a/c/_y.py": "def f():\n    from ..b import _x\n"},
            "private to a.b",
            id="relative and late",
        ),
        pytest.param(house.broken_in, {"a/b/_x.py": "", "a/c/_y.py": "import a.b._x\n"}, "private to a.b", id="plain import"),
        pytest.param(house.silent_tests, {"test_a.py": "def test_a(): ...\n"}, "needs a docstring", id="silent test"),
        pytest.param(
            house.silent_tests,
            {"test_a.py": "class TestA:\n    async def test_a(self):\n        '''No stop'''\n"},
            "needs a docstring",
            id="no sentence",
        ),
        pytest.param(
            house.silent_tests,
            {"test_a.py": "def test_a():\n    '''One. Two.'''\n"},
            "one sentence",
            id="two sentences",
        ),
        pytest.param(house.clock_watchers, {"x.py": "import time\ntime.sleep(0)\n"}, "sleeps for real", id="blocking sleep"),
        pytest.param(
            house.clock_watchers, {"x.py": "from time import sleep as s\ns(1)\n"}, "sleeps for real", id="aliased sleep"
        ),
        pytest.param(
            house.clock_watchers,
            {"x.py": "import asyncio\nasync def f():\n    await asyncio.sleep(0.1)\n"},
            "sleeps for real",
            id="asyncio sleep",
        ),
        pytest.param(
            house.clock_watchers,
            {"x.py": "import time\ndef f():\n    assert time.monotonic() < 3\n"},
            "asserts a bound",
            id="clock in an assert",
        ),
        pytest.param(
            house.clock_watchers,
            {
                "x.py": "from time import perf_counter\n"
                "def f():\n    a = perf_counter()\n    b = perf_counter() - a\n    assert 0 < b < 1\n"
            },
            "asserts a bound",
            id="clock in a name in an assert",
        ),
    ],
)
def test_a_rule_sees_what_breaks_it(rule: Rule, files: dict[str, str], says: str, tmp_path: Path) -> None:
    """Each rule reports a tree that breaks it, and says why."""
    violations = [str(violation) for violation in rule(plant(tmp_path, files))]
    assert len(violations) == 1
    assert says in violations[0]


@pytest.mark.parametrize(
    ("rule", "files"),
    [
        pytest.param(house.over_budget, {"a/_x.py": "# Generated by a tool.\n" + "x = 1\n" * 400}, id="generated code"),
        pytest.param(house.over_budget, {"a/_x.py": DOCUMENTED_FUNCTION}, id="a long docstring"),
        pytest.param(house.public_files, {"a/__init__.py": "", "a/__main__.py": "", "a/_x.py": ""}, id="file names"),
        pytest.param(
            house.untrue_exports,
            {"a/__init__.py": "from ._x import A, B, MAX\n__all__ = ['MAX', 'A', 'B', '__version__']\n"},
            id="sorted __all__",
        ),
        pytest.param(
            house.exported_twice,
            {
                "a/__init__.py": "from .b import X\n__all__ = ['X']\n",
                "a/b/__init__.py": "from ._x import X\n__all__ = ['X']\n",
                "a/b/_x.py": "class X: ...\n",
            },
            id="one symbol, two depths",
        ),
        pytest.param(
            house.broken_in,
            {"a/b/_x.py": "from ._y import z\n", "a/b/_y.py": "", "a/b/c/_z.py": "from .._x import q\n"},
            id="one's own folder",
        ),
        pytest.param(house.broken_in, {"a/_x.py": "from os import _exit\n"}, id="somebody else's package"),
        pytest.param(
            house.clock_watchers,
            {"x.py": "import asyncio\nasync def f(c):\n    await asyncio.sleep(0)\n    assert c.monotonic() == 3\n"},
            id="a yield, and a fake clock",
        ),
    ],
)
def test_a_rule_lets_the_rest_pass(rule: Rule, files: dict[str, str], tmp_path: Path) -> None:
    """A tree that keeps a rule is not reported."""
    assert list(rule(plant(tmp_path, files))) == []


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("-----BEGIN RSA PRIVATE KEY" + "-----", "a private key"),
        ("token = 'ghp_" + "a1" * 18 + "'", "an access token"),
        ("pip install --index" + "-url x", "a package index"),
        ("curl https://pypi" + ".org/simple/x", "the host of a package registry"),
        ("open('/" + "home/ada/x')", "a path of one machine"),
        ("https://ada:hunter2" + "@api.acme.io/", "a password in an address"),
    ],
)
def test_an_indiscretion_is_seen(line: str, what: str, tmp_path: Path) -> None:
    """A secret, a registry's address and a machine's path are found wherever they stand."""
    path = tmp_path / "x.md"
    path.write_text(f"harmless\n{line}\n", encoding="utf-8")
    assert [str(violation) for violation in house.indiscretions(tmp_path, [path])] == [f"x.md:2: holds {what}"]


@pytest.mark.parametrize("line", ["x", "x>=1", "x @ file:///x", "-e .", "# x==1", "x==1 ; extra"])
def test_a_loose_pin_is_seen(line: str, tmp_path: Path) -> None:
    """A line of constraints.txt is a name and a version, and nothing else."""
    path = tmp_path / "constraints.txt"
    path.write_text(f"good-1==1.0.post1\n{line}\n", encoding="utf-8")
    assert [violation.line for violation in house.loose_pins(path)] == [2]


def test_the_summary_names_the_longest_function(tmp_path: Path) -> None:
    """The summary counts functions and tells the median and the longest."""
    files = plant(tmp_path, {"a/_x.py": "def f(): ...\n\ndef g():\n    ...\n\ndef h():\n    ...\n    ...\n"})
    assert house.summary(files) == "3 functions, median 2 lines, longest 3 (a._x.h)"


def test_the_files_of_the_project_are_found(tmp_path: Path) -> None:
    """Whatever may be committed is looked at, and nothing that was installed or built."""
    plant(tmp_path, dict.fromkeys([".gitignore", ".ci/run", "a/b.md", ".venv/x.py", "build/x.py", "a/__pycache__/x.py"], ""))
    assert [str(path.relative_to(tmp_path)) for path in house.project_files(tmp_path)] == [".ci/run", ".gitignore", "a/b.md"]
