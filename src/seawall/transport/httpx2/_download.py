"""A response's body on its way."""

from typing import Any, Protocol

import httpcore2

from seawall.model import Request

from ..sockets import Exchange, hide_frames
from ._errors import SERIALISED, judge

__all__ = ["Download", "Pieces"]


class Pieces(Protocol):
    """How one world reads and closes what httpcore2 gives."""

    def begin(self, response: httpcore2.Response) -> Any:
        """Return an iterator over the body."""
        ...

    async def next(self, pieces: Any) -> bytes:
        """Return the next piece, `b""` at the end."""
        ...

    async def end(self, pieces: Any, response: httpcore2.Response) -> None:
        """Give the connection back to the pool."""
        ...


class Download:
    """See `ByteStream`. The connection goes back to the pool only after the whole body, and if nothing came behind it.

    Args:
        response: What httpcore2 gave.
        world: How to read it.
        request: What it answers.
        exchange: Its clocks and records.
    """

    def __init__(self, response: httpcore2.Response, world: Pieces, request: Request, exchange: Exchange) -> None:
        self._response = response
        self._world = world
        self._pieces = world.begin(response)
        self._request = request
        self._exchange = exchange
        self._closed = False

    async def read(self) -> bytes:
        """Return the next piece of at most 64 KiB, `b""` at the end.

        Raises:
            ApiProblem: The body broke off, a clock ran out, or the call was cancelled.
        """
        if self._closed:
            return b""
        try:
            self._exchange.check()
            piece = await self._world.next(self._pieces)
            if not piece:
                await self._close(whole=not _leftovers(self._response))
            return piece
        except BaseException as error:
            problem = judge(error, self._request, self._exchange)
            await self._close(whole=False)
            if problem is None:
                hide_frames(error, SERIALISED)
                raise
        raise problem

    async def aclose(self) -> None:
        """Free the connection; if bytes are unread it is closed."""
        await self._close(whole=False)

    async def _close(self, whole: bool) -> None:
        if self._closed:
            return
        self._closed = True
        if not whole:
            self._exchange.drop()
        try:
            await self._world.end(self._pieces, self._response)
        finally:
            self._exchange.finish()


def _leftovers(response: httpcore2.Response) -> bool:
    """Whether bytes came behind the response: httpcore2 would hand them to the next caller as the answer.

    There is no public door to them. If this one is moved, every connection counts as spoilt: slow, and safe.
    """
    if response.extensions.get("http_version") == b"HTTP/2":
        return False  # frames name their stream
    try:
        data, closed = response.stream._stream._connection._h11_state.trailing_data  # type: ignore[union-attr]
    except AttributeError:
        return True
    return bool(data) or closed
