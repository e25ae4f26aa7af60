"""Consoles of the demo's backend, on real sockets."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import httpx2
import pytest

from seawall_demo.trial import BackendProcess, Tally

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
            return [key for (key,) in connection.execute("SELECT key FROM idempotency_keys")]


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
