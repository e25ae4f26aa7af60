"""Starting the child processes of `child.py` and talking with them."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Child:
    """A running child.

    Args:
        process: The process.
    """

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def hear(self) -> dict[str, Any]:
        """The next thing it says.

        Raises:
            AssertionError: It ended without a word.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the child ended with {self._process.wait()}"
        heard: dict[str, Any] = json.loads(line)
        return heard

    def go_on(self) -> None:
        """Let it go on."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._process.send_signal(signal.SIGINT)


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
    command = [sys.executable, "-m", "tests.transport_contract.child", task, subject, world, url, json.dumps(options)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Child(process)
        finally:
            process.kill()
