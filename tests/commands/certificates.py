"""Certificates of every kind, good and bad, for a FaultServer."""

import ssl
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from seawall.testing import TlsIdentity

Key = ec.EllipticCurvePrivateKey


class Issued:
    """A certificate and its key.

    Args:
        name: What it is called.
        issuer: Who signs it; None signs itself.
        days: How long it is still valid; negative for one that ended.
        begins: In how many days it begins to be valid.
        is_authority: Whether it may sign others.
        names_its_issuer: Whether it says where its issuer's certificate can be fetched.
        hosts: The names and addresses that it is for.
    """

    def __init__(
        self,
        name: str,
        issuer: "Issued | None" = None,
        *,
        days: int = 90,
        begins: int = -365,
        is_authority: bool = False,
        names_its_issuer: bool = False,
        hosts: Sequence[str] = ("localhost", "127.0.0.1"),
    ) -> None:
        self.key: Key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(issuer.name if issuer else self.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=begins))
            .not_valid_after(now + timedelta(days=days, hours=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if not is_authority:
            builder = builder.add_extension(x509.SubjectAlternativeName([_host(each) for each in hosts]), critical=False)
        if names_its_issuer:
            where = x509.UniformResourceIdentifier("http://authority.example/intermediate.der")
            access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, where)
            builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
        self.certificate = builder.sign(issuer.key if issuer else self.key, hashes.SHA256())

    @property
    def der(self) -> bytes:
        """The certificate as DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate as PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The key as PEM."""
        return self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class ChainIdentity(TlsIdentity):
    """What a FaultServer shows: these certificates, the server's own first.

    Args:
        own: The server's certificate.
        others: What it sends behind it.
        asks: The authority from which clients must have a certificate; None asks for none.
    """

    def __init__(self, own: Issued, *others: Issued, asks: Issued | None = None) -> None:
        self.own = own
        self.asks = asks
        self.chain_pem = b"".join(each.pem for each in (own, *others))

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "chain.pem"
            path.write_bytes(self.own.key_pem + self.chain_pem)
            context.load_cert_chain(path)
        context.set_alpn_protocols(["http/1.1"])
        if self.asks is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(cadata=self.asks.pem.decode())
        return context
