"""Consoles of the demo's backend, on real sockets."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest

from seawall_demo.trial import AuthTally, BackendProcess, OpenSite, Tally

_numbers = count()


@dataclass(frozen=True)
class Console:
    """One console: a client for it, and a look at what it holds."""

    api: httpx2.Client
    database: Path
    tally: Callable[[], Tally]

    def names(self) -> list[str]:
        """The names of all agents, as the file has them."""
        with closing(sqlite3.connect(self.database)) as connection:
            return [name for (name,) in connection.execute("SELECT name FROM agents ORDER BY id")]

    def keys(self) -> list[str]:
        """All idempotency keys, as the file has them."""
        with closing(sqlite3.connect(self.database)) as connection:
            return [key for (key,) in connection.execute("SELECT key FROM seawall_idempotency")]


@pytest.fixture(scope="session")
def backend() -> Iterator[BackendProcess]:
    """A backend process for all tests."""
    with BackendProcess() as process:
        yield process


@pytest.fixture
def open_console(backend: BackendProcess) -> Iterator[Callable[[int | None], Console]]:
    """Opens a console with the storm of a seed; None is calm."""
    with ExitStack() as clients:

        def open_console(seed: int | None) -> Console:
            site = backend.open(f"test-{next(_numbers)}", seed)
            api = clients.enter_context(httpx2.Client(base_url=site.url, trust_env=False))
            return Console(api, site.database, lambda: backend.tally(site))

        yield open_console


@pytest.fixture
def console(open_console: Callable[[int | None], Console]) -> Console:
    """A calm console."""
    return open_console(None)


EMAIL = "ada@acme.example"


@dataclass(frozen=True)
class Guarded:
    """One console that asks for tokens: a client for it, and its doors."""

    api: httpx2.Client
    site: OpenSite
    backend: BackendProcess

    def log_in(self) -> dict[str, Any]:
        """Ask for a code, read it, and log in with it; what the answer holds."""
        assert self.api.post("/auth/code", json={"email": EMAIL}).status_code == 202
        code = self.backend.mailed_code(self.site, EMAIL)
        answer: dict[str, Any] = self.api.post("/auth/login", json={"email": EMAIL, "otp": code}).raise_for_status().json()
        return answer

    def refresh(self, tokens: dict[str, Any]) -> httpx2.Response:
        """Send one refresh."""
        return self.api.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})

    def tally(self) -> AuthTally:
        """What it has counted."""
        return self.backend.auth_tally(self.site)

    def names(self) -> list[str]:
        """The names of all agents, as the file has them."""
        with closing(sqlite3.connect(self.site.database)) as connection:
            return [name for (name,) in connection.execute("SELECT name FROM agents ORDER BY id")]


@pytest.fixture
def open_guarded(backend: BackendProcess) -> Iterator[Callable[[float], Guarded]]:
    """Opens a console that asks for tokens, with a grace in seconds."""
    with ExitStack() as clients:

        def open_guarded(grace: float) -> Guarded:
            site = backend.open_guarded(f"test-{next(_numbers)}", grace)
            api = clients.enter_context(httpx2.Client(base_url=site.url, trust_env=False))
            return Guarded(api, site, backend)

        yield open_guarded
