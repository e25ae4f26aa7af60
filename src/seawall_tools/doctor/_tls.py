"""The check of TLS: the handshake, and what its failure means."""

import ssl
from datetime import datetime
from pathlib import Path

import msgspec

from seawall.model import Origin

from .._terminal import one_line
from ._certificate import read_certificate
from ._certificate_checks import check_certificates
from ._finding import Finding, Stopwatch
from ._handshake import Handshake, handshake, refusal, strict_context
from ._names import Address

__all__ = ["Tls", "check_tls"]

_PLAIN_HTTP = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"})
_TOO_OLD = frozenset({"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "VERSION_TOO_LOW", "DH_KEY_TOO_SMALL"})
_OTHER_NAME = frozenset({"TLSV1_UNRECOGNIZED_NAME"})
_WANTS_CERTIFICATE = frozenset({"TLSV13_ALERT_CERTIFICATE_REQUIRED"})


class Tls(msgspec.Struct, frozen=True):
    """What came of TLS.

    Attributes:
        findings: In order.
        agreed: Whether there was a handshake at all.
        trusted: Whether Seawall would trust the server.
    """

    findings: list[Finding]
    agreed: bool = False
    trusted: bool = False


def check_tls(origin: Origin, address: Address, timeout: float, cacert: Path | None, now: datetime) -> Tls:
    """Look at the TLS of a server.

    Args:
        origin: The host that the certificate must be for.
        address: An address of it that accepts connections.
        timeout: Seconds for each handshake.
        cacert: The authorities to trust; None for the system's.
        now: The time by this machine's clock.

    Raises:
        OSError: The file of authorities cannot be read.
    """
    context = strict_context(cacert)
    watch = Stopwatch()
    try:
        seen = handshake(address, origin.host, timeout)
        took = watch.seconds
        refused = refusal(address, origin.host, context, timeout)
    except OSError as error:
        return Tls([_failed(origin, error, timeout, watch)])
    first = _agreed(seen, took)
    try:
        chain = [read_certificate(der) for der in seen.chain]
    except ValueError as error:
        return Tls([first, _unreadable(error)], agreed=True, trusted=refused is None)
    findings = check_certificates(origin.host, chain, refused, cacert, now)
    return Tls([first, *findings], agreed=True, trusted=refused is None)


def _agreed(seen: Handshake, seconds: float) -> Finding:
    offers = {"h2": "offers HTTP/2", "http/1.1": "offers HTTP/1.1"}.get(seen.alpn or "", "names no protocol (ALPN)")
    facts = {"version": seen.version, "cipher": seen.cipher, "alpn": seen.alpn}
    return Finding(check="tls", message=f"{seen.version}, {seen.cipher}; {offers}", seconds=seconds, facts=facts)


def _unreadable(error: ValueError) -> Finding:
    remedy = "The server's certificate is malformed: its operator must have a new one issued."
    return Finding(check="chain", level="fail", message=one_line(f"unreadable: {error}"), remedy=remedy)


def _failed(origin: Origin, error: OSError, timeout: float, watch: Stopwatch) -> Finding:
    reason = (error.reason if isinstance(error, ssl.SSLError) else None) or type(error).__name__
    return Finding(
        check="tls",
        level="fail",
        message=f"no handshake: {one_line(reason)}",
        remedy=_remedy(origin, error, reason, timeout),
        seconds=watch.seconds,
        facts={"reason": reason},
    )


def _remedy(origin: Origin, error: OSError, reason: str, timeout: float) -> str:
    where = f"{origin.host} port {origin.port}"
    if reason in _PLAIN_HTTP:
        return f"{where} does not speak TLS: write http:// if that is meant, or correct the port."
    if reason in _TOO_OLD:
        return f"{where} speaks only TLS that is no longer safe: its operator must switch on TLS 1.2 or 1.3."
    if reason in _OTHER_NAME:
        return f"The server knows no host called {origin.host}: correct the name, or its operator must configure it."
    if reason in _WANTS_CERTIFICATE:
        return f"{where} wants a certificate of the client: give it one (seawall.Client(cert=...), seawall call --cert)."
    if isinstance(error, TimeoutError):
        return (
            f"{where} accepts connections and then says nothing for {timeout:g} s: look at the server, and whether it speaks TLS."
        )
    return f"{where} ends the handshake ({one_line(reason)}): look at the server's TLS settings, and for a firewall in between."
