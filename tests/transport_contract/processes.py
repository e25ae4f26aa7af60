"""Starting the child processes of `child.py` and talking with them."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any

from tests.forkserver import CONTEXT
from tests.transport_contract.child import main


class Child:
    """A running child.

    Args:
        process: The process.
        pipe: Leads to it.
    """

    def __init__(self, process: ForkServerProcess, pipe: Connection) -> None:
        self._process = process
        self._pipe = pipe

    def hear(self) -> dict[str, Any]:
        """The next thing it says.

        Raises:
            AssertionError: It ended without a word.
        """
        try:
            heard: dict[str, Any] = self._pipe.recv()
        except EOFError:
            self._process.join()
            raise AssertionError(f"the child ended with {self._process.exitcode}") from None
        return heard

    def go_on(self) -> None:
        """Let it go on."""
        self._pipe.send("go on")

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        assert self._process.pid is not None
        os.kill(self._process.pid, signal.SIGINT)


@contextmanager
def child(task: str, subject: str, world: str, url: str, **options: Any) -> Iterator[Child]:
    """Run a task of `child.py` in a process of its own.

    Args:
        task: Its name.
        subject: The subject's name.
        world: "blocking", "asyncio" or "uvloop".
        url: The server's base URL.
        options: The task's options.
    """
    ours, theirs = CONTEXT.Pipe()
    process = CONTEXT.Process(target=main, args=(theirs, task, subject, world, url, options), daemon=True)
    with ours:
        with theirs:
            process.start()
        try:
            yield Child(process, ours)
        finally:
            process.kill()
            process.join()
            process.close()
