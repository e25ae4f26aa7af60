"""The checks of the certificates: the chain, its time, its host, its authority.

Laws:
1. Each fault is told for itself: a certificate may be expired, for another host and of an unknown authority all at once.
2. Whether the authority is trusted is what a real handshake says; this file only finds the words and tells why.
3. A verifier stops at its first fault, and looks at the authority first: where it complains of the time or the host, the
   authority is trusted (OpenSSL, `verify_chain`).
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from ._certificate import Certificate, linked
from ._finding import Finding
from ._handshake import Refusal

__all__ = ["check_certificates"]

WARN_DAYS = 14  # before the end; automatic renewal comes a month before it, and has failed by then
_MAX_HOSTS = 5  # names that are shown
_OF_TIME_OR_HOST = frozenset({9, 10, 62, 64})  # not yet valid, expired, other host, other address (x509_vfy.h)


def check_certificates(
    host: str, chain: Sequence[Certificate], refused: Refusal | None, cacert: Path | None, now: datetime
) -> list[Finding]:
    """Return what is to be said about a server's certificates.

    Args:
        host: The host that was asked for.
        chain: As the server sent it, its own first.
        refused: Why a strict handshake refused them, None where it did not.
        cacert: The authorities that were trusted; None for the system's.
        now: The time by this machine's clock.
    """
    if not chain:
        return [Finding(check="chain", level="fail", message="none was sent", remedy="The server must send a certificate.")]
    own = chain[0]
    findings = [_chain(chain), _validity(own, now), _host(own, host), _authority(chain, refused, cacert)]
    others = [_validity(each, now) for each in linked(chain)[1:]] if refused is not None else []
    return [*findings, *(finding for finding in others if finding.level == "fail")]


def _chain(chain: Sequence[Certificate]) -> Finding:
    names = " <- ".join(each.subject for each in chain)
    facts = {"subjects": [each.subject for each in chain], "issuer": chain[-1].issuer}
    end = "itself" if chain[-1].is_self_signed else chain[-1].issuer
    return Finding(check="chain", message=f"{names}; issued by {end}", facts=facts)


def _validity(certificate: Certificate, now: datetime) -> Finding:
    days = (certificate.ends - now).days
    begins, ends, name = f"{certificate.begins:%Y-%m-%d}", f"{certificate.ends:%Y-%m-%d}", certificate.subject
    facts = {
        "begins": certificate.begins.isoformat(),
        "ends": certificate.ends.isoformat(),
        "days_left": days,
        "now": now.isoformat(),
    }
    if now > certificate.ends:
        message = f"expired on {ends}, {-days} days ago"
        remedy = f"The certificate of {name} expired on {ends}: whoever runs the server must renew it."
        return Finding(check="validity", level="fail", message=message, remedy=remedy, facts=facts)
    if now < certificate.begins:
        message = f"not valid before {begins}"
        remedy = f"The certificate of {name} is not valid before {begins}: look whether this machine's clock is right."
        return Finding(check="validity", level="fail", message=message, remedy=remedy, facts=facts)
    if days < WARN_DAYS:
        remedy = f"The certificate of {name} ends on {ends}: whoever runs the server should renew it now."
        return Finding(check="validity", level="warn", message=f"{days} days left, until {ends}", remedy=remedy, facts=facts)
    return Finding(check="validity", message=f"{days} days left, until {ends}", facts=facts)


def _host(certificate: Certificate, host: str) -> Finding:
    facts = {"hosts": list(certificate.hosts), "matches": certificate.is_for(host)}
    if certificate.is_for(host):
        return Finding(check="host", message=f"the certificate is for {host}", facts=facts)
    shown = ", ".join(certificate.hosts[:_MAX_HOSTS]) + (", ..." if len(certificate.hosts) > _MAX_HOSTS else "")
    names = shown or "no host at all"
    remedy = f"The certificate is for {names}, not for {host}: use a name that it has, or have one issued for {host}."
    return Finding(
        check="host", level="fail", message=f"the certificate is for {names}, not for {host}", remedy=remedy, facts=facts
    )


def _authority(chain: Sequence[Certificate], refused: Refusal | None, cacert: Path | None) -> Finding:
    store = "this system" if cacert is None else cacert.name
    if refused is None or refused.code in _OF_TIME_OR_HOST:
        return Finding(check="authority", message=f"trusted by {store}", facts={"trusted": True, "fault": None})
    fault, remedy = _fault(chain, store)
    facts = {"trusted": False, "fault": fault.replace(" ", "_"), "reason": refused.reason}
    return Finding(check="authority", level="fail", message=f"{fault}: {refused.reason}", remedy=remedy, facts=facts)


def _fault(chain: Sequence[Certificate], store: str) -> tuple[str, str]:
    own, links = chain[0], linked(chain)
    last = links[-1]
    if own.is_self_signed:
        return "self-signed", (
            f"The certificate of {own.subject} is self-signed: if it is the right one, trust it by its file "
            "(seawall.Client(verify=FILE), --cacert FILE); else have one issued by an authority."
        )
    if not last.is_self_signed and (len(links) < len(chain) or (last is own and own.names_its_issuer)):
        return "missing intermediate", (
            f"The server does not send the certificate of {last.issuer}, which issued {last.subject}: "
            "whoever runs it must configure the whole chain."
        )
    return "unknown authority", (
        f"{last.issuer}, which issued the certificate, is not trusted by {store}: if it is a private authority, give its "
        "certificate (seawall.Client(verify=FILE), --cacert FILE); else somebody reads along (a TLS proxy)."
    )
