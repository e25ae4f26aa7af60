"""Callers of all worlds: threads, tasks, and both at once on clients that share one session."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future, wait
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import seawall
from seawall import AsyncUserSession, Tokens, UserSession
from seawall.auth import SessionState
from seawall.chain import FlightError, drive
from tests.behaviours.auth.server import source as plain_source
from tests.worlds import BlockingApi

__all__ = ["KINDS", "Crowd", "Job", "get", "post"]

KINDS = ("blocking", "asyncio", "mixed")
Job = Callable[[Any], Coroutine[Any, Any, Any]]
PATIENCE = 50.0  # seconds after which a test that hangs says so itself


def get(number: int | None = None, **options: Any) -> Job:
    """A call that says which of many it is."""
    if number is not None:
        options["params"] = {"n": number}
    return lambda api: api.get("/agents", **options)


def post(**options: Any) -> Job:
    """A call with a body."""
    return lambda api: api.post("/agents", **options)


class Threads:
    """A client for threads; each job has a thread of its own."""

    def __init__(self, url: str, options: dict[str, Any]) -> None:
        self.api = BlockingApi(seawall.Client(url, **options))

    def start(self, job: Job) -> "Future[Any]":
        outcome: Future[Any] = Future()

        def work() -> None:
            try:
                result = drive(job(self.api))
            except BaseException as error:
                outcome.set_exception(error)
            else:
                outcome.set_result(result)

        threading.Thread(target=work, daemon=True).start()
        return outcome

    def close(self) -> None:
        self.api.client.close()


class Loop:
    """A client for tasks, and an event loop in a thread of its own."""

    def __init__(self, url: str, options: dict[str, Any]) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.api = seawall.AsyncClient(url, **options)

    def start(self, job: Job) -> "Future[Any]":
        return asyncio.run_coroutine_threadsafe(job(self.api), self.loop)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(PATIENCE)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(PATIENCE)
        self.loop.close()

    async def _end(self) -> None:
        await self.api.aclose()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.loop.shutdown_default_executor()


class Crowd:
    """Clients that share one session. `connect` comes first.

    Args:
        kind: "blocking" (one Client, a thread per call), "asyncio" (one AsyncClient) or "mixed" (a Client and two AsyncClients,
            each on a loop of its own).
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.homes: list[Threads | Loop] = []
        self.session: UserSession | AsyncUserSession

    def connect(self, url: str, *, source: Any = None, client: dict[str, Any] | None = None, **session: Any) -> Self:
        """Make the session and its clients.

        Args:
            url: Of the API.
            source: Where tokens come from.
            client: More options for the clients.
            session: Options of the session.
        """
        kind = AsyncUserSession if self.kind == "asyncio" else UserSession
        self.session = kind(plain_source() if source is None else source, **session)
        options = {"max_connections": 300, "auth": self.session, **(client or {})}
        if "clock" in session:
            options["clock"] = session["clock"]
        homes = {"blocking": [Threads], "asyncio": [Loop], "mixed": [Threads, Loop, Loop]}[self.kind]
        self.homes += [home(url, options) for home in homes]
        return self

    def start(self, *jobs: Job) -> "list[Future[Any]]":
        """Begin jobs, shared out among the clients."""
        return [self.homes[place % len(self.homes)].start(job) for place, job in enumerate(jobs)]

    def run(self, *jobs: Job) -> list[Any]:
        """Run jobs at the same time; what they raise is returned in their place."""
        return outcomes(self.start(*jobs))

    def one(self, job: Job) -> Any:
        """Run one job."""
        return self.run(job)[0]

    def each(self, job: Job) -> list[Any]:
        """Run a job once with each client, one after the other."""
        return [outcomes([home.start(job)])[0] for home in self.homes]

    def sign_in(self, tokens: Tokens, user: Any = None) -> None:
        self.face(lambda session: session.sign_in(tokens, user))

    def sign_out(self) -> None:
        self.face(lambda session: session.sign_out())

    def restore(self) -> SessionState:
        state: SessionState = self.face(lambda session: session.restore())
        return state

    def handle_unauthorized(self) -> bool:
        return bool(self.face(lambda session: session.handle_unauthorized()))

    def settle(self) -> None:
        """Wait until no refresh is on its way: by taking part in it, or in one that does nothing."""
        machine = self.session._machine

        async def nothing(runtime: Any) -> Any:
            return None

        async def join(api: Any) -> None:
            runtime = api.client._core.runtime if isinstance(api, BlockingApi) else api._core.runtime
            with suppress(FlightError):
                await machine._flights._of(machine._vault.epoch).join(runtime, work=nothing)

        self.one(join)

    def face(self, use: Callable[[Any], Any]) -> Any:
        """Use the session as its world does."""
        if isinstance(self.session, UserSession):
            return use(self.session)

        async def work(api: Any) -> Any:
            return await use(self.session)

        return self.homes[0].start(work).result(PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for home in self.homes:
            home.close()


def outcomes(futures: "list[Future[Any]]") -> list[Any]:
    """Wait for all; what they raised is returned in their place."""
    _, unfinished = wait(futures, PATIENCE)
    assert not unfinished, f"{len(unfinished)} of {len(futures)} calls hang"
    return [_outcome(future) for future in futures]


def _outcome(future: "Future[Any]") -> Any:
    return CancelledError() if future.cancelled() else future.exception() or future.result()
