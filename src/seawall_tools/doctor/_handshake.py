"""Two handshakes: one that trusts anybody, to see what there is, and one that is as strict as Seawall's own."""

import ssl
from pathlib import Path
from typing import Any

import msgspec

from seawall.transport.sockets import system_trust

from ._chain import chain_of
from ._connections import open_socket
from ._names import Address

__all__ = ["Handshake", "Refusal", "handshake", "lenient_context", "refusal", "speaks_tls", "strict_context"]


class Handshake(msgspec.Struct, frozen=True):
    """What a server agreed to.

    Attributes:
        version: For example "TLSv1.3".
        cipher: Its name.
        alpn: "h2", "http/1.1", or None where the server knows no ALPN.
        chain: The certificates, the server's own first, as DER.
    """

    version: str
    cipher: str
    alpn: str | None
    chain: list[bytes]


class Refusal(msgspec.Struct, frozen=True):
    """Why the certificate is not trusted.

    Attributes:
        code: OpenSSL's number for it; another system's own where that decides.
        reason: In words.
    """

    code: int
    reason: str


def lenient_context() -> ssl.SSLContext:
    """Return a context that trusts anybody. Nothing secret is ever sent through it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def strict_context(cacert: Path | None) -> ssl.SSLContext:
    """Return the context of a Seawall client.

    Args:
        cacert: The file of the authorities to trust; None for the system's.

    Raises:
        OSError: The file holds no certificates, or cannot be read.
    """
    if cacert is not None:
        return ssl.create_default_context(cafile=cacert)
    return system_trust()  # what the built-in transport trusts


def handshake(address: Address, host: str, timeout: float) -> Handshake:
    """Do a handshake that trusts anybody.

    Args:
        address: Where to connect to.
        host: What the server is called.
        timeout: Seconds.

    Raises:
        OSError: There is none with this server, for example an `ssl.SSLError`.
    """
    with _connection(address, host, lenient_context(), timeout) as connection:
        cipher = connection.cipher()
        return Handshake(
            connection.version() or "?", cipher[0] if cipher else "?", connection.selected_alpn_protocol(), chain_of(connection)
        )


def speaks_tls(address: Address, host: str, timeout: float) -> bool:
    """Tell whether a server agrees to any handshake.

    Args:
        address: Where to connect to.
        host: What the server is called.
        timeout: Seconds.
    """
    try:
        handshake(address, host, timeout)
    except OSError:
        return False
    return True


def refusal(address: Address, host: str, context: ssl.SSLContext, timeout: float) -> Refusal | None:
    """Do a handshake as Seawall does it, and return why the certificate is refused, None where it is trusted.

    Raises:
        OSError: The handshake failed for another reason.
    """
    try:
        _connection(address, host, context, timeout).close()
    except ssl.SSLCertVerificationError as error:
        return Refusal(error.verify_code, error.verify_message)
    return None


def _connection(address: Address, host: str, context: Any, timeout: float) -> ssl.SSLSocket:
    context.set_alpn_protocols(["h2", "http/1.1"])
    plain = open_socket(address, timeout)
    try:
        connection: ssl.SSLSocket = context.wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise
    return connection
