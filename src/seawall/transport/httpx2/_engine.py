"""The pools of httpcore2, one kind per world: the only place that knows which is which."""

import asyncio
from typing import Any, cast

import httpcore2

from ..sockets import Options, Wires, wait_asyncio, wait_blocking
from ._backend import Backend, BlockingBackend

__all__ = ["AsyncioEngine", "BlockingEngine", "Engine"]


class _Exclusive:
    """A connection of httpcore2 that serves one request at a time, HTTP/2 too.

    Sharing was tried: one caller's clock or cancellation then ends every other call on the connection, callers wait on locks
    that know no deadline, and one's bytes leave in another's write, so that nobody can say what was sent.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def is_available(self) -> bool:
        return bool(self._connection.is_idle() and self._connection.is_available())

    def can_multiplex(self) -> bool:
        return False

    def has_expired(self) -> bool:
        return bool(self._connection.has_expired() or (self._connection.is_idle() and not self._connection.is_available()))


class _BlockingPool(httpcore2.ConnectionPool):
    def create_connection(self, origin: Any) -> Any:
        return _Exclusive(super().create_connection(origin))


class _AsyncioPool(httpcore2.AsyncConnectionPool):
    def create_connection(self, origin: Any) -> Any:
        return _Exclusive(super().create_connection(origin))


def _hush(name: str, info: dict[str, Any]) -> None:
    """Empty what httpcore2 is about to log; what it logs at the start of a step holds no header fields, and is used on."""
    if not name.endswith(".started"):
        info.clear()


async def _hush_async(name: str, info: dict[str, Any]) -> None:
    _hush(name, info)


class Engine:
    """A pool and its sockets. Either world's engine reads responses as `Pieces` says.

    Args:
        options: The transport's.
        pool: The pool's own arguments.
    """

    def __init__(self, options: Options, pool: dict[str, Any]) -> None:
        self.wires = Wires()
        self.backend = Backend(options, self.wires)

    def close(self) -> None:
        """Close idle connections, and end the exchanges of all others."""
        self.wires.close()

    def bury(self) -> None:
        """Close all: their event loop is gone."""
        self.wires.bury()

    async def handle(self, request: httpcore2.Request) -> httpcore2.Response:
        """Send a request and return as soon as the response's head is there."""
        raise NotImplementedError

    def begin(self, response: httpcore2.Response) -> Any:
        """See `Pieces`."""
        raise NotImplementedError

    async def next(self, pieces: Any) -> bytes:
        """See `Pieces`."""
        raise NotImplementedError

    async def end(self, pieces: Any, response: httpcore2.Response) -> None:
        """See `Pieces`."""
        raise NotImplementedError


class BlockingEngine(Engine):
    """The world of threads."""

    wait = staticmethod(wait_blocking)
    hush = staticmethod(_hush)

    def __init__(self, options: Options, pool: dict[str, Any]) -> None:
        super().__init__(options, pool)
        kind = _BlockingPool if options.http2 else httpcore2.ConnectionPool
        self._pool = kind(network_backend=BlockingBackend(self.backend), **pool)

    @staticmethod
    def loop() -> None:
        """Return None: threads share the connections."""

    async def handle(self, request: httpcore2.Request) -> httpcore2.Response:
        """See `Engine`."""
        return self._pool.handle_request(request)

    def begin(self, response: httpcore2.Response) -> Any:
        """See `Pieces`."""
        return iter(cast(Any, response.stream))

    async def next(self, pieces: Any) -> bytes:
        """See `Pieces`."""
        for piece in pieces:
            if piece:
                return cast(bytes, piece)
        return b""

    async def end(self, pieces: Any, response: httpcore2.Response) -> None:
        """See `Pieces`."""
        pieces.close()
        response.close()


class AsyncioEngine(Engine):
    """The world of one event loop."""

    wait = staticmethod(wait_asyncio)
    hush = staticmethod(_hush_async)

    def __init__(self, options: Options, pool: dict[str, Any]) -> None:
        super().__init__(options, pool)
        kind = _AsyncioPool if options.http2 else httpcore2.AsyncConnectionPool
        self._pool = kind(network_backend=self.backend, **pool)

    @staticmethod
    def loop() -> asyncio.AbstractEventLoop:
        """Return the running loop: its connections are its own."""
        return asyncio.get_running_loop()

    async def handle(self, request: httpcore2.Request) -> httpcore2.Response:
        """See `Engine`."""
        return await self._pool.handle_async_request(request)

    def begin(self, response: httpcore2.Response) -> Any:
        """See `Pieces`."""
        return aiter(cast(Any, response.stream))

    async def next(self, pieces: Any) -> bytes:
        """See `Pieces`."""
        async for piece in pieces:
            if piece:
                return cast(bytes, piece)
        return b""

    async def end(self, pieces: Any, response: httpcore2.Response) -> None:
        """See `Pieces`."""
        await pieces.aclose()
        await response.aclose()
