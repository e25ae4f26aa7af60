"""One certificate, as far as the doctor looks at it."""

from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_address

import msgspec
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from .._terminal import one_line

__all__ = ["Certificate", "linked", "read_certificate"]

_MAX_NAME = 100  # characters of a name that are shown


class Certificate(msgspec.Struct, frozen=True):
    """What matters of a certificate.

    Attributes:
        subject, issuer: Short names, for people.
        subject_key, issuer_key: The whole names, to be compared.
        hosts: The DNS names and addresses that it is for.
        begins, ends: When it is valid.
        names_its_issuer: Whether it says where the certificate of its issuer can be fetched: those of public intermediates do.
    """

    subject: str
    issuer: str
    subject_key: bytes
    issuer_key: bytes
    hosts: tuple[str, ...]
    begins: datetime
    ends: datetime
    names_its_issuer: bool

    @property
    def is_self_signed(self) -> bool:
        """Whether it is its own authority."""
        return self.subject_key == self.issuer_key

    def is_for(self, host: str) -> bool:
        """Tell whether it is for a host: by address, by name, or by a name whose first label is a star (RFC 9525, section 6)."""
        if _is_address(host):
            return any(_is_address(own) and ip_address(own) == ip_address(host) for own in self.hosts)
        first, _, rest = host.lower().rstrip(".").partition(".")
        return any(own.lower() in (f"{first}.{rest}" if rest else first, f"*.{rest}") for own in self.hosts)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def read_certificate(der: bytes) -> Certificate:
    """Read a certificate.

    Raises:
        ValueError: It is none.
    """
    found = x509.load_der_x509_certificate(der)
    hosts = _hosts(found)
    return Certificate(
        _name(found.subject, hosts),
        _name(found.issuer),
        found.subject.public_bytes(),
        found.issuer.public_bytes(),
        hosts,
        found.not_valid_before_utc,
        found.not_valid_after_utc,
        _names_its_issuer(found),
    )


def _name(name: x509.Name, hosts: Sequence[str] = ()) -> str:
    """What people call it: the common name, else its first host, else the organization and its unit."""
    common = _attributes(name, NameOID.COMMON_NAME)
    others = [*_attributes(name, NameOID.ORGANIZATION_NAME), *_attributes(name, NameOID.ORGANIZATIONAL_UNIT_NAME)]
    return (common or hosts[:1] or [", ".join(others) or "(no name)"])[0][:_MAX_NAME]


def _attributes(name: x509.Name, kind: x509.ObjectIdentifier) -> list[str]:
    return [one_line(str(attribute.value)) for attribute in name.get_attributes_for_oid(kind)]


def _hosts(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = names.get_values_for_type(x509.IPAddress)
    return (*(one_line(name) for name in names.get_values_for_type(x509.DNSName)), *map(str, addresses))


def _names_its_issuer(certificate: x509.Certificate) -> bool:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return False
    return any(each.access_method == AuthorityInformationAccessOID.CA_ISSUERS for each in access)


def linked(chain: Sequence[Certificate]) -> list[Certificate]:
    """Return the certificates of a chain from the first on, as far as each was issued by the next."""
    links = list(chain[:1])
    for certificate in chain[1:]:
        if certificate.subject_key != links[-1].issuer_key or links[-1].is_self_signed:
            break
        links.append(certificate)
    return links
