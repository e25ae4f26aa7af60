"""The way of a contract from a folder of files to a running server and the client's classes: nothing of it is a mock."""

import contextlib
import importlib
import json
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import uvicorn

from seawall import l10n
from tests.unit.seawall_tools.codes.kit import Project

__all__ = ["Made", "Stage", "made", "new_project", "serving"]

SETTINGS = """
[tool.seawall.codes]
document = "codes.md"
server = "errors.py"
client = "problems.py"
arb = "l10n"
sources = ["routes.py"]
"""


class Stage:
    """A server whose app is changed while it runs.

    Args:
        url: Where it listens.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


@contextlib.contextmanager
def serving() -> Iterator[Stage]:
    """Run a server in a thread, on a free port."""
    listener = socket.create_server(("127.0.0.1", 0))
    stage = Stage(f"http://127.0.0.1:{listener.getsockname()[1]}")
    server = uvicorn.Server(uvicorn.Config(stage, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield stage
    finally:
        server.should_exit = True
        thread.join()


@dataclass(frozen=True)
class Made:
    """What a contract became, imported and loaded.

    Args:
        client: The client's module.
        build: Makes the app that raises each code with the values given.
        catalogue: The messages, which all problems speak.
    """

    client: ModuleType
    build: Any
    catalogue: l10n.Catalogue


def new_project(root: Path) -> Project:
    """Return a project in a folder of its own."""
    folder = root / f"contract{len(list(root.iterdir()))}"
    folder.mkdir()
    found = Project(folder)
    found.write("pyproject.toml", SETTINGS)
    return found


@contextlib.contextmanager
def made(found: Project) -> Iterator[Made]:
    """Generate, check and import a project's modules, and let its catalogue speak."""
    with contextlib.chdir(found.root):
        generated = found.run("gen")
        assert generated.code == 0, generated.out + generated.err
        findings = json.loads(found.run("check", "--json").out)["findings"]
    assert [each for each in findings if each["level"] == "error"] == []
    catalogue = l10n.Catalogue.load(found.root / "l10n")
    l10n.install(catalogue)
    sys.path.insert(0, str(found.root.parent))
    importlib.invalidate_caches()
    name = found.root.name
    try:
        client, routes = importlib.import_module(f"{name}.problems"), importlib.import_module(f"{name}.routes")
        yield Made(client, routes.build, catalogue)
    finally:
        l10n.uninstall()
        sys.path.remove(str(found.root.parent))
        for module in [module for module in sys.modules if module.partition(".")[0] == name]:
            del sys.modules[module]
