"""The sockets of one engine, as far as anybody still holds them."""

import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

from seawall.problems import DisconnectProblem

from ._exchange import Exchange, Fault
from ._wire import Wire

__all__ = ["Wires"]


class Wires:
    """Keeps an eye on open sockets, and on those who are about to open one, so that all can be ended at once."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._all: weakref.WeakSet[Wire] = weakref.WeakSet()
        self._dialing: set[Exchange] = set()
        self._is_closed = False

    def add(self, wire: Wire) -> None:
        """Keep an eye on a socket for as long as somebody holds it."""
        with self._mutex:
            self._all.add(wire)

    @contextmanager
    def dialing(self, exchange: Exchange) -> Iterator[None]:
        """Keep an eye on an exchange that looks a name up, or tries several addresses.

        Raises:
            Fault: All was closed meanwhile; whoever stood in a queue then must not open what nobody closes any more.
        """
        with self._mutex:
            if self._is_closed:
                raise Fault(DisconnectProblem)
            self._dialing.add(exchange)
        try:
            yield
        finally:
            with self._mutex:
                self._dialing.discard(exchange)

    def _end(self) -> tuple[list[Wire], list[Exchange]]:
        with self._mutex:
            self._is_closed = True
            return list(self._all), list(self._dialing)

    def close(self) -> None:
        """Close idle sockets, and wake those whose sockets are in use, or in the making: they close them."""
        wires, dialing = self._end()
        for exchange in dialing:
            exchange.abort(DisconnectProblem)
        for wire in wires:
            user = wire.user
            if user is None:
                wire.close()
            else:
                user.abort(DisconnectProblem)

    def bury(self) -> None:
        """Close all sockets: their event loop is gone, and whoever used them."""
        wires, dialing = self._end()
        for exchange in dialing:
            exchange.finish()
        for wire in wires:
            if wire.user is not None:
                wire.user.finish()
            wire.close()
