"""The backend process ends with its parent, however that ends, and leaves nothing behind."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from seawall_demo.trial import BackendProcess

PARENT = """
import sys
from seawall_demo.trial import BackendProcess

with BackendProcess() as backend:
    site = backend.open("a", None)
    print(backend.pid, site.database, flush=True)
    sys.stdin.read()
"""


def test_leaving_the_block_ends_the_process() -> None:
    """After the block the process is gone, with its port and its files."""
    with BackendProcess() as backend:
        site = backend.open("a", None)
        with httpx2.Client(base_url=site.url, trust_env=False) as api:
            assert api.get("/agents").status_code == 200
    assert not alive(backend.pid)
    assert not site.database.parent.exists()
    with httpx2.Client(base_url=site.url, trust_env=False) as api, pytest.raises(httpx2.ConnectError):
        api.get("/agents")


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_process_dies_with_its_parent(end: signal.Signals) -> None:
    """A parent that is killed takes the backend with it, and the files too."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as parent:
        assert parent.stdout is not None
        pid, database = parent.stdout.readline().split()
        parent.send_signal(end)
        wait_for_end(int(pid))
    assert not Path(database.decode()).parent.exists()


def wait_for_end(pid: int) -> None:
    """Wait until a process that is not our child has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        select.select([descriptor], [], [])
    finally:
        os.close(descriptor)


def alive(pid: int) -> bool:
    """Whether there is a process of this id."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
