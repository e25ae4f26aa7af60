"""The processes that share a store end with their parent, however that ends."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from seawall_demo.auth_trial import SUBJECTS
from seawall_demo.auth_trial._worker import Worker
from tests.unit.demo.test_backend_process import alive, wait_for_end

NOWHERE = "http://127.0.0.1:9/v1"
PARENT = """
import asyncio, sys
from pathlib import Path
from seawall_demo.auth_trial._worker import Worker

async def main():
    async with Worker("seawall-asyncio", "http://127.0.0.1:9/v1", Path(sys.argv[1])) as worker:
        print(worker.pid, flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


@pytest.mark.parametrize("subject", SUBJECTS)
def test_leaving_the_block_ends_the_process(subject: str, tmp_path: Path) -> None:
    """A worker starts without a session, says what it is asked, and is gone after the block."""

    async def work() -> int:
        async with Worker(subject, NOWHERE, tmp_path / "session") as worker:
            assert await worker.work("wave", 0) == {"reasons": [], "told": 0}
            return worker.pid

    assert not alive(asyncio.run(work()))


def test_the_process_dies_with_its_parent(tmp_path: Path) -> None:
    """A parent that is killed takes its workers with it."""
    program = [sys.executable, "-c", PARENT, str(tmp_path / "session")]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
        wait_for_end(pid)
