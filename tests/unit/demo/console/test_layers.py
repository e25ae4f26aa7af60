"""The console's layers: each knows the one below it, and one of them knows the client."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import seawall_demo.console
from tools.house import SourceFile, python_files

HOME = "seawall_demo.console"
FOLDER = Path(seawall_demo.console.__file__).parent
FILES = [file for file in python_files(FOLDER.parents[1]) if FOLDER in file.path.parents]
MAY_USE = {
    "api": {f"{HOME}._models", f"{HOME}._problems", "seawall", "dataclasses"},
    "repositories": {f"{HOME}._models", f"{HOME}.api", "seawall", "collections", "contextlib", "logging", "typing"},
    "state": {f"{HOME}._models", f"{HOME}.repositories", "seawall", "psygnal", "collections", "dataclasses", "typing"},
}
CLIENTS = {"AsyncClient", "Client", "NestedCalls", "client", "transport"}


def layer(name: str) -> list[SourceFile]:
    """The files of a layer."""
    return [file for file in FILES if file.module.startswith(f"{HOME}.{name}")]


def imports(file: SourceFile) -> set[tuple[str, str]]:
    """What a file imports: modules, and the names taken from them."""
    found = set()
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ImportFrom):
            found |= {(file.absolute(node), alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
    return found


def below(module: str) -> str:
    """A module's layer in the console, or its distribution's package."""
    parts = module.split(".")
    return ".".join(parts[:3]) if module.startswith(f"{HOME}.") else parts[0]


@pytest.mark.parametrize("name", MAY_USE)
def test_a_layer_uses_what_lies_below(name: str) -> None:
    """State asks repositories, these ask the API, and none of them imports a screen or anything else."""
    assert layer(name)
    used = {below(module) for file in layer(name) for module, _ in imports(file)} - {f"{HOME}.{name}"}
    assert used <= MAY_USE[name]


@pytest.mark.parametrize("name", ["repositories", "state"])
def test_only_the_api_knows_the_client(name: str) -> None:
    """Above the API nobody imports a client, makes one, or takes anything of Seawall's that makes calls."""
    for file in layer(name):
        taken = {member for module, member in imports(file) if below(module) == "seawall"}
        assert "" not in taken, f"{file.path} imports seawall as a whole"
        assert taken & CLIENTS == set(), file.path
        assert not any("client" in module or "transport" in module for module, _ in imports(file)), file.path


def test_the_console_runs_without_a_screen() -> None:
    """Importing all layers loads no toolkit for screens, and nothing of the demo's own trials."""
    program = (
        "import sys, seawall_demo.console; "
        "print([name for name in sys.modules if name.split('.')[0] in "
        "('nicegui', 'textual', 'rich', 'flet', 'PySide6', 'typer', 'fastapi') or name.startswith('seawall_demo.trial')])"
    )
    assert subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout == "[]\n"
