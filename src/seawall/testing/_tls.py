"""A certificate for the FaultServer, good or bad, from an authority of its own."""

import ssl
from datetime import UTC, datetime, timedelta

__all__ = ["TlsIdentity"]


class TlsIdentity:
    """A server certificate and the authority that signed it, made anew for each identity.

    Args:
        expired: The certificate ended yesterday.
        wrong_host: The certificate is for another host than 127.0.0.1 and localhost.

    Raises:
        ModuleNotFoundError: trustme is not installed.
    """

    def __init__(self, *, expired: bool = False, wrong_host: bool = False) -> None:
        try:
            import trustme
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError("a FaultServer with TLS needs trustme: install seawall[testing]") from error
        authority = trustme.CA()
        self._certificate = authority.issue_cert(
            *(("elsewhere.example",) if wrong_host else ("127.0.0.1", "localhost")),
            not_after=datetime.now(UTC) - timedelta(days=1) if expired else None,
        )
        self.ca_pem: bytes = authority.cert_pem.bytes()
        """The authority's certificate as PEM: what a client has to trust."""

    def server_context(self) -> ssl.SSLContext:
        """A context that shows the certificate and speaks HTTP/1.1 only."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._certificate.configure_cert(context)
        context.set_alpn_protocols(["http/1.1"])
        return context

    def client_context(self) -> ssl.SSLContext:
        """A context that trusts this authority and no other."""
        return ssl.create_default_context(cadata=self.ca_pem.decode("ascii"))
