"""Commands whose output takes nothing more."""

import subprocess
from pathlib import Path

import pytest

from tests.commands.kit import COMMAND, environment

FULL = Path("/dev/full")
CODES = "codes show AGENT_FORBIDDEN --document docs/protocols/common/http-error-codes.md"


@pytest.mark.skipif(not FULL.exists(), reason="no device that is full here")
@pytest.mark.parametrize("words", ["lint --rules", "lint --json src/seawall_tools/_ending.py", CODES])
def test_an_output_that_takes_nothing_is_told(pytestconfig: pytest.Config, words: str) -> None:
    """A full disk gives one line and a code of its own, and no traceback."""
    with FULL.open("wb") as full:
        done = subprocess.run(
            [*COMMAND, *words.split()],
            cwd=pytestconfig.rootpath,
            env=environment(PYTHONUNBUFFERED=""),  # a full disk shows at the flush, which an unbuffered output does not wait for
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (2, b"The output cannot be written: No space left on device\n")
