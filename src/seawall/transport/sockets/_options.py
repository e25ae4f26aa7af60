"""The options of the transports, checked when one is built."""

import importlib.util
import socket
import ssl
import sys
import warnings
from functools import cached_property
from pathlib import Path
from typing import Any

from seawall.model import UsageError

from ._proxies import Proxies
from ._resolver import Resolver, check_resolver
from ._trust import system_trust

__all__ = ["KEEPALIVE_EXPIRY", "MAX_CONNECTIONS", "MAX_KEEPALIVE", "Certificate", "Options", "Verify"]

MAX_CONNECTIONS = 100  # httpx2's default: enough for a busy service, few enough for a server's limits
MAX_KEEPALIVE = 20  # httpx2's default
KEEPALIVE_EXPIRY = 15.0  # seconds: below the usual idle timeouts of servers and load balancers, 60 s and sometimes 20
_OPTIONAL = frozenset({"max_connection_age", "max_connections_per_origin"})  # None is no limit
Verify = bool | ssl.SSLContext | str | Path
Certificate = str | Path | tuple[str | Path, str | Path] | tuple[str | Path, str | Path, str]


class Options:
    """Checked options. The arguments are those of `Httpx2Transport`, and whether it is for `Client`."""

    def __init__(
        self,
        *,
        verify: Verify,
        cert: Certificate | None,
        http2: bool,
        proxy: str | None,
        trust_env: bool,
        max_connections: int,
        max_connections_per_origin: int | None,
        max_keepalive_connections: int,
        keepalive_expiry: float,
        max_connection_age: float | None,
        resolver: Resolver | None,
        uds: str | None,
        local_address: str | None,
        is_blocking: bool,
    ) -> None:
        _check_numbers(1, max_connections=max_connections, max_connections_per_origin=max_connections_per_origin)
        _check_numbers(0, max_keepalive_connections=max_keepalive_connections)
        _check_seconds(keepalive_expiry=keepalive_expiry, max_connection_age=max_connection_age)
        check_resolver(resolver, is_blocking=is_blocking)
        if http2 and importlib.util.find_spec("h2") is None:
            raise UsageError("http2: HTTP/2 needs a package more: install seawall[http2]")
        if uds is not None and not hasattr(socket, "AF_UNIX"):
            raise UsageError("uds: this system has no sockets in the file system")
        if proxy is not None and (uds is not None or local_address is not None):
            raise UsageError(f"{'uds' if uds is not None else 'local_address'}: cannot be combined with proxy")
        self.max_connections, self.max_connections_per_origin = max_connections, max_connections_per_origin
        self.proxies = Proxies(proxy, trust_env)
        if verify is False:
            warnings.warn("verify=False: anyone on the way can read and change what is sent", stacklevel=_callers_level())
        self._verify, self._cert = verify, cert
        if verify is not True or cert is not None:
            self.tls = _context(verify, cert)
        self.max_keepalive_connections = max_keepalive_connections
        self.keepalive_expiry, self.max_connection_age = keepalive_expiry, max_connection_age
        self.resolver = resolver
        self.http2, self.uds, self.local_address = http2, uds, local_address

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """The origins' context. Reading the system's certificates takes 50 ms, so that it waits for the first https origin."""
        return _context(self._verify, self._cert)

    @cached_property
    def proxy_tls(self) -> ssl.SSLContext:
        """The context for https proxies: the client's certificate is not for them."""
        return _context(self._verify, None)


def _callers_level() -> int:
    """The `stacklevel` of the line outside Seawall, whether it built a client or a transport (`skip_file_prefixes` is 3.12's)."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "seawall":
        frame, level = frame.f_back, level + 1
    return level


def _check_seconds(**options: object) -> None:
    for name, value in options.items():
        if value is None and name in _OPTIONAL:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
            raise UsageError(f"{name}: give seconds of 0 or more, not {value!r}")


def _check_numbers(least: int, **options: object) -> None:
    for name, value in options.items():
        if value is None and name in _OPTIONAL:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise UsageError(f"{name}: give a whole number of at least {least}, not {value!r}")


def _context(verify: Verify, cert: Certificate | None) -> ssl.SSLContext:
    if isinstance(verify, ssl.SSLContext):
        if cert is not None:
            raise UsageError("cert: load it into the SSLContext that is given as verify")
        return verify
    context = _trusting(verify)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if cert is not None:
        _load(context, cert)
    return context


def _trusting(verify: object) -> ssl.SSLContext:
    if verify is True:
        return system_trust()
    if verify is False:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    if not isinstance(verify, str | Path):
        raise UsageError(f"verify: give a bool, an SSLContext or the path of certificates, not a {type(verify).__name__}")
    try:
        path = Path(verify)
        return ssl.create_default_context(cafile=None if path.is_dir() else path, capath=path if path.is_dir() else None)
    except OSError as error:
        reason = type(error).__name__
    raise UsageError(f"verify: no certificates could be read from {Path(verify).name!r} ({reason})")


def _load(context: ssl.SSLContext, cert: Certificate) -> None:
    parts: tuple[Any, ...] = cert if isinstance(cert, tuple) else (cert,)
    if len(parts) not in (1, 2, 3):
        raise UsageError("cert: give a path, (certificate, key) or (certificate, key, password)")
    try:
        context.load_cert_chain(*parts)
    except (OSError, TypeError) as error:
        reason = type(error).__name__
    else:
        return
    raise UsageError(f"cert: the certificate or its key cannot be read ({reason})")
