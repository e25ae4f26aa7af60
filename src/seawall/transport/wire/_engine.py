"""The connections of one event loop, or of all threads."""

import ssl
from collections import OrderedDict

from seawall.model import Origin

from ..sockets import Dialer, Exchange, Options, TlsPipe, Wires
from ._connection import Connection
from ._pool import Key, Pool
from ._route import Route

__all__ = ["Engine"]

MAX_SESSIONS = 256  # TLS sessions kept; an app talks to a few origins
MAX_ROUTES = 1024


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
        self._routes: dict[Origin, Route] = {}

    def route(self, origin: Origin) -> Route:
        """Return the way to an origin."""
        return self._routes.get(origin) or self._find_route(origin)

    def _find_route(self, origin: Origin) -> Route:
        if len(self._routes) >= MAX_ROUTES:
            self._routes.clear()
        route = self._routes[origin] = Route(origin, self._options.proxies.for_origin(origin), self._options)
        return route

    def kept(self, route: Route, exchange: Exchange) -> Connection | None:
        """Return a connection that was kept, None if there is none."""
        return self._pool.take(route.key, exchange.clocks.now())

    async def connect(self, route: Route, exchange: Exchange) -> Connection:
        """Return a new connection.

        Raises:
            Fault: None could be made.
        """
        exchange.check()
        wire, pipe = await route.connect(self._dialer, exchange, self._sessions.get(route.key))
        return Connection(wire, pipe, exchange.clocks.now())

    def keep(self, route: Route, connection: Connection, exchange: Exchange) -> None:
        """Take a connection back that can serve another request, then end the exchange: who gets its slot finds it here."""
        self.learn(route, connection)
        exchange.let_go()
        self._pool.give(route.key, connection, exchange.clocks.now())
        exchange.give_back()

    def learn(self, route: Route, connection: Connection) -> None:
        """Note the TLS session of a connection that has brought its first response: it shortens the next handshake.

        Once per connection: to ask for a session takes longer than a whole call without TLS.
        """
        if not isinstance(connection.pipe, TlsPipe) or not connection.is_new:
            return
        session = connection.pipe.object.session
        if session is not None:
            self._sessions[route.key] = session
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
