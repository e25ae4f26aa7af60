"""The store of keys: one effect for all threads and processes, also for those that are killed."""

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from seawall_server.idempotency import IdempotencyInProgress, IdempotencyStore
from tests.unit.seawall_server.idempotency.test_store import ANSWER, effects, working

WORKERS = 8
WORKER = """
import sqlite3, sys
from pathlib import Path
from seawall_server.idempotency import IdempotencyInProgress, IdempotencyStore, StoredAnswer
store = IdempotencyStore(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
def effect(connection):
    connection.execute("INSERT INTO effects VALUES (?)", (int(sys.argv[2]),))
    return StoredAnswer(201, (), sys.argv[2].encode())
for number in range(20):
    while True:
        try:
            found = store.once("ada", f"key-{number}", "same", effect)
        except IdempotencyInProgress:
            continue
        break
    print(number, found.body.decode(), flush=True)
"""

VICTIM = """
import sys
from pathlib import Path
from seawall_server.idempotency import IdempotencyStore
def effect(connection):
    connection.execute("INSERT INTO effects VALUES (1)")
    print("in the middle", flush=True)
    sys.stdin.read()
IdempotencyStore(Path(sys.argv[1])).once("ada", "key", "same", effect)
"""
STARTER = """
import sys
from pathlib import Path
from seawall_server.idempotency import IdempotencyStore
print("ready", flush=True)
for line in sys.stdin:
    IdempotencyStore(Path(sys.argv[1], line.strip()))
    print(line, end="", flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with a table for effects."""
    path = tmp_path / "app.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE effects (worker INTEGER)")
    return path


def run_all(work: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_crash_leaves_neither_effect_nor_key(path: Path) -> None:
    """Killed in the middle, a process has done nothing, and the next one need not wait for a lease."""
    command = [sys.executable, "-c", VICTIM, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout is not None
        assert victim.stdout.readline() == "in the middle\n"
        victim.kill()
    assert effects(path) == 0
    assert IdempotencyStore(path).once("ada", "key", "other", working) == ANSWER
    assert effects(path) == 1


def test_threads_share_one_effect(path: Path) -> None:
    """Many threads with one key: one effect, and everyone else is refused or gets its answer."""
    store, barrier = IdempotencyStore(path), threading.Barrier(WORKERS)
    outcomes: list[bool | None] = []

    def work() -> None:
        barrier.wait()
        try:
            outcomes.append(store.once("ada", "key", "same", working).replayed)
        except IdempotencyInProgress:
            outcomes.append(None)

    run_all(work)
    assert len(outcomes) == WORKERS
    assert outcomes.count(False) == 1
    assert effects(path) == 1


def test_processes_share_one_effect_for_each_key(path: Path) -> None:
    """Many processes with the same keys, each until it has an answer: all get the same one for a key, and each effect is one."""
    command = [sys.executable, "-c", WORKER, str(path)]
    workers = [
        subprocess.Popen([*command, str(number)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ})
        for number in range(4)
    ]
    try:
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        outputs: list[str] = [""] * len(workers)

        def finish(number: int) -> Callable[[], None]:
            def wait() -> None:
                outputs[number] = workers[number].communicate("go\n")[0]

            return wait

        threads = [threading.Thread(target=finish(number)) for number in range(len(workers))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert [worker.returncode for worker in workers] == [0] * len(workers)
    assert len(set(outputs)) == 1
    assert len(outputs[0].splitlines()) == 20
    assert effects(path) == 20


def test_all_processes_may_start_at_once(tmp_path: Path) -> None:
    """A new file is prepared by whoever comes first, and nobody fails for coming second."""
    command = [sys.executable, "-c", STARTER, str(tmp_path)]
    starters = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    try:
        for starter in starters:
            assert starter.stdout is not None
            assert starter.stdout.readline() == "ready\n"
        for number in range(30):
            for starter in starters:
                assert starter.stdin is not None
                starter.stdin.write(f"{number}\n")
                starter.stdin.flush()
            assert [starter.stdout.readline() for starter in starters if starter.stdout] == [f"{number}\n"] * len(starters)
    finally:
        for starter in starters:
            starter.kill()
            starter.communicate()
