"""What network transports have in common: engines that come and go with event loops, and with forks."""

import asyncio
import os
import threading
import weakref
from typing import Any, ClassVar, Generic, Protocol, TypeAlias, TypeVar

from ._options import Options
from ._slots import OriginSlots, Slots

__all__ = ["EngineKey", "SocketTransport"]

EngineKey: TypeAlias = tuple[asyncio.AbstractEventLoop | None, Any]  # the loop, None for threads; and what tells engines apart


class _Engine(Protocol):
    def close(self) -> None: ...
    def bury(self) -> None: ...


E = TypeVar("E", bound=_Engine)
_all: "weakref.WeakSet[SocketTransport[Any]]" = weakref.WeakSet()


class SocketTransport(Generic[E]):
    """A transport whose engines hold the connections of one event loop each, or those of all threads.

    Args:
        options: Checked options.

    Attributes:
        is_blocking: Whether it is for `Client`; `AsyncClient` then refuses it, and the other way round.
    """

    is_blocking: ClassVar[bool]

    def __init__(self, options: Options) -> None:
        self._options = options
        self.forget()
        _all.add(self)

    def forget(self) -> None:
        """Begin anew: at first, and in the child after a fork, where locks may be held by nobody and sockets are the parent's."""
        self._mutex = threading.Lock()
        size, per_origin = self._options.max_connections, self._options.max_connections_per_origin
        self._slots = Slots(size) if per_origin is None else OriginSlots(size, per_origin)
        self._engines: dict[EngineKey, E] = {}

    def _engine(self, key: EngineKey) -> E:
        return self._engines.get(key) or self._open(key)

    def _open(self, key: EngineKey) -> E:
        with self._mutex:
            for other in [other for other in self._engines if other[0] is not None and other[0].is_closed()]:
                self._engines.pop(other).bury()
            engine = self._engines.get(key)
            if engine is None:
                engine = self._engines[key] = self._make_engine(key)
            return engine

    def _make_engine(self, key: EngineKey) -> E:
        raise NotImplementedError

    async def aclose(self) -> None:
        """See `Transport.aclose`: who waits, for a slot, a connection or a response, gets a `DisconnectProblem`."""
        with self._mutex:
            engines, self._engines = self._engines, {}
        self._slots.end()
        for (loop, _), engine in engines.items():
            if loop is not None and loop.is_closed():
                engine.bury()
            else:
                engine.close()


def _after_fork() -> None:
    for transport in list(_all):
        transport.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
