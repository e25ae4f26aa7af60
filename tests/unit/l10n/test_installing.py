"""How the tests come by intl-messageformat, shown npms that do not do as they should."""

from pathlib import Path

import pytest

from tests.unit.l10n import formatjs

HALF = """
const { mkdirSync } = require("fs")
mkdirSync(process.argv[process.argv.indexOf("--prefix") + 1] + "/node_modules/intl-messageformat", { recursive: true })
"""
FAILS = f"{HALF}process.exit(1)"
HANGS = "setInterval(() => {}, 1000)"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Where the packages lie."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    return folder


def npm(monkeypatch: pytest.MonkeyPatch, script: Path, does: str) -> None:
    """Let npm be a script."""
    script.write_text(does, encoding="utf-8")
    monkeypatch.setattr(formatjs, "NPM", script)


@pytest.mark.parametrize(("does", "seconds"), [(FAILS, 40), (HANGS, 0)], ids=["fails", "hangs"])
def test_what_npm_cannot_install_is_skipped(
    does: str, seconds: int, shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An npm that fails, or comes to no end, skips the tests each time; what it left is never taken for the package."""
    npm(monkeypatch, tmp_path / "npm.cjs", does)
    monkeypatch.setattr(formatjs, "SECONDS", seconds)
    for _ in range(2):
        with pytest.raises(pytest.skip.Exception, match="npm cannot install"):
            formatjs.install(shelf)
        assert list(shelf.iterdir()) == []


def test_who_comes_second_takes_what_is_there(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another process has installed the package meanwhile, its folder stays, and ours is thrown away."""
    npm(monkeypatch, tmp_path / "npm.cjs", HALF)
    first = formatjs.install(shelf)
    (first / "the first").touch()
    sure, first_look = Path.exists, iter([False])
    monkeypatch.setattr(Path, "exists", lambda path: next(first_look, sure(path)))
    assert formatjs.install(shelf) == first
    assert list(shelf.iterdir()) == [first]
    assert (first / "the first").is_file()
