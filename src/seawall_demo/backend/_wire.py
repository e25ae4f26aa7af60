"""The way between the clients of a guarded console and the console: it takes time, and answers get lost on it."""

import asyncio
import threading

from starlette.types import ASGIApp, Receive, Scope, Send

from ._exchange import Exchange

LATENCY_SECONDS = 0.03


class Wire:
    """An ASGI app around another, served by `OpenSocketProtocol`.

    Args:
        app: whom to pass requests on to.
        path: where answers get lost.
    """

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app = app
        self._path = path
        self._losses = threading.Semaphore(0)

    def lose_answer(self) -> None:
        """Have one more answer from the path get lost, the next that is on its way; from any thread."""
        self._losses.release()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request."""
        exchange = Exchange(self._app, scope, receive, send)
        await asyncio.sleep(LATENCY_SECONDS)
        if scope["path"] == self._path and self._losses.acquire(blocking=False):
            await exchange.take_effect()
            await exchange.reset()
        else:
            await exchange.pass_on()
