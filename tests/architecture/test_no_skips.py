"""Nothing is skipped where it is decided what lands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.trees import ROOT

SKIPS = {
    "mark": "import pytest\n@pytest.mark.skip(reason='no browser')\ndef test_a(): ...\n",
    "call": "import pytest\ndef test_a():\n    pytest.skip('no browser')\n",
    "fixture": "import pytest\n@pytest.fixture\ndef f():\n    pytest.skip('no browser')\ndef test_a(f): ...\n",
    "module": "import pytest\npytest.skip('no browser', allow_module_level=True)\ndef test_a(): ...\n",
    "import": "import pytest\npytest.importorskip('no_browser')\ndef test_a(): ...\n",
}


@pytest.mark.parametrize("text", SKIPS.values(), ids=SKIPS)
def test_a_skip_fails_under_ci(text: str, tmp_path: Path) -> None:
    """Whichever way a test skips, under CI the run fails and tells the reason."""
    result = run(text, tmp_path, ci="true")
    assert result.returncode in {1, 2}  # 2: stopped while collecting
    assert "Nothing may be skipped" in result.stdout
    assert "browser" in result.stdout


def test_a_skip_is_fine_elsewhere(tmp_path: Path) -> None:
    """On a developer's machine a skip stays a skip."""
    assert run(SKIPS["call"], tmp_path, ci="").returncode == 0


def test_an_expected_failure_is_no_skip(tmp_path: Path) -> None:
    """A strict expected failure stays what it is under CI."""
    text = "import pytest\n@pytest.mark.xfail(strict=True)\ndef test_a():\n    assert False\n"
    assert run(text, tmp_path, ci="true").returncode == 0


def run(text: str, folder: Path, ci: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on one file that holds the text."""
    (folder / "test_one.py").write_text(text, encoding="utf-8")
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.no_skips",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            ".",
            "test_one.py",
        ],
        cwd=folder,
        env=os.environ | {"CI": ci, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
