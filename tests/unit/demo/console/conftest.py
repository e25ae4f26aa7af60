"""The console against a server that the test tells what to answer."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

import seawall
from seawall.auth.stores import FileStore, MemoryStore, StoredSession, TokenStore
from seawall.testing import FaultServer, Reply, SeenCall
from seawall_demo.console import Console

T = TypeVar("T")
LIST = [{"id": 1, "name": "Ada", "team": "blue", "owner": "ada"}]
USER = {"name": "ada", "email": "ada@acme.example"}
GRANT = {"access_token": "access-1", "refresh_token": "refresh-1", "expires_in": 3600, "token_type": "Bearer", "user": USER}
LATER = {"access_token": "access-2", "refresh_token": "refresh-2", "expires_in": 3600, "token_type": "Bearer"}
FORBIDDEN = Reply(403, json={"code": "AGENT_FORBIDDEN", "status": 403}, headers={"Content-Type": "application/problem+json"})


@pytest.fixture
def server(fault_server: FaultServer) -> FaultServer:
    """A backend where log-in, refresh, log-out and both lists work."""
    fault_server.route("POST", "/v1/auth/code", Reply(202, json={}))
    fault_server.route("POST", "/v1/auth/login", Reply(json=GRANT))
    fault_server.route("POST", "/v1/auth/refresh", Reply(json=LATER))
    fault_server.route("POST", "/v1/auth/logout", Reply(204))
    fault_server.route("GET", "/v1/agents", Reply(json=LIST))
    fault_server.route("POST", "/v1/agents", Reply(201, json=LIST[0]))
    fault_server.route("GET", "/v1/agent-sessions", Reply(json={"items": [{"id": 1, "topic": "A", "state": "open"}], "page": 1}))
    return fault_server


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    """A store that outlives a console."""
    return FileStore(tmp_path / "session")


class Run:
    """Runs a test's text with a console.

    Args:
        url: where the backend is.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    def __call__(self, text: Callable[[Console], Awaitable[T]], store: TokenStore | None = None) -> T:
        async def main() -> T:
            async with Console(self.url, store or MemoryStore()) as console:
                return await text(console)

        return asyncio.run(main())


@pytest.fixture
def run(server: FaultServer) -> Run:
    """Runs a coroutine function with a started console."""
    return Run(f"{server.url}/v1")


async def log_in(console: Console) -> None:
    """As the log-in screen does."""
    await console.session.request_code(USER["email"])
    await console.session.log_in(USER["email"], "123456")


def seen(server: FaultServer, method: str, path: str) -> list[SeenCall]:
    """The calls of one method and path, in order."""
    return [call for call in server.calls if (call.method, call.path) == (method, f"/v1{path}")]


def stored(expires_at: float | None) -> StoredSession:
    """A session of an earlier run."""
    tokens = seawall.Tokens(access=seawall.Secret("access-0"), refresh=seawall.Secret("refresh-0"), expires_in=3600)
    return StoredSession(session="s", revision="r", tokens=tokens, expires_at=expires_at, user=USER)
