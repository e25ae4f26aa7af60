"""A real HTTP/1.1 server on a loopback socket that misbehaves as told."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from seawall.model import UsageError
from seawall.transport.routes import RoutePattern, Router, RouterAssertions

from ._connection import Connection
from ._listener import HOST, Listener
from ._reply import Behaviour, Reply, Step, behaviour_for, check_step
from ._request_reader import BadRequest, RequestHead, read_body, read_head
from ._route import Route
from ._seen_call import CallLog, SeenCall, SeenHeaders
from ._tls import TlsIdentity

__all__ = ["FaultServer"]

_UNREADABLE = SeenCall("", "", "", "", SeenHeaders(()), b"", connection=0, number=0, complete=False)


class FaultServer(RouterAssertions[Route, SeenCall]):
    """A server for tests: each route follows a script of behaviours, and remembers what it saw.

    It listens on a free port of 127.0.0.1 between `start` and `close`, or in a `with` block. A call without a route gets a
    404 that names the nearest one, a request that breaks HTTP a 4xx. Everything is safe to call from any thread.

    Args:
        tls: True serves https with a good certificate; a `TlsIdentity` may be a bad one.
    """

    def __init__(self, *, tls: bool | TlsIdentity = False) -> None:
        self._identity = TlsIdentity() if tls is True else tls or None
        self._log = CallLog()
        self.router: Router[Route] = Router()
        self._unrouted = Route(RoutePattern("*", "*"), (self._not_found,), list)
        self._listener: Listener | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    def start(self) -> None:
        """Listen.

        Raises:
            RuntimeError: It was started before; a server serves once.
        """
        if self._listener is not None:
            raise RuntimeError("a FaultServer starts only once: make another one")
        self._listener = Listener(self._serve, self._identity.server_context() if self._identity else None)

    def close(self) -> None:
        """Close every socket and end every thread; it may be called twice, and before `start`.

        Raises:
            Exception: What a behaviour or a function of the test raised while it served a call, the first of them.
        """
        if self._listener is not None:
            self._listener.close()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._started.port

    @property
    def url(self) -> str:
        """The base URL, such as "http://127.0.0.1:40123"."""
        return f"{'https' if self._identity else 'http'}://{HOST}:{self.port}"

    @property
    def ca_pem(self) -> bytes:
        """The certificate of the authority that a client has to trust, as PEM."""
        return self._secured.ca_pem

    def client_context(self) -> ssl.SSLContext:
        """A TLS context for clients that trusts this server's authority and no other."""
        return self._secured.client_context()

    def route(self, method: str, path: str, *behaviours: Step, query: Mapping[str, Any] | None = None) -> Route:
        """Say what happens to the calls of one method and path.

        The most specific route serves a call: a path before a template before "*", and then an exact method. A second route
        for the same calls takes the place of the first.

        Args:
            method: The method, or "*" for all.
            path: The path as it comes over the wire, without a query; a template such as "/agents/{id}", "/files/*" for all
                below, or "*" for all.
            behaviours: One for each call, in order; the last one goes on for ever. A status, and a dict or list that is sent
                as JSON, are short for a `Reply`; a function is asked for one of all these at each call.
            query: Parameters that a call must have, by name, decoded; it may have others.

        Returns:
            The route, which knows its calls.

        Raises:
            UsageError: There is no behaviour, or something that is none, or no call has such a path.
        """
        if not behaviours:
            raise UsageError("route: give at least one behaviour")
        if "://" in path:
            raise UsageError(f"route: a FaultServer is one origin; give the path alone: {path!r}")
        for behaviour in behaviours:
            check_step(behaviour)
        route = Route(RoutePattern(method, path, query), behaviours, lambda: self.unexpected_calls)
        self.router.add(route.pattern, route)
        return route

    def refuse_next(self, count: int) -> None:
        """Reset (RST) so many of the next connections as soon as they are accepted, before a byte is read.

        The RST may meet the peer while it still connects, or at its first read or write. For connections that are refused
        outright see `outage`.

        Args:
            count: How many; they add up.
        """
        self._started.expect("refuse", count)

    def ignore_next(self, count: int) -> None:
        """Accept so many of the next connections, and never say a word on them, not even in TLS.

        Args:
            count: How many; they add up, and come after those of `refuse_next` that were asked for before.
        """
        self._started.expect("ignore", count)

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Be down within a `with` block: all connections end, new ones are refused; afterwards the same port listens again."""
        self._started.go_down()
        try:
            yield
        finally:
            self._started.come_back()

    @property
    def calls(self) -> list[SeenCall]:
        """A copy of all calls up to now, of all routes and of none, in the order in which they came."""
        return self._log.calls

    @property
    def unexpected_calls(self) -> list[SeenCall]:
        """A copy of the calls up to now that no route took."""
        return self._unrouted.calls

    @property
    def connections(self) -> int:
        """How many connections were accepted up to now, with those that were refused."""
        return self._started.accepted

    @property
    def open_connections(self) -> int:
        """How many connections are open now."""
        return self._started.open

    def wait_until_closed(self, timeout: float = 10.0) -> None:
        """Wait until no connection is open.

        Args:
            timeout: Seconds to wait at most.

        Raises:
            AssertionError: One is still open after that time.
        """
        if not self._started.wait_until_closed(timeout):
            raise AssertionError(f"{self.open_connections} connections are still open after {timeout} s")

    @property
    def _started(self) -> Listener:
        if self._listener is None:
            raise RuntimeError("the FaultServer is not started: use it in a `with` block, or call start()")
        return self._listener

    @property
    def _secured(self) -> TlsIdentity:
        if self._identity is None:
            raise RuntimeError("this FaultServer has no TLS: make it with tls=True")
        return self._identity

    def _serve(self, connection: Connection) -> None:
        while connection.is_open:
            try:
                self._exchange(connection, read_head(connection))
            except BadRequest as error:
                answer = Reply.problem(error.status, detail=str(error), headers={"Connection": "close"})
                answer.act(connection, _UNREADABLE)

    def _exchange(self, connection: Connection, head: RequestHead) -> None:
        route, values = self.router.find(head.seen()) or (self._unrouted, {})
        number, step = route.claim()
        body = bytearray()
        complete = not head.has_body
        try:
            if not isinstance(step, Behaviour) or step.needs_body:
                read_body(connection, head, into=body)
                complete = True
        finally:  # a call that breaks off is a call, too
            call = head.seen(bytes(body), connection.number, number, complete, values)
            self._log.add(call)
            route.add(call)
        behaviour_for(step, call).act(connection, call)

    def _not_found(self, call: SeenCall) -> Reply:
        return Reply.problem(404, detail=f"There is no route for {call.method} {call.path}{self.router.hint(call)}.")
