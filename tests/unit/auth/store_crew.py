"""Other processes at one place: forked from a server that has imported all that they need, so that they start at once."""

import ctypes
import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from seawall.auth.stores import KeyringKey, MemoryStore
from seawall.auth.stores._lock_file import LockFile
from tests.forkserver import CONTEXT
from tests.unit.auth.store_places import Place
from tests.unit.auth.store_ring import FolderRing
from tests.unit.auth.store_sessions import session, told_by


class Hand:
    """Another process that runs one function, and talks over a pipe."""

    def __init__(self, work: Callable[..., None], *arguments: Any) -> None:
        self._pipe, theirs = CONTEXT.Pipe()
        self._process = CONTEXT.Process(target=work, args=(theirs, *arguments), daemon=True)
        self._process.start()
        theirs.close()

    def hears(self, word: Any = "go") -> "Hand":
        self._pipe.send(word)
        return self

    def says(self) -> Any:
        return self._pipe.recv()

    def kill(self) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.join()

    def close(self) -> None:
        self._process.kill()
        self._process.join()
        self._process.close()
        self._pipe.close()


@contextmanager
def crew(count: int, work: Callable[..., None], *arguments: Any) -> Iterator[list[Hand]]:
    """So many processes that do the same, ended with the block."""
    hands = [Hand(work, *arguments) for _ in range(count)]
    try:
        yield hands
    finally:
        for hand in hands:
            hand.close()


def race(pipe: Connection, place: Place, tries: int) -> None:
    """Write one revision after the other, against others who do the same; tell which followed which."""
    store = place.open()
    pipe.send("ready")
    pipe.recv()
    won = []
    for number in range(tries):
        present = store.load()
        expected = None if present is None else present.revision
        revision = f"{os.getpid()}-{number}"
        if store.swap(expected, session(revision)):
            won.append((expected, revision))
    pipe.send(won)


def hold(pipe: Connection, place: Place, seconds: float) -> None:
    """Take the lease, tell whether it was to be had, and give it back when told to."""
    lease = place.open().try_lease(seconds)
    pipe.send(lease is not None)
    pipe.recv()
    assert lease is not None
    lease.release()
    pipe.send("released")
    pipe.recv()


def hold_and_fork(pipe: Connection, place: Place) -> None:
    """Take the lease and fork; the child, which lives on, tries to release what is not its own, and tells its number."""
    lease = place.open().try_lease(60)
    assert lease is not None
    if os.fork() == 0:
        lease.release()
        pipe.send(os.getpid())
        pipe.recv()
        os._exit(0)
    signal.pause()


def hold_and_fork_unseen(pipe: Connection, place: Place) -> None:
    """Take the lease, fork as a library does that knows nothing of Python, tell the child's number, and release the lease."""
    lease = place.open().try_lease(60)
    assert lease is not None
    system = ctypes.CDLL(None)
    child = system.fork()
    if child == 0:
        system.pause()
    lease.release()
    pipe.send(child)
    pipe.recv()


def lock(pipe: Connection, path: Path) -> None:
    """Lock a file, as a writer does that is stopped in the midst, and tell one's number; let go when told to."""
    with LockFile(path).held():
        pipe.send(os.getpid())
        pipe.recv()
    pipe.send("let go")
    pipe.recv()


def fork_while_held(pipe: Connection) -> None:
    """Fork while a session in memory is written and its lease is held; have the child take the lease and write, and tell."""
    store = MemoryStore()
    assert store.try_lease(60) is not None
    assert store.swap(None, session("first"))
    with store._mutex:
        if os.fork() == 0:
            pipe.send((store.try_lease(60) is not None, store.swap("first", session("second"))))
            os._exit(0)
    pipe.recv()


def write_on(pipe: Connection, place: Place, size: int) -> None:
    """Write revision after revision, each with much content, and tell of each that is written, until killed."""
    store = place.open()
    present = store.load()
    expected, number = (None, 0) if present is None else (present.revision, int(present.revision))
    while True:
        number += 1
        assert store.swap(expected, session(str(number), user=[number] * size))
        expected = str(number)
        pipe.send(number)


def write_once(pipe: Connection, place: Place, expected: str | None, revision: str) -> None:
    """Write one revision when told to, and tell whether it was written."""
    store = place.open()
    pipe.send("ready")
    pipe.recv()
    pipe.send(store.swap(expected, session(revision)))
    pipe.recv()


def write_too_much(pipe: Connection, place: Place, expected: str, size: int) -> None:
    """Write where the system takes no more than so many bytes of a file, and hand on what that raises."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    try:
        place.open().swap(expected, session("second", user="x" * size))
    except Exception as error:
        pipe.send((type(error).__name__, told_by(error)))
    pipe.recv()


def use_as_nobody(pipe: Connection, place: Place) -> None:
    """Use a place as a user who owns nothing, and hand on what that raises."""
    os.setegid(65534)
    os.seteuid(65534)
    store = place.open()
    told = []
    for work in (store.load, lambda: store.swap("first", None), lambda: store.try_lease(60)):
        try:
            told.append(f"nothing, but {work()!r}")
        except Exception as error:
            told.append(f"{type(error).__name__} {error}")
    pipe.send(told)
    pipe.recv()


def find_key(pipe: Connection, folder: Path) -> None:
    """Find or make the key of a key-ring when told to, and hand it on."""
    key = KeyringKey("acme", backend=FolderRing(folder), locks=folder.parent / "locks")
    pipe.send("ready")
    pipe.recv()
    pipe.send(key.find_or_make().reveal())
    pipe.recv()


def hear_after_fork(pipe: Connection, place: Place) -> None:
    """Listen to a store, and fork; tell who hears what: the child writes when told to, and lives no longer than its parent."""
    store, parent = place.open(), os.getpid()
    heard, hears = os.pipe()
    orders, order = os.pipe()
    store.watch(lambda: os.write(hears, b"P" if os.getpid() == parent else b"C"))
    pipe.send(os.read(heard, 1))
    if os.fork() == 0:
        os.close(order)
        store.load()
        while os.read(orders, 1):
            present = store.load()
            assert present is not None
            store.swap(present.revision, session("child"))
        os._exit(0)
    while True:
        pipe.send(os.read(heard, 1))
        if pipe.recv() == "child writes":
            os.write(order, b"!")
