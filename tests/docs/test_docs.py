"""The documentation is true: its code runs, its output is what comes, its links lead somewhere."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from seawall.testing import FaultServer
from tests.docs.pages import ROOT, Page, Run, pages

each_page = pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)


@each_page
def test_a_page_can_be_followed(
    page: Page, fault_server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Every block of a page runs as shown, from top to bottom, and prints what the page says."""
    module = ModuleType("reader")
    monkeypatch.setitem(sys.modules, "reader", module)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", "*")  # other libraries that a page shows would ask a proxy of the environment
    Run(page, fault_server, module, request.getfixturevalue).follow()


@each_page
def test_links_lead_somewhere(page: Page) -> None:
    """A page links only to files that exist."""
    assert [link for link in page.links() if not (page.path.parent / link).exists()] == []


@each_page
def test_no_block_is_overlooked(page: Page) -> None:
    """Every fence and every hidden set-up of a page is seen, so that a slip of the pen cannot take code out of the tests."""
    lines = page.path.read_text(encoding="utf-8").splitlines()
    fences = sum(line.lstrip().startswith("```") for line in lines) / 2
    assert sum(block.kind != "setup" for block in page.blocks()) == fences
    assert sum(block.kind == "setup" for block in page.blocks()) == sum("<!-- setup" in line for line in lines)


def test_every_page_is_listed() -> None:
    """The index leads to every page of the documentation, so that none is found by chance only."""
    index = Page(ROOT / "docs" / "index.md")
    listed = {(index.path.parent / link).resolve() for link in index.links()}
    assert [page.name for page in pages() if page.path not in (*listed, index.path, ROOT / "README.md")] == []


def test_the_map_names_what_exists() -> None:
    """Every file and folder that the map of the house gives a path to is there."""
    named = re.findall(r"`([a-z0-9_]+/[A-Za-z0-9_/]*(?:\.py)?)`", (ROOT / "docs" / "map.md").read_text(encoding="utf-8"))
    roots = (ROOT / "src" / "seawall", ROOT / "src", ROOT)
    assert named
    assert [name for name in named if not any((root / name).exists() for root in roots)] == []
