"""The certificates that a server shows, whether they are to be trusted or not."""

import ssl
import sys

__all__ = ["chain_of"]


def chain_of(connection: ssl.SSLSocket) -> list[bytes]:
    """Return the certificates as they came, the server's own first, each as DER."""
    if sys.version_info >= (3, 13):
        return list(connection.get_unverified_chain())
    # Before 3.13 the same method is only on the object inside, where truststore, of which Seawall is made, takes it from, too.
    read = getattr(getattr(connection, "_sslobj", None), "get_unverified_chain", None)
    if read is not None:
        return [ssl.PEM_cert_to_DER_cert(certificate.public_bytes()) for certificate in read() or ()]
    own = connection.getpeercert(binary_form=True)
    return [] if own is None else [own]
