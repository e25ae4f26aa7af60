"""The backend as a process of its own, seen from its parent."""

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Tally:
    """What the server's side counted: requests that arrived, and those of them that the storm spoiled."""

    requests: int
    spoiled: int


@dataclass(frozen=True)
class OpenSite:
    """One console of the backend, with a database and a storm of its own."""

    name: str
    url: str
    database: Path


class BackendProcess:
    """Runs `python -m seawall_demo.backend`; leaving the block ends it and removes its files.

    It also ends by itself when its parent is gone, for its standard input ends then. Ctrl-C does not reach it:
    the parent decides. Threads may share it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "seawall_demo.backend"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        try:
            self._process.communicate(timeout=_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def open(self, name: str, seed: int | None) -> OpenSite:
        """Start one more console.

        Args:
            name: its name, unique in this process.
            seed: the seed of its storm; None is calm.
        """
        reply = self._ask({"open": name, "seed": seed})
        return OpenSite(name, reply["url"], Path(reply["database"]))

    def tally(self, site: OpenSite) -> Tally:
        """What the site's storm has counted until now."""
        return Tally(**self._ask({"tally": site.name}))

    def _ask(self, command: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            print(json.dumps(command), file=self._process.stdin, flush=True)
            reply: dict[str, Any] = json.loads(self._process.stdout.readline())
        return reply
