"""`seawall l10n` as a process: where characters are few, how it is broken off, and what it is without its extra."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.kit import COMMAND, environment, run_process, start

MANY = 3000  # findings, more than a pipe holds
WITHOUT = """
import sys
sys.modules["{module}"] = None
sys.argv = ["seawall", "l10n", "check", "."]
from seawall_tools._app import main
main()
"""


def write(folder: Path, name: str, document: dict[str, object]) -> None:
    (folder / name).write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A catalogue in which German has nothing."""
    write(tmp_path, "app_en.arb", {f"errorNumber{number}": "Something is wrong." for number in range(MANY)})
    write(tmp_path, "app_de.arb", {})
    return tmp_path


def test_characters_that_the_output_has_not_are_spelled_out(tmp_path: Path) -> None:
    """Where standard output is ASCII, what a file says is written with escapes, and the exit code is the same."""
    write(tmp_path, "app_en.arb", {"fehlerhöhe": "x"})
    done = run_process("l10n", "check", ".", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith(b"app_en.arb:2: error: fehlerh\\xf6he: a key is an identifier")


def test_ctrl_c_ends_with_130(folder: Path) -> None:
    """Who has seen enough of a long list gets the exit code of shells, and no traceback."""
    process = start("l10n", "check", str(folder))
    assert process.stdout is not None
    assert process.stdout.readline().startswith(str(folder).encode())
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, err) == (130, b"")
    assert out.count(b"\n") < MANY


@pytest.mark.parametrize("words", ["check .", "extract . fr"])
def test_a_reader_that_had_enough_is_no_error(folder: Path, words: str) -> None:
    """A pipe that is closed early ends the command without a traceback."""
    line = f"{' '.join(COMMAND)} l10n {words} | head -1"
    done = subprocess.run(line, shell=True, cwd=folder, env=environment(), capture_output=True, check=False)
    assert done.stdout.count(b"\n") == 1
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("words", ["check .", "extract . fr"])
def test_an_output_that_takes_nothing_is_told(folder: Path, words: str) -> None:
    """A full disk gives one line and a code of its own, and no traceback."""
    if not Path("/dev/full").exists():
        pytest.skip("no device that is full here")
    line = f"{' '.join(COMMAND)} l10n {words} > /dev/full"
    done = subprocess.run(line, shell=True, cwd=folder, env=environment(), capture_output=True, check=False)
    told = [line for line in done.stderr.decode().splitlines() if "cannot be written" in line]
    assert (done.returncode, told) == (2, ["The output cannot be written: No space left on device"])
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(("module", "code"), [("babel", 1), ("icu4py", 2)])
def test_without_the_extra_it_is_named(folder: Path, module: str, code: int) -> None:
    """Where a package is missing, the command says what to install, and nothing else."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(module=module)], cwd=folder, env=environment(), capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (code, b"")
    assert module in done.stderr.decode()
    assert "l10n]'" in done.stderr.decode()
    assert b"Traceback" not in done.stderr
