"""`seawall demo` from the outside."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from seawall_demo import _command

COMMAND = [sys.executable, "-m", "seawall_demo"]
FIGURES = {
    "calls": int,
    "shown_errors": int,
    "crashes": int,
    "duplicate_creates": int,
    "lost_creates": int,
    "ghost_creates": int,
    "requests_sent": int,
    "spoiled": int,
    "p50_ms": float,
    "p99_ms": float,
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """This process's environment, with temporary files in a folder that can be looked at."""
    return {**os.environ, "TMPDIR": str(tmp_path)}


def test_json_is_all_that_goes_to_standard_output(environment: dict[str, str], tmp_path: Path) -> None:
    """`--json` prints two phases of three subjects with exactly the documented figures, and leaves no file."""
    done = subprocess.run(
        [*COMMAND, "--headless", "--quick", "--json", "--seed", "3"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    phases = json.loads(done.stdout)
    assert list(phases) == ["calm", "storm"]
    for phase in phases.values():
        assert list(phase) == ["plain", "tenacity", "seawall"]
        for figures in phase.values():
            assert {name: type(value) for name, value in figures.items()} == FIGURES
            assert figures["calls"] == 120
    assert all(figures["spoiled"] == 0 for figures in phases["calm"].values())
    assert done.stderr.splitlines()[-1] == "storm: 120 calls with Seawall"
    assert list(tmp_path.iterdir()) == []


def test_the_table_comes_with_three_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `--json` standard output has the table and three sentences, and screens are said to come later."""
    monkeypatch.setattr(_command, "QUICK_CALLS", 24)
    done = CliRunner().invoke(_command.app, ["--quick"])
    assert done.exit_code == 0
    assert done.stdout.startswith("The same 24 calls")
    assert done.stderr.startswith("Screens come later")
    *_, sentences = done.stdout.split("\n\n")
    assert " ".join(sentences.split()).count(". ") + 1 == 3


def test_ctrl_c_ends_cleanly(environment: dict[str, str], tmp_path: Path) -> None:
    """Ctrl-C in the middle of a job ends with 130 and one plain line, and leaves no process and no file."""
    with subprocess.Popen(
        [*COMMAND, "--headless"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stderr is not None
        assert demo.stderr.readline() == "calm: 300 calls with plain httpx2\n"
        demo.send_signal(signal.SIGINT)
        out, err = demo.communicate()
    assert demo.returncode == 130
    assert (out, err.splitlines()[-1]) == ("", "Interrupted; the backend is stopped.")
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []
