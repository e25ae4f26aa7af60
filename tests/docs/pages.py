"""Reading the pages of the documentation, and running the code that they show.

In a page, `python` blocks run from top to bottom in one module, `python no-run` blocks must only parse, and a `text output`
block must be what the block before it printed. What the reader does not need to see stands in a comment that begins with
`setup`; its names are its own: `server`, the loopback server that the page's calls reach, and `reader`, the page's namespace.
In place of `api.acme.example` the calls reach that server; at `down.acme.example` nobody listens.
"""

import ast
import asyncio
import inspect
import io
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from seawall.testing import FaultServer

ROOT = Path(__file__).parents[2]
SHOWN = "https://api.acme.example"  # what readers see where the tests call the loopback server
DOWN = "https://down.acme.example"  # what readers see where the tests call a port that refuses

_FENCE = re.compile(r"^```(?P<kind>[^\n`]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"^<!-- setup\n(?P<text>.*?)^-->$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_VOLATILE = re.compile(r"\d+\.\d{3}s|connection \d+")  # in timelines: how long things took, and the socket's serial number


@dataclass(frozen=True)
class Block:
    """A piece of a page that means something to the tests.

    Args:
        kind: What stands behind the fence's backticks, or "setup".
        text: What stands inside.
        line: Where it begins in the page.
    """

    kind: str
    text: str
    line: int


@dataclass(frozen=True)
class Page:
    """A page of the documentation.

    Args:
        path: Where it is.
    """

    path: Path

    @property
    def name(self) -> str:
        """Its path within the project."""
        return self.path.relative_to(ROOT).as_posix()

    def blocks(self) -> Iterator[Block]:
        """Its blocks, from top to bottom."""
        text = self.path.read_text(encoding="utf-8")
        found = [("setup", match) for match in _COMMENT.finditer(text)]
        found += [(match["kind"].strip(), match) for match in _FENCE.finditer(text)]
        for kind, match in sorted(found, key=lambda pair: pair[1].start()):
            yield Block(kind, match["text"], text.count("\n", 0, match.start()) + 2)

    def links(self) -> list[str]:
        """Where it leads within the project."""
        targets = _LINK.findall(_FENCE.sub("", self.path.read_text(encoding="utf-8")))
        return [target.partition("#")[0] for target in targets if not target.startswith(("http", "#"))]


def pages() -> list[Page]:
    """Every page whose code is run: the README, and all of docs/ but the records of decisions."""
    folders = sorted((ROOT / "docs").rglob("*.md"))
    return [Page(path) for path in (ROOT / "README.md", *folders) if "decisions" not in path.parts]


class Run:
    """One page, being followed line by line.

    Args:
        page: The page.
        server: Where its calls go.
        module: What its code lives in.
        fixture: Finds a fixture by its name, for the tests that a page shows.
    """

    def __init__(self, page: Page, server: FaultServer, module: ModuleType, fixture: Callable[[str], Any]) -> None:
        self._page = page
        self._server = server
        self._reader = module.__dict__
        self._setup: dict[str, Any] = {"server": server, "reader": self._reader}
        self._fixture = fixture
        self._printed = ""
        self._hosts: dict[str, str] = {}

    def follow(self) -> None:
        """Run all blocks, and compare what they print."""
        with asyncio.Runner() as runner, socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
            self._hosts = {SHOWN: self._server.url, DOWN: f"http://127.0.0.1:{deaf.getsockname()[1]}"}
            for block in self._page.blocks():
                self._take(block, runner)

    def _take(self, block: Block, runner: asyncio.Runner) -> None:
        if block.kind == "setup":
            self._execute(block, self._setup, runner)
        elif block.kind == "python no-run":
            ast.parse(block.text)
        elif block.kind == "text output":
            printed = self._as_shown(self._printed)
            assert _still(printed) == _still(block.text), f"{self._page.name}:{block.line}: it printed\n{printed}"
        elif block.kind.startswith("python"):
            assert block.kind == "python", f"{self._page.name}:{block.line}: no such kind of block: {block.kind}"
            with redirect_stdout(io.StringIO()) as out:
                known = set(self._reader)
                self._execute(block, self._reader, runner)
                self._run_tests(set(self._reader) - known)
            self._printed = out.getvalue()

    def _execute(self, block: Block, namespace: dict[str, Any], runner: asyncio.Runner) -> None:
        result = eval(self._compiled(block), namespace)
        if inspect.iscoroutine(result):
            runner.run(result)

    def _compiled(self, block: Block) -> CodeType:
        """The code as shown, but for the server; a traceback names the page and its line."""
        text = "\n" * (block.line - 1) + block.text
        for shown, real in self._hosts.items():
            text = text.replace(shown, real)
        code: CodeType = compile(text, self._page.name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        return code

    def _run_tests(self, names: set[str]) -> None:
        for name in sorted(names):
            if name.startswith("test_"):
                test = self._reader[name]
                test(**{needed: self._fixture(needed) for needed in inspect.signature(test).parameters})

    def _as_shown(self, text: str) -> str:
        for shown, real in self._hosts.items():
            text = text.replace(real, shown)
        return text


def _still(text: str) -> str:
    """Text without what differs from run to run."""
    return _VOLATILE.sub("...", text).strip()
