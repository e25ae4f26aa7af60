"""The sockets of one engine, as far as anybody still holds them."""

import threading
import weakref

from seawall.problems import DisconnectProblem

from ._wire import Wire

__all__ = ["Wires"]


class Wires:
    """Keeps an eye on open sockets, so that all can be closed at once."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._all: weakref.WeakSet[Wire] = weakref.WeakSet()

    def add(self, wire: Wire) -> None:
        """Keep an eye on a socket for as long as somebody holds it."""
        with self._mutex:
            self._all.add(wire)

    def _now(self) -> list[Wire]:
        with self._mutex:
            return list(self._all)

    def close(self) -> None:
        """Close idle sockets, and wake those whose sockets are in use: they close them."""
        for wire in self._now():
            user = wire.user
            if user is None:
                wire.close()
            else:
                user.abort(DisconnectProblem)

    def bury(self) -> None:
        """Close all sockets: their event loop is gone, and whoever used them."""
        for wire in self._now():
            if wire.user is not None:
                wire.user.finish()
            wire.close()
