"""Processes, a store and a token server in one thread, moved step by step: whatever could happen at once happens in an order that
the test chooses.

Each process has an event loop of its own, which runs only when it is told to. Its store operations and its requests park until
the test lets them through; its time passes when the test says so. A process that is not run any more has crashed.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import seawall
from seawall import AsyncUserSession, Cancel, MockTransport, Request, Response, Secret, Sent, Tokens
from seawall.auth import EndReason, RefreshOptions, SessionState, Unauthenticated
from seawall.auth._states import Held
from seawall.auth.stores import StoredSession
from seawall.model import reveal
from tests.behaviours.auth.server import source
from tests.behaviours.kit import URL

LIFE = 1000.0  # seconds that a token lives
ENDS = {EndReason.REVOKED, EndReason.REFRESH_ANSWER_LOST, EndReason.EXPIRED, EndReason.SIGNED_OUT_ELSEWHERE}


class Clock:
    """Time that passes when the test says so, waits included."""

    timers = None

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.now + 1_700_000_000.0

    def random(self) -> float:
        return 0.5


class Loop(asyncio.SelectorEventLoop):
    """An event loop that runs until it has nothing to do, by a clock of the test's."""

    def __init__(self, clock: Clock) -> None:
        self._fake = clock
        super().__init__()

    def time(self) -> float:
        return self._fake.now

    def drain(self) -> None:
        private: Any = self
        for _ in range(10_000):
            due = private._scheduled and private._scheduled[0]._when <= self._fake.now
            if not private._ready and not due:
                return
            self.call_soon(self.stop)
            self.run_forever()
        raise AssertionError("the loop finds no rest")


class ParkedWork(ThreadPoolExecutor):
    """The threads of a process: what they are to do waits until it is let through, one by one."""

    def __init__(self) -> None:
        super().__init__(1)
        self.parked: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **options: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()  # from here on it is done, whoever still waits for it
        self.parked.append((future, lambda: work(*arguments, **options)))
        return future

    def step(self) -> None:
        future, work = self.parked.pop(0)
        try:
            result = work()
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)


class Store:
    """What all processes share. The kernel sees a process's death, and takes its lease."""

    def __init__(self, *, tells: bool) -> None:
        self.tells = tells
        self.stored: StoredSession | None = None
        self.holder: Lease | None = None
        self.views: list[View] = []


class View:
    """The store as one process has it; none at all for a process that has crashed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changed: Callable[[], object] = lambda: None
        self.alive = True
        store.views.append(self)

    def load(self) -> StoredSession | None:
        return self._store.stored if self.alive else None

    def swap(self, expected: str | None, session: StoredSession | None) -> bool:
        if not self.alive:
            return True
        present = None if self._store.stored is None else self._store.stored.revision
        if present != expected:
            return False
        self._store.stored = session
        for view in self._store.views if self._store.tells else ():
            if view is not self and view.alive:
                view._changed()
        return True

    def try_lease(self, seconds: float) -> "Lease | None":
        if not self.alive or self._store.holder is not None:
            return None
        self._store.holder = Lease(self._store, self)
        return self._store.holder

    def watch(self, changed: Callable[[], object]) -> Callable[[], None]:
        self._changed = changed
        return lambda: None

    def die(self) -> None:
        self.alive = False
        if self._store.holder is not None and self._store.holder.view is self:
            self._store.holder = None


class Lease:
    def __init__(self, store: Store, view: View) -> None:
        self._store = store
        self.view = view

    def release(self) -> None:
        if self._store.holder is self:
            self._store.holder = None


class Grant:
    """A login, and the tokens that came of it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.turns = 0
        self.revoked = False
        self.expired = False

    @property
    def access(self) -> str:
        return f"access-{self.number}-{self.turns}"

    @property
    def refresh(self) -> str:
        return f"refresh-{self.number}-{self.turns}"

    def turn(self) -> dict[str, Any]:
        self.turns, self.expired = self.turns + 1, False
        return {"access_token": self.access, "refresh_token": self.refresh, "expires_in": LIFE}


class Server:
    """Rotates refresh tokens, and takes the second use of one for theft."""

    def __init__(self) -> None:
        self.grants: list[Grant] = []
        self.reuses = 0

    def login(self) -> Tokens:
        grant = Grant(len(self.grants))
        self.grants.append(grant)
        told = grant.turn()
        return Tokens(access=Secret(told["access_token"]), refresh=Secret(told["refresh_token"]), expires_in=LIFE)

    def grant_of(self, token: str) -> Grant:
        return self.grants[int(token.split("-")[1])]

    def admits(self, token: str | None) -> bool:
        if token is None:
            return False
        grant = self.grant_of(token)
        return token == grant.access and not grant.expired and not grant.revoked

    def exchange(self, token: str) -> Any:
        grant = self.grant_of(token)
        if token != grant.refresh:
            self.reuses += not grant.revoked
            grant.revoked = True
        if grant.revoked:
            return Response(400, headers={"Content-Type": "application/json"}, content=b'{"error": "invalid_grant"}')
        return grant.turn()


class Parked:
    """A request at the server."""

    def __init__(self, process: "Process", request: Request, future: "asyncio.Future[Any]") -> None:
        self.process, self.request, self.future = process, request, future
        self.path = request.target.partition("?")[0]
        self.token = _token(request)

    def answer(self, answer: Any) -> None:
        if not self.future.done():
            self.future.set_result(answer)


class Process:
    """A running app: a session and a client on the shared store."""

    def __init__(self, clock: Clock, store: Store, arrived: Callable[[Parked], None]) -> None:
        self.alive = True
        self.loop = Loop(clock)
        self.work = ParkedWork()
        self.loop.set_default_executor(self.work)
        self.view = View(store)
        self.heard: list[SessionState] = []
        self.tasks: list[asyncio.Task[Any]] = []
        self._arrived = arrived
        options = RefreshOptions(attempts=3)
        self.session = AsyncUserSession(source(), store=self.view, clock=clock, options=options)
        self.session.state_changed.connect(self.heard.append)
        transport = MockTransport(self._handle)
        self.api = seawall.AsyncClient(URL, transport=transport, auth=self.session, clock=clock, timeout=None, retry=False)

    async def _handle(self, request: Request) -> Any:
        parked = Parked(self, request, asyncio.get_running_loop().create_future())
        self._arrived(parked)
        return await parked.future

    @property
    def held(self) -> Held | None:
        return self.session._machine._vault.held

    def start(self, work: Callable[[], Any]) -> "asyncio.Task[Any]":
        task: asyncio.Task[Any] = self.loop.create_task(work())
        self.tasks.append(task)
        self.loop.drain()
        return task

    def call(self, number: int, cancel: Cancel) -> "asyncio.Task[Any]":
        return self.start(lambda: self.api.get("/agents", params={"n": number}, cancel=cancel))

    def step(self) -> None:
        if self.work.parked:
            self.work.step()
        self.loop.drain()

    def go_on(self) -> None:
        while self.work.parked:
            self.step()

    def is_told_of_one_end_only(self) -> bool:
        """Whether no end of a session was heard after another without a sign-in between."""
        ended = [isinstance(state, Unauthenticated) and state.reason in ENDS for state in self.heard]
        return not any(first and second for first, second in pairwise(ended))

    def crash(self) -> None:
        self.alive = False
        self.view.die()

    def bury(self) -> None:
        """End what is left of it, in silence."""
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        for _ in range(1000):
            self.loop.drain()
            if not self.work.parked and not asyncio.all_tasks(self.loop):
                break
            while self.work.parked:
                self.work.step()
        self.loop.close()


def unsent(parked: Parked) -> seawall.ApiProblem:
    """What a transport fails with that reached nobody."""
    return seawall.ConnectProblem(sent=Sent.NO, method="POST", url=parked.request.redacted_url)


def lost(parked: Parked) -> seawall.ApiProblem:
    """What a transport fails with that got no answer."""
    return seawall.DisconnectProblem(sent=Sent.MAYBE, method="POST", url=parked.request.redacted_url)


def form_token(request: Request) -> str:
    """The refresh token that a request holds."""
    from urllib.parse import parse_qs

    fields = parse_qs((request.body.data or b"").decode())
    return (fields.get("refresh_token") or fields["token"])[0]


def _token(request: Request) -> str | None:
    if request.method == "POST":
        return form_token(request)
    value = request.headers.get("authorization")
    return None if value is None else reveal(value).removeprefix("Bearer ")
