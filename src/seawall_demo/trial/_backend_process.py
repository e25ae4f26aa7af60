"""The backend as a process of its own, seen from its parent."""

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Tally:
    """What the server's side counted: requests that arrived, and those of them that the storm spoiled."""

    requests: int
    spoiled: int


@dataclass(frozen=True)
class AuthTally:
    """What a guarded console counted.

    Args:
        sign_ins: log-ins by code.
        refreshes: refresh requests that brought new tokens.
        replays: refresh requests that brought the same again, within the grace.
        refused: refresh requests that were refused.
        revoked: sessions that were ended because a used refresh token came again.
        unauthorized: calls of the API that were answered with 401.
    """

    sign_ins: int
    refreshes: int
    replays: int
    refused: int
    revoked: int
    unauthorized: int


@dataclass(frozen=True)
class OpenSite:
    """One console of the backend, with a database of its own."""

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

    def open(self, name: str, seed: int | None, minimum: str | None = None) -> OpenSite:
        """Start one more console, where callers say who they are.

        Args:
            name: its name, unique in this process.
            seed: the seed of its storm; None is calm.
            minimum: the oldest version of an app that it takes; None takes all.
        """
        return _site(name, self._ask({"open": name, "seed": seed, "minimum": minimum}))

    def open_guarded(self, name: str, grace: float) -> OpenSite:
        """Start one more console, one that asks for tokens.

        Args:
            name: its name, unique in this process.
            grace: seconds for which a used refresh token gets the same answer again; 0 for none.
        """
        return _site(name, self._ask({"guard": name, "grace": grace}))

    def tally(self, site: OpenSite) -> Tally:
        """What the site's storm has counted until now."""
        return Tally(**self._ask({"tally": site.name}))

    def auth_tally(self, site: OpenSite) -> AuthTally:
        """What a guarded console has counted until now."""
        return AuthTally(**self._ask({"ledger": site.name}))

    def mailed_code(self, site: OpenSite, email: str) -> str:
        """The code that was last sent to an address."""
        code: str = self._ask({"mail": site.name, "to": email})["code"]
        return code

    def expire_tokens(self, site: OpenSite) -> None:
        """Let all access tokens expire, at once."""
        self._ask({"expire": site.name})

    def revoke_sessions(self, site: OpenSite) -> None:
        """End all sessions, as an administrator does."""
        self._ask({"revoke": site.name})

    def lose_refresh_answer(self, site: OpenSite) -> None:
        """Have one more answer to a refresh get lost, the next that is on its way."""
        self._ask({"lose": site.name})

    def _ask(self, command: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            print(json.dumps(command), file=self._process.stdin, flush=True)
            reply: dict[str, Any] = json.loads(self._process.stdout.readline())
        return reply


def _site(name: str, reply: dict[str, Any]) -> OpenSite:
    return OpenSite(name, reply["url"], Path(reply["database"]))
