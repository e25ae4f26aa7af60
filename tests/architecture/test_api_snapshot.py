"""The text snapshot of the public API."""

from pathlib import Path

from tests.architecture.trees import ROOT, plant
from tools import api_snapshot

TREE = {
    "seawall/__init__.py": "from . import model\nfrom .model import Thing\n__all__ = ['Thing', 'model']\n",
    "seawall/model/__init__.py": (
        "from os import PathLike\nfrom ._thing import LIMIT, Thing, make\n__all__ = ['LIMIT', 'PathLike', 'Thing', 'make']\n"
    ),
    "seawall/model/_base.py": "class _Base:\n    def close(self) -> None: ...\n    def _hidden(self): ...\n",
    "seawall/model/_thing.py": (
        "from ._base import _Base\n"
        "LIMIT = 3\n"
        "class Thing(_Base, ValueError):\n"
        "    kind: str = 'x'\n"
        "    def __init__(self, size: int) -> None:\n"
        "        self.size = size\n"
        "        self._secret = size\n"
        "    @property\n"
        "    def name(self) -> str: ...\n"
        "    async def grow(self, *, by: float = 1.0) -> 'Thing': ...\n"
        "@overload\n"
        "def make(size: int) -> Thing: ...\n"
        "@overload\n"
        "def make(size: None) -> None: ...\n"
        "def make(size): ...\n"
    ),
}
TEXT = """\
seawall
  Thing = seawall.model.Thing
  model: the namespace seawall.model

seawall.model
  LIMIT = 3
  PathLike = os.PathLike
  class Thing(_Base, ValueError)
    def __init__(self, size: int) -> None
    def close(self) -> None
    async def grow(self, *, by: float=1.0) -> 'Thing'
    kind: str = 'x'
    @property
    def name(self) -> str
    size
  @overload
  def make(size: int) -> Thing
  @overload
  def make(size: None) -> None
"""


def test_the_snapshot_is_true() -> None:
    """The public API is the one that api.txt shows."""
    snapshot = api_snapshot.SNAPSHOT
    written = snapshot.read_text(encoding="utf-8") if snapshot.exists() else ""
    advice = f"The public API changed. If it was meant to, run `{api_snapshot.REFRESH}`, and review api.txt with it."
    assert api_snapshot.render(ROOT / "src").splitlines() == written.splitlines(), advice


def test_the_snapshot_shows_names_signatures_and_members(tmp_path: Path) -> None:
    """Everything that a user can write down is in the snapshot, once, and nothing private is."""
    plant(tmp_path, TREE)
    assert api_snapshot.render(tmp_path) == TEXT


def test_a_changed_signature_changes_the_snapshot(tmp_path: Path) -> None:
    """A change that callers can notice shows."""
    plant(tmp_path, TREE)
    thing = tmp_path / "seawall/model/_thing.py"
    thing.write_text(thing.read_text(encoding="utf-8").replace("by: float = 1.0", "by: float = 2.0"), encoding="utf-8")
    assert api_snapshot.render(tmp_path) != TEXT
