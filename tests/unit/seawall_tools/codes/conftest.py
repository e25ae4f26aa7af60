"""The project that the tests of `seawall codes` work in."""

from pathlib import Path

import pytest

from tests.unit.seawall_tools.codes.kit import BACKEND, CODES, DOCUMENT, GERMAN, PYPROJECT, Project


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A folder with nothing in it."""
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path)


@pytest.fixture
def project(empty: Project) -> Project:
    """A project whose document, modules, catalogues and sources agree."""
    empty.write("pyproject.toml", PYPROJECT)
    empty.write(DOCUMENT, CODES)
    assert empty.run("gen").code == 0
    empty.write("l10n/app_de.arb", GERMAN)
    empty.write("src/acme/backend/routes.py", BACKEND)
    assert empty.run("check").out == "All is well: 3 codes, 2 catalogues, 1 source.\n"
    return empty
