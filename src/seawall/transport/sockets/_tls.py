"""Making a connection secure."""

import ssl

from seawall.problems import CertificateProblem, TlsProblem

from ._exchange import Exchange, Fault
from ._wire import Pipe, TlsPipe, Wire

__all__ = ["secure"]


async def secure(
    wire: Wire,
    below: Pipe,
    context: ssl.SSLContext,
    hostname: str | None,
    exchange: Exchange,
    session: ssl.SSLSession | None = None,
) -> TlsPipe:
    """Put a TLS layer over what carries bytes so far.

    Args:
        wire: The socket.
        below: The socket, or a layer over it.
        context: Trust and certificates.
        hostname: The name that the peer's certificate must have, without brackets.
        exchange: Whose clocks limit it.
        session: What an earlier connection left, to shorten the handshake.

    Raises:
        Fault: No secure connection could be made; the socket is closed.
    """
    try:
        pipe = TlsPipe(below, context, hostname, session)
        while not pipe.shake_now():
            await exchange.ready(wire, reading=True, writing=not pipe.flush_now())
    except BaseException as error:
        wire.close()
        if not isinstance(error, OSError | ValueError):
            raise
        kind = CertificateProblem if isinstance(error, ssl.SSLCertVerificationError) else TlsProblem
        raise Fault(kind, error) from None
    return pipe
