"""Two apps with Seawall: the reference app on asyncio, and a small one on threads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import seawall
from seawall.auth import Authenticated, EndReason, SessionState, Unauthenticated
from seawall.auth.stores import FileStore, MemoryStore, TokenStore
from seawall_demo.console import Agent, Console, User
from seawall_demo.console.api import TOKENS, log_in, options, request_code
from seawall_demo.console.state import Failed, ListingStore

from ._errand import Errand, Kind

THREADS = 60
_USUAL = (EndReason.NEVER_SIGNED_IN, EndReason.SIGNED_OUT)


class _Seawall:
    """What both have in common: who watches the session."""

    def __init__(self) -> None:
        self.ends: list[str] = []

    def reason(self, error: BaseException) -> str:
        """Why the session ended, if that is why; else the problem's name."""
        return error.reason if isinstance(error, seawall.SessionEndedProblem) else type(error).__name__

    def _watch(self, state: SessionState) -> None:
        if isinstance(state, Unauthenticated) and state.reason not in _USUAL:
            self.ends.append(state.reason.value)


def _store(path: Path | None) -> TokenStore:
    return MemoryStore() if path is None else FileStore(path)


class AsyncioApp(_Seawall):
    """The reference app; each errand is a screen of its own.

    Args:
        url: where the backend is.
        store: a file for the session, or None.
    """

    def __init__(self, url: str, store: Path | None) -> None:
        super().__init__()
        self._console = Console(url, _store(store))
        self._console.session.changed.connect(self._watch)

    async def __aenter__(self) -> Self:
        await self._console.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._console.__aexit__(kind, error, traceback)

    @property
    def signed_in(self) -> bool:
        """As the session store says."""
        return isinstance(self._console.session.value, Authenticated)

    async def log_in(self, email: str, read_mail: Callable[[], str]) -> None:
        """As the log-in screen does."""
        await self._console.session.request_code(email)
        await self._console.session.log_in(email, read_mail())

    async def log_out(self) -> None:
        """As the menu does."""
        await self._console.session.log_out()

    async def run(self, errand: Errand) -> None:
        """Open a screen."""
        match errand.kind:
            case Kind.AGENTS:
                await _loaded(self._console.agents())
            case Kind.SESSIONS:
                await _loaded(self._console.agent_sessions())
            case Kind.CREATE:
                await self._console.agents().create(errand.name)


async def _loaded(screen: ListingStore[Any]) -> None:
    await screen.load()
    if isinstance(screen.value, Failed):
        raise screen.value.error


class ThreadsApp(_Seawall):
    """What a service without asyncio writes: one client, one session, any number of threads.

    Args:
        url: where the backend is.
        store: a file for the session, or None.
    """

    def __init__(self, url: str, store: Path | None) -> None:
        super().__init__()
        self._session = seawall.UserSession(TOKENS, store=_store(store), user_model=User)
        self._session.state_changed.connect(self._watch)
        self._client = seawall.Client(url, **options(self._session))
        self._threads = ThreadPoolExecutor(THREADS)

    async def __aenter__(self) -> Self:
        await self._in_thread(self._session.restore)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    @property
    def signed_in(self) -> bool:
        """As the session says."""
        return isinstance(self._session.state, Authenticated)

    async def log_in(self, email: str, read_mail: Callable[[], str]) -> None:
        """Log in through the same client, without a credential."""
        await self._in_thread(self._client.run, request_code, email)
        grant = await self._in_thread(self._client.run, log_in, email, seawall.Secret(read_mail()))
        await self._in_thread(self._session.sign_in, grant.tokens, grant.user)

    async def log_out(self) -> None:
        """End the session."""
        await self._in_thread(self._session.sign_out)

    async def run(self, errand: Errand) -> None:
        """Make a call in a thread."""
        await self._in_thread(self._call, errand)

    def _call(self, errand: Errand) -> None:
        match errand.kind:
            case Kind.AGENTS:
                self._client.get("/agents", response_model=list[Agent])
            case Kind.SESSIONS:
                self._client.get("/agent-sessions")
            case Kind.CREATE:
                self._client.post("/agents", json={"name": errand.name}, idempotency_key=True, response_model=Agent)

    async def _in_thread(self, work: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)
