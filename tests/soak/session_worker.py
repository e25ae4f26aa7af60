"""One of the processes that share a session: what it does, once it is there.

It tells that it is ready, and when it is told to go it takes up the session from the store. Then all its callers call, one call
after the other, until it is told to stop, and tells how many calls were answered. One call that fails ends them all, and is told.
Where the parent speaks no more, the process ends.
"""

import asyncio
import os
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import seawall
from seawall import AsyncUserSession, NestedCalls, Tokens, UserSession
from seawall.auth import Authenticated, RefreshOptions, SessionState
from tests.unit.auth.store_places import Place

UNLIMITED = 1_000_000  # the cap is for servers that refuse what they have just handed out; this one lets it expire at once


@dataclass(frozen=True)
class Orders:
    """What a process is to do.

    Args:
        name: Its own.
        kind: "threads" (one Client) or "tasks" (one AsyncClient).
        callers: How many of them.
        url: Of the API.
        place: Where the session lies.
    """

    name: str
    kind: str
    callers: int
    url: str
    place: Place

    def session(self) -> dict[str, Any]:
        """The options of the session."""
        return {"store": self.place.open(), "options": RefreshOptions(cap=UNLIMITED)}

    def params(self, caller: int, number: int) -> dict[str, Any]:
        """What a call tells the server of itself."""
        return {"by": f"{self.name}/{caller}", "n": number}

    async def refresh(self, tokens: Tokens, api: NestedCalls) -> Tokens:
        """Buy the next tokens, as RFC 6749 has it."""
        form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh}
        bought: Tokens = await api.post("/token", params={"by": self.name}, data=form, response_model=Tokens)
        return bought


class Ears:
    """Hear the parent, in a thread of their own."""

    def __init__(self, pipe: Connection) -> None:
        self.go = threading.Event()
        self.stop = threading.Event()
        self._pipe = pipe
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            while True:
                {"go": self.go, "stop": self.stop}[self._pipe.recv()].set()
        except (EOFError, OSError):
            os._exit(2)


def work(pipe: Connection, orders: Orders) -> None:
    """See the module."""
    ears = Ears(pipe)

    def ready() -> None:
        pipe.send("ready")
        ears.go.wait()

    try:
        if orders.kind == "threads":
            pipe.send(_in_threads(orders, ready, ears.stop))
        else:
            pipe.send(asyncio.run(_in_tasks(orders, ready, ears.stop)))
    except BaseException:
        pipe.send(traceback.format_exc())
    threading.Event().wait()  # until the parent has heard


def _in_threads(orders: Orders, ready: Callable[[], None], stop: threading.Event) -> int:
    session = UserSession(orders.refresh, **orders.session())
    with seawall.Client(orders.url, auth=session, retry=False) as api, ThreadPoolExecutor(orders.callers) as pool:

        def calls(caller: int) -> int:
            number = 0
            try:
                while not stop.is_set():
                    api.get("/agents", params=orders.params(caller, number + 1))
                    number += 1
            finally:
                stop.set()  # who fails ends the others
            return number

        ready()
        _check(session.restore())
        return sum(pool.map(calls, range(orders.callers)))


async def _in_tasks(orders: Orders, ready: Callable[[], None], stop: threading.Event) -> int:
    session = AsyncUserSession(orders.refresh, **orders.session())
    async with seawall.AsyncClient(orders.url, auth=session, retry=False) as api:

        async def calls(caller: int) -> int:
            number = 0
            while not stop.is_set():
                await api.get("/agents", params=orders.params(caller, number + 1))
                number += 1
            return number

        await asyncio.to_thread(ready)
        _check(await session.restore())
        return sum(await asyncio.gather(*map(calls, range(orders.callers))))


def _check(state: SessionState) -> None:
    if not isinstance(state, Authenticated):
        raise AssertionError(f"restored as {state!r}")
