"""The connections of one event loop, or of all threads."""

import ssl
from collections import OrderedDict

from seawall.model import Request

from ..sockets import Dialer, Exchange, Options, TlsPipe, Wires
from ._connection import Connection
from ._pool import Key, Pool
from ._route import Route

__all__ = ["Engine"]

MAX_SESSIONS = 256  # TLS sessions kept; an app talks to a few origins


class Engine:
    """Makes connections and keeps them.

    Args:
        options: The transport's.
    """

    def __init__(self, options: Options) -> None:
        self.wires = Wires()
        self._options = options
        self._dialer = Dialer(options, self.wires)
        self._pool = Pool(options.max_keepalive_connections, options.keepalive_expiry, options.max_connection_age)
        self._sessions: OrderedDict[Key, ssl.SSLSession] = OrderedDict()

    def route(self, request: Request) -> Route:
        """Return the way to a request's origin."""
        origin = request.origin
        return Route(origin, self._options.proxies.for_origin(origin), self._options)

    async def connection(self, route: Route, exchange: Exchange) -> Connection:
        """Return a connection that was kept, or a new one.

        Raises:
            Fault: None could be made.
        """
        kept = self._pool.take(route.key, exchange.clocks.now())
        if kept is not None:
            return kept
        wire, pipe = await route.connect(self._dialer, exchange, self._sessions.get(route.key))
        return Connection(wire, pipe, exchange.clocks.now())

    def keep(self, route: Route, connection: Connection, exchange: Exchange) -> None:
        """Take a connection back that can serve another request, then end the exchange: who gets its slot finds it here."""
        if isinstance(connection.pipe, TlsPipe):
            self._note_session(route.key, connection.pipe.object.session)
        exchange.let_go()
        self._pool.give(route.key, connection, exchange.clocks.now())
        exchange.finish()

    def _note_session(self, key: Key, session: ssl.SSLSession | None) -> None:
        if session is not None:
            self._sessions[key] = session
            if len(self._sessions) > MAX_SESSIONS:
                self._sessions.popitem(last=False)

    def close(self) -> None:
        """Close idle connections, and end the exchanges of all others."""
        self._pool.clear()
        self.wires.close()

    def bury(self) -> None:
        """Close all: their event loop is gone."""
        self._pool.clear()
        self.wires.bury()
