"""What names stand for."""

import ast
from collections.abc import Callable
from textwrap import dedent

import pytest

from seawall_tools.lint import Module, Settings


def asked(code: str, question: Callable[[Module, ast.expr], str]) -> str:
    """The answer about what is given to `ask()` in a piece of code."""
    text = dedent(code)
    module = Module("shop/agents.py", text, ast.parse(text), Settings())
    call = next(call for call in module.all(ast.Call) if isinstance(call.func, ast.Name) and call.func.id == "ask")
    return question(module, call.args[0])


def meaning(code: str) -> str:
    return asked(code, lambda module, node: module.names.meaning(node))


def made_of(code: str) -> str:
    return asked(code, lambda module, node: module.names.made_of(node))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import httpx\nask(httpx.Client)", "httpx.Client"),
        ("import httpx as h\nask(h.Client)", "httpx.Client"),
        ("import urllib.request\nask(urllib.request.urlopen)", "urllib.request.urlopen"),
        ("import urllib.request as r\nask(r.urlopen)", "urllib.request.urlopen"),
        ("from httpx import Client as C\nask(C)", "httpx.Client"),
        ("from . import api\nask(api.get)", "..api.get"),
        ("import httpx\nC = httpx.Client\nask(C)", "httpx.Client"),
        ("import httpx\nA = httpx\nB = A.Client\nask(B)", "httpx.Client"),
        ("try:\n    import httpx\nexcept ImportError:\n    httpx = None\nask(httpx.get)", "httpx.get"),
        ("import httpx\ndef f():\n    ask(httpx.get)", "httpx.get"),
        ("def f():\n    import httpx\n    ask(httpx.get)", "httpx.get"),
        ("def f():\n    import httpx\nask(httpx.get)", "httpx.get"),  # a name that nobody binds stands for itself
        ("import httpx\ndef f(httpx):\n    ask(httpx.get)", ""),
        ("import httpx\ndef f():\n    httpx = other()\n    ask(httpx.get)", ""),
        ("import httpx\nfor httpx in things:\n    ask(httpx.get)", ""),
        ("import httpx\nclass A:\n    httpx = 1\n    def f(self):\n        ask(httpx.get)", "httpx.get"),
        ("import httpx\nclass A:\n    httpx = thing()\n    ask(httpx.get)", ""),
        ("import httpx\ndef httpx():\n    pass\nask(httpx.get)", ""),
        ("a = b\nb = a\nask(a)", ""),
        ("ask(Exception)", "Exception"),
        ("ask(f().get)", ""),
    ],
)
def test_a_name_means_what_its_scope_says(code: str, expected: str) -> None:
    """A dotted name is followed through imports and aliases, and has no meaning where something else may have taken it."""
    assert meaning(code) == expected


@pytest.mark.parametrize(
    "line",
    [
        "ask(Client())",
        "c = Client()\nask(c)",
        "c: Client = make()\nask(c)",
        "c: object = Client()\nask(c)",
        "from typing import Final\nc: Final = Client()\nask(c)",
        "import typing\nc: typing.ClassVar = Client()\nask(c)",
        "with Client() as c:\n    ask(c)",
        "ask(c := Client())",
        "c = given or Client()\nask(c)",
        "c = given if given else Client()\nask(c)",
        "async def f():\n    c = await Client()\n    ask(c)",
        "def f(c: Client):\n    ask(c)",
        "def f(c: Client | None):\n    ask(c)",
        "def f(c: Optional[Client]):\n    ask(c)",
        "class A:\n    def __init__(self):\n        self.c = Client()\n    def f(self):\n        ask(self.c)",
        "class A:\n    def __init__(self, c: int):\n        self.c: Client = c\n    def f(self):\n        ask(self.c)",
    ],
)
def test_a_value_is_known_by_its_making(line: str) -> None:
    """What made a value, or the type that it is said to have, is found from where it is used."""
    assert made_of(f"from httpx import Client\nfrom typing import Optional\n{line}") == "httpx.Client"


def test_a_field_is_that_of_its_own_class() -> None:
    """Two classes with a field of the same name are not mixed up."""
    code = """
        import httpx, requests

        class Old:
            def __init__(self):
                self.client = requests.Session()

        class New:
            def __init__(self):
                self.client = httpx.Client()

            def get(self):
                ask(self.client)
        """
    assert made_of(code) == "httpx.Client"
