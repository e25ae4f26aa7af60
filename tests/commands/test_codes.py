"""`seawall codes` as a process: what it writes where characters are few, how it is broken off, and two at once."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.commands.kit import COMMAND, environment, run_process
from tests.unit.seawall_tools.codes.kit import CODES, DOCUMENT, GERMAN, PYPROJECT, Project

SECTION = CODES[CODES.index("## INTERNAL") : CODES.index("## Retired")]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with a document, a German catalogue, and nothing generated yet."""
    made = Project(tmp_path)
    made.write("pyproject.toml", PYPROJECT)
    made.write(DOCUMENT, CODES)
    made.write("l10n/app_de.arb", GERMAN)
    made.write("src/acme/__init__.py", "")
    return made


def test_characters_that_the_output_has_not_are_spelled_out(project: Project) -> None:
    """Where standard output is ASCII, a message in German is written with escapes, and the command does its work."""
    done = run_process("codes", "show", "agent_forbidden", cwd=project.root, PYTHONIOENCODING="ascii")
    assert (done.code, done.err) == (0, "")
    assert b"{action} ist f\\xfcr {resource} nicht erlaubt." in done.out


def test_ctrl_c_ends_with_130(project: Project) -> None:
    """Who breaks a check off gets the exit code of shells, and no traceback; here it waits for a document that never comes."""
    os.mkfifo(project.root / "codes.md")
    process = subprocess.Popen(
        [*COMMAND, "codes", "check", "--document", "codes.md"],
        cwd=project.root,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    writer = os.open(project.root / "codes.md", os.O_WRONLY)  # returns as soon as the command reads
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    os.close(writer)
    assert (process.returncode, out, err) == (130, b"", b"")


def test_a_reader_that_had_enough_is_no_error(project: Project) -> None:
    """A pipe that is closed early ends the command without a traceback."""
    project.write(
        DOCUMENT,
        "# Codes\n\n" + "".join(SECTION.replace("INTERNAL", f"C{at}").replace("Internal", f"C{at}") for at in range(2000)),
    )
    done = subprocess.run(
        f"{' '.join(COMMAND)} codes list | head -1",
        shell=True,
        cwd=project.root,
        env=environment(),
        capture_output=True,
        check=False,
    )
    assert done.stdout.startswith(b"C0_ERROR")
    assert done.stderr == b""


def test_two_at_once_both_see_the_truth(project: Project) -> None:
    """Checks that run beside each other, and share what they keep, find the same; what is kept is whole afterwards."""
    assert run_process("codes", "gen", cwd=project.root).code == 0
    running = [
        subprocess.Popen([*COMMAND, "codes", "check", "--json"], cwd=project.root, env=environment(), stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    first, second = (json.loads(process.communicate()[0]) for process in running)
    assert first == second == json.loads(run_process("codes", "check", "--json", cwd=project.root).out)
    assert {finding["rule"] for finding in first["findings"]} == {"never-raised"}
    assert sorted(path.name for path in (project.root / ".seawall_cache").iterdir()) == [".gitignore", "codes.msgpack"]
