"""All checks in order, each as far as the ones before it allow."""

from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from seawall.model import Origin, redact_url, split_url

from ._clock import check_clock
from ._connections import connect_all
from ._finding import Finding
from ._handshake import speaks_tls, strict_context
from ._http import Http, check_http
from ._names import Address, look_up
from ._proxies import check_proxies
from ._tls import check_tls

__all__ = ["examine"]

_HUNG_UP = frozenset({"DisconnectProblem", "ProtocolProblem"})  # what becomes of plain HTTP at a port of TLS, unless...
_BAD_REQUEST = 400  # ...the server, as nginx and Go's do, says in plain HTTP that this is none


def examine(url: str, timeout: float, cacert: Path | None) -> Iterator[Finding]:
    """Yield what each check finds, as soon as it is found.

    Args:
        url: An absolute URL.
        timeout: Seconds for each check.
        cacert: The authorities to trust; None for the system's.

    Raises:
        OSError: The file of authorities cannot be read.
    """
    origin, _ = split_url(url)
    yield _check_url(url, origin)
    addresses, finding = look_up(origin, timeout)
    yield finding
    http: Http | None = None
    if addresses:
        reachable, findings = connect_all(origin, addresses, timeout)
        yield from findings
        if reachable:
            http = yield from _connected(url, origin, reachable[0], timeout, cacert)
    yield check_proxies(origin)
    if http is not None and http.answered is not None:
        yield check_clock(http.date, http.age, http.answered)


def _check_url(url: str, origin: Origin) -> Finding:
    facts = {"scheme": origin.scheme, "host": origin.host, "port": origin.port}
    shown = redact_url(url)
    if origin.scheme == "https" or origin.is_loopback:
        return Finding(check="url", message=shown, facts=facts)
    remedy = "It is plain http, and anybody on the way can read and change what is sent: use https:// if the server has it."
    return Finding(check="url", level="warn", message=f"{shown}; plain http", remedy=remedy, facts=facts)


def _connected(
    url: str, origin: Origin, address: Address, timeout: float, cacert: Path | None
) -> Generator[Finding, None, Http | None]:
    """Look at what is behind a connection: TLS and HTTP."""
    trusted = True
    if origin.scheme == "https":
        tls = check_tls(origin, address, timeout, cacert, datetime.now(UTC))
        yield from tls.findings
        if not tls.agreed:
            return None
        trusted = tls.trusted
    http = check_http(url, strict_context(cacert) if trusted else None, timeout)
    told = http.finding
    if origin.scheme == "http" and _may_be_tls(told) and speaks_tls(address, origin.host, timeout):
        remedy = f"{origin.host} port {origin.port} speaks TLS: write https:// in place of http://."
        told = msgspec.structs.replace(told, level="fail", remedy=remedy)
    yield told
    return http


def _may_be_tls(told: Finding) -> bool:
    facts = told.facts
    return not facts["redirects"] and (facts.get("problem") in _HUNG_UP or facts.get("status") == _BAD_REQUEST)
