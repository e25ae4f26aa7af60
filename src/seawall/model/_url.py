"""URLs as plain text, taken apart only where someone needs the parts.

No URL object travels with a call: building one costs more than the rest of the request together.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from ._errors import UsageError
from ._pairs import checked_pairs
from ._redaction import redact_url
from ._secret import Secret

__all__ = ["Origin", "ParamValue", "Params", "split_url"]

ParamValue = str | int | float | bool | Secret | None
Params = Mapping[str, ParamValue | Sequence[ParamValue]] | Iterable[tuple[str, ParamValue]]

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)").match
_HOST = re.compile(r"\[[0-9A-Fa-f:.]+\]|[^:\[\]@]+").match
_NAME = re.compile(r"[A-Za-z0-9._-]+").fullmatch  # browsers read "\\" as "/", and IDNA makes "a/c" of one character
_PLAIN = re.compile(r"[!-~]*").fullmatch  # visible ASCII: what a request target may hold
_CONTROL = re.compile(r"[\x00-\x20\x7f\ud800-\udfff]").search
_SURROGATE = re.compile(r"[\ud800-\udfff]").search
_HALF = "a name or a value holds half a character (a lone surrogate), which UTF-8 cannot write"
_PORTS = {"http": 80, "https": 443}
_MAX_AUTHORITY = 300  # characters: a host name has 253 at most
_MAX_KNOWN = 1024  # URLs remembered
_MAX_KNOWN_LENGTH = 2048  # characters of a URL that is remembered: one that carries a document must not fill the memory
_known: dict[str, tuple["Origin", str]] = {}
_NO_NAMES: frozenset[str] = frozenset()
_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Origin(msgspec.Struct, frozen=True, gc=False):
    """Scheme, host and port: the unit to which connections, budgets and credentials belong (RFC 6454)."""

    scheme: str
    host: str
    port: int

    @property
    def netloc(self) -> str:
        """The value of the Host header: host, and the port unless it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if _PORTS.get(self.scheme) == self.port else f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine by name or address; a name that merely begins like one is not."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}"


@lru_cache(maxsize=1024)
def _origin(scheme: str, authority: str) -> Origin:
    scheme = scheme.lower()
    if scheme not in _PORTS:
        raise UsageError(f"url: the scheme must be http or https, not {scheme!r}")
    if "@" in authority:
        raise UsageError("url: user information in a URL is not supported; give headers= an Authorization field")
    if len(authority) > _MAX_AUTHORITY:
        raise UsageError(f"url: the host is longer than {_MAX_AUTHORITY} characters")
    found = _HOST(authority)
    rest = authority[found.end() :] if found else ""
    if not found or (rest and not re.fullmatch(r":[0-9]{0,5}", rest)) or int(rest[1:] or 1) > 65535:
        name = authority.partition(":")[0]  # alone: what looks like a port may be a password
        raise UsageError(f"url: {name!r} is followed by no valid port" if name else "url: it names no host")
    host = found.group() if found.group().isascii() else _ascii_name(found.group())
    if not (_is_ipv6(host[1:-1]) if host[:1] == "[" else _NAME(host)):
        raise UsageError(f"url: {found.group()!r} is no valid host")
    return Origin(scheme, host.strip("[]").lower(), int(rest[1:]) if rest[1:] else _PORTS[scheme])


def _is_ipv6(host: str) -> bool:
    try:
        return bool(IPv6Address(host).packed)
    except ValueError:
        return False


def _ascii_name(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def split_url(url: str) -> tuple[Origin, str]:
    """Take an absolute URL apart into its origin and request target (path and query); the fragment is dropped.

    Raises:
        UsageError: The URL is relative, not http(s), names no valid host or port, or holds a space, a control character or half
            a character.
    """
    known = _known.get(url)
    if known is None:
        known = _split(url)
        if len(url) <= _MAX_KNOWN_LENGTH:
            if len(_known) >= _MAX_KNOWN:
                _known.clear()
            _known[url] = known
    return known


def _split(url: str) -> tuple[Origin, str]:
    found = _URL(url)
    if found is None:
        raise UsageError(f"url: {redact_url(url)[:200]!r} is no absolute http or https URL; give base_url= or the whole address")
    scheme, authority, target = found.groups()
    if _CONTROL(url):
        raise UsageError("url: a URL must not hold spaces or control characters; escape them, or use path_params= and params=")
    if not target.startswith("/"):
        target = f"/{target}"
    if not _PLAIN(target):
        target = quote(target, safe="/?#[]@!$&'()*+,;=:%~-._")
    return _origin(scheme, authority), target


def join_url(base: str, path: str) -> str:
    """Put a path behind the base URL's own path; an absolute URL stays as it is."""
    if "://" in path and _URL(path):
        return path
    if not base:
        raise UsageError(f"url: {redact_url(path)[:200]!r} is relative and the client has no base_url")
    if not path or path.startswith("?"):
        return base + path
    return f"{base.rstrip('/')}/{path.removeprefix('/')}"


def fill_path(template: str, values: Mapping[str, Any]) -> str:
    """Fill `{name}` places with escaped values.

    Raises:
        UsageError: A place has no value, a value has no place, a value has no obvious text, is a `Secret`, or is empty, "." or
            "..", which would name another resource.
    """
    if not isinstance(values, Mapping):
        raise UsageError(f"path_params: give a mapping, not {type(values).__name__}")
    odd = set(_PLACE.findall(template)) ^ set(values)
    if odd:
        names = sorted(map(str, odd))
        raise UsageError(f"path_params: {names} must stand both in the path {redact_url(template)!r} and in path_params")
    return _PLACE.sub(lambda found: _segment(found.group(1), values[found.group(1)]), template)


def _segment(name: str, value: Any) -> str:
    if isinstance(value, Secret):  # no redaction can find it again in a path, and every server on the way logs paths
        raise UsageError(f"path_params: {name!r} is a Secret and would be seen in the path; send it in params= or headers=")
    text = _param_text(value, "path_params", name)
    if text in ("", ".", ".."):
        raise UsageError(f"path_params: the value of {name!r} is empty or dots and would name another resource")
    return quote(_whole(text, "path_params"), safe="")


def add_params(url: str, params: Params) -> tuple[str, frozenset[str]]:
    """Put query parameters behind those that the URL has; None is left out, a list repeats the name, true/false are lower case.

    Returns:
        The URL, and the names of those parameters whose values are typed as `Secret`.
    """
    pairs = list(param_pairs(params, "params"))
    if not pairs:
        return url, _NO_NAMES
    secret = frozenset([name for name, value in pairs if isinstance(value, Secret)])
    query = encode_pairs(pairs, "params", quote)
    head, mark, fragment = url.partition("#")
    joint = "" if head.endswith(("?", "&")) else "&" if "?" in head else "?"
    return f"{head}{joint}{query}{mark}{fragment}", secret


def param_pairs(params: Params, where: str) -> Iterable[tuple[str, str | Secret]]:
    """Yield each name and value as text, `Secret` values still wrapped.

    Raises:
        UsageError: These are no pairs, or a value has no obvious text; the message names the option `where`.
    """
    for name, value in checked_pairs(params, where):
        for single in value if isinstance(value, list | tuple | set | frozenset) else (value,):
            if single is not None:
                yield name, single if isinstance(single, Secret) else _param_text(single, where, name)


def encode_pairs(pairs: Iterable[tuple[str, str | Secret]], where: str, quoting: Callable[..., str]) -> str:
    """Write pairs as a query or a form; only here secrets are revealed.

    Raises:
        UsageError: A name or a value cannot be encoded.
    """
    try:
        plain = ((name, value.reveal() if isinstance(value, Secret) else value) for name, value in pairs)
        return urlencode(list(plain), quote_via=quoting)
    except UnicodeEncodeError:
        pass
    raise UsageError(f"{where}: {_HALF}")


def _whole(text: str, where: str) -> str:
    if _SURROGATE(text):
        raise UsageError(f"{where}: {_HALF}")
    return text


def _param_text(value: object, where: str, name: str) -> str:
    if isinstance(value, Enum):  # its name is Python's, its value the API's
        return _param_text(value.value, where, name)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, dict | bytes | bytearray | list | tuple | Secret) or type(value).__str__ is object.__str__:
        raise UsageError(f"{where}: {name!r} has a value of type {type(value).__name__}; give text or a number")
    return str(value)
