"""One of the processes that share a store, seen from its parent."""

import asyncio
import json
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_PATIENCE_SECONDS = 10.0


class Worker:
    """Runs `python -m seawall_demo.auth_trial`, an app of its own; leaving the block ends it.

    It also ends by itself when its parent is gone, for its standard input ends then. Ctrl-C does not reach it.

    Args:
        subject: which app.
        url: where the backend is.
        store: the file that the processes share.
    """

    def __init__(self, subject: str, url: str, store: Path) -> None:
        self._command = [sys.executable, "-m", "seawall_demo.auth_trial", subject, url, str(store)]

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(*self._command, stdin=pipe, stdout=pipe, start_new_session=True)
        assert self._process.stdout is not None
        await self._process.stdout.readline()  # it has the tokens in its memory: from here on, they can expire under it
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:  # the empty input is what closes the pipe
            await asyncio.wait_for(self._process.communicate(b""), _PATIENCE_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    async def work(self, wave: str, calls: int) -> dict[str, Any]:
        """Have the app make calls, all at once.

        Args:
            wave: the wave's name.
            calls: how many.

        Returns:
            `reasons`, one for each call that failed, and how often the app has `told` its user that the session is over.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"wave": wave, "calls": calls}).encode() + b"\n")
        reply: dict[str, Any] = json.loads(await self._process.stdout.readline())
        return reply
