"""The options of a client, named and typed in one place for both clients."""

import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypedDict

from seawall.auth import Credential
from seawall.chain import Interceptor, Transport
from seawall.model import AppInfo, Clock, Event, HeaderInput
from seawall.policies import Bounds, CookieJar, Idempotency, Redirects, Retry, Timeout
from seawall.problems import Dialect, StatusProblem
from seawall.transport import Resolver

__all__ = ["ClientOptions", "CopyOptions"]


class ClientOptions(TypedDict, total=False):
    """What a client can be set to.

    Attributes:
        app: Who calls: sent as X-App-Version, X-Platform and in User-Agent.
        timeout: Seconds for a whole call (30 by default), a `Timeout` for all clocks, or None for no total limit.
        retry: A `Retry`, the number of attempts, or False for none. Three attempts by default.
        headers: Sent with every call.
        cookies: True or a `CookieJar` to keep cookies; off by default.
        redirects: False to follow none, or `Redirects`.
        bounds: Limits on what servers may send.
        idempotency: The key's header, and the routes that always get one.
        language: Accept-Language of every call; by default that of `seawall.use_locale`.
        raise_for_status: False to hand error responses back with `response.problem` set.
        interceptors: Yours, run once per call; the first is the outermost.
        attempt_interceptors: Yours, run once per attempt.
        listeners: Called with every event.
        auth: Credential attached to calls to the base URL's origin: a session, `Basic`, `Bearer`, `ApiKey`, or your own.
        dialects: Forms of error bodies beside the built-in ones; see `seawall.problems.Dialect`.
        problem_types: Classes that problems of one code become, each with its `code`: the generated `PROBLEM_TYPES`, or your own.
        transport: What sends, in place of the built-in transport.
        clock: Time and chance, for tests.
        verify: False, a CA file or an ssl.SSLContext in place of the operating system's trust.
        cert: A client certificate file, or (certificate, key[, password]).
        http2: Whether HTTP/2 is offered.
        proxy: URL of a proxy.
        trust_env: Whether the proxy variables of the environment count.
        max_connections: Most requests on their way at once; further ones queue, first come, first served.
        max_connections_per_origin: The same for one origin; who waits for a busy one stands in no other's way.
        max_connection_age: Seconds after which a connection serves no further request, however busy it is.
        resolver: Asked for the addresses of a host in place of the system; see `seawall.WireTransport`.
        uds: Path of a Unix socket to connect to.
    """

    app: AppInfo | None
    timeout: float | Timeout | None
    retry: Retry | bool | int | None
    headers: HeaderInput | None
    cookies: bool | CookieJar
    redirects: bool | Redirects
    bounds: Bounds
    idempotency: Idempotency
    language: str | None
    raise_for_status: bool
    interceptors: Sequence[Interceptor | Callable[..., Any]]
    attempt_interceptors: Sequence[Interceptor | Callable[..., Any]]
    listeners: Sequence[Callable[[Event], object]]
    auth: Credential | None
    dialects: Sequence[Dialect]
    problem_types: Sequence[type[StatusProblem]]
    transport: Transport
    clock: Clock
    verify: bool | str | Path | ssl.SSLContext
    cert: Any
    http2: bool
    proxy: str | None
    trust_env: bool
    max_connections: int
    max_connections_per_origin: int | None
    max_connection_age: float | None
    resolver: Resolver | None
    uds: str | None


class CopyOptions(ClientOptions, total=False):
    """The options of a client whose base URL may come from elsewhere: from the environment, a mapping, an original.

    Attributes:
        base_url: What relative URLs are put behind.
    """

    base_url: str
