"""A request body on its way out, under the clocks of its exchange."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

from seawall.chain import drive
from seawall.model import BodyReader
from seawall.problems import DeadlineProblem

from ._exchange import Exchange, Fault

__all__ = ["Upload"]


class Upload:
    """A request body, piece by piece, as both worlds read it.

    In asyncio a body that stalls ends with its call. It is read in the caller's own task: a task per piece was the other
    way, but generators that hold a timeout or a task group over a `yield` must be resumed by the task that entered it.

    Args:
        reader: One sending of the body.
        exchange: What it is sent for.
    """

    def __init__(self, reader: BodyReader, exchange: Exchange) -> None:
        self._reader = reader
        self._exchange = exchange

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: drive(self._reader.read()), b"")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await self.read():
            yield piece

    async def read(self) -> bytes:
        """Return the next piece, `b""` at the end.

        Raises:
            Fault: The exchange was stopped, or its deadline passed, while the body stalled.
        """
        if self._exchange.runtime.is_blocking:
            return await self._reader.read()
        exchange, loop = self._exchange, asyncio.get_running_loop()
        limit = asyncio.timeout(exchange.clocks.left())

        def wake() -> None:
            with suppress(RuntimeError):  # that loop is closed; its tasks are gone
                loop.call_soon_threadsafe(_expire, limit)

        try:
            async with limit:
                exchange.wake = wake
                exchange.check()  # what stopped it before had nobody to wake
                return await self._reader.read()
        except TimeoutError:
            if not limit.expired():
                raise  # the body's own
        finally:
            exchange.wake = None
        raise Fault(exchange.stopped or DeadlineProblem)


def _expire(limit: asyncio.Timeout) -> None:
    with suppress(RuntimeError):  # over already
        limit.reschedule(0)
