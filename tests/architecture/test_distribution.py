"""What is shipped: the packages, their types, the command's entry points."""

import tomllib
from importlib.metadata import entry_points

from tests.architecture.trees import ROOT

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = sorted(folder for folder in (ROOT / "src").iterdir() if any(folder.rglob("*.py")))


def test_every_package_is_shipped() -> None:
    """The wheel holds all packages, though only one is called like the distribution."""
    shipped = SETTINGS["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert sorted(shipped) == [f"src/{package.name}" for package in PACKAGES]


def test_every_package_is_typed() -> None:
    """Each package carries the mark by which type checkers read its types."""
    assert [package.name for package in PACKAGES if not (package / "py.typed").exists()] == []


def test_every_sub_command_loads() -> None:
    """Each entry point of the command leads to an app, and names extras that exist."""
    extras = SETTINGS["project"]["optional-dependencies"]
    for entry in entry_points(group="seawall.commands"):
        assert callable(entry.load())
        assert set(entry.extras) <= set(extras)


def test_the_version_is_said_once() -> None:
    """The version stands in pyproject.toml alone, so that it can never disagree with itself."""
    version = f'"{SETTINGS["project"]["version"]}"'
    assert [str(path) for path in (ROOT / "src").rglob("*.py") if version in path.read_text(encoding="utf-8")] == []
