"""What a server asks for before it lets a request pass: `WWW-Authenticate` and `Proxy-Authenticate` (RFC 9110, 11.6)."""

import re

import msgspec

from ._text import encodable

__all__ = ["AuthDetails", "Challenge", "auth_details", "parse_challenges"]

MAX_FIELD = 8 * 1024  # characters of one field
MAX_CHALLENGES = 16
MAX_PARAMS = 32  # of one challenge
MAX_MISFITS = 32  # after which the rest of a field is given up
_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_GAP = re.compile(r"[ \t,]*").match
_PARAM = re.compile(rf'({_TOKEN})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|({_TOKEN}))[ \t]*(?=,|$)').match
_SCHEME = re.compile(rf"({_TOKEN})(?:[ \t]+([A-Za-z0-9\-._~+/]+=*)[ \t]*(?=,|$)|[ \t]+|(?=,|$))").match
_ESCAPED = re.compile(r"\\(.)")


class Challenge(msgspec.Struct, frozen=True):
    """One way in that the server offers.

    Attributes:
        scheme: For example "bearer", in lower case.
        params: Its parameters, names in lower case; of two of one name the first counts.
        token68: What follows the scheme in place of parameters, or None.
    """

    scheme: str
    params: dict[str, str] = msgspec.field(default_factory=dict)
    token68: str | None = None

    def __repr__(self) -> str:
        return f"Challenge({self.scheme!r}, {sorted(self.params)})"


class AuthDetails(msgspec.Struct, frozen=True):
    """What a server said about the credential of a request.

    Attributes:
        scheme: The scheme that spoke, in lower case, or None where only the body did.
        error: For example "insufficient_scope" (RFC 6750) or "invalid_grant" (RFC 6749), as the server wrote it, or None.
        scope: The scopes that would be needed, or None.
        realm: The protected space, or None.
    """

    scheme: str | None = None
    error: str | None = None
    scope: str | None = None
    realm: str | None = None


def parse_challenges(field: str | None) -> tuple[Challenge, ...]:
    """Read one header field, which may hold several challenges; what is malformed is skipped.

    Args:
        field: The value, several fields of one name joined by commas.
    """
    if field is None:
        return ()
    found: list[Challenge] = []
    whole = field if len(field) <= MAX_FIELD else field[:MAX_FIELD].rpartition(",")[0]
    at, misfits, text = 0, 0, encodable(whole)
    while misfits < MAX_MISFITS and (at := _end(_GAP(text, at), at)) < len(text):
        param = _PARAM(text, at) if found and found[-1].token68 is None else None
        if param is not None:
            _add(found[-1], param)
            at = param.end()
        elif (scheme := _SCHEME(text, at)) is not None and len(found) < MAX_CHALLENGES:
            found.append(Challenge(scheme.group(1).lower(), token68=scheme.group(2)))
            at = scheme.end()
        else:
            misfits += 1
            at = (text.find(",", at) + 1) or len(text)
    return tuple(found)


def _end(gap: re.Match[str] | None, at: int) -> int:
    return at if gap is None else gap.end()


def _add(challenge: Challenge, param: re.Match[str]) -> None:
    name, quoted, plain = param.groups()
    if len(challenge.params) < MAX_PARAMS:
        challenge.params.setdefault(name.lower(), plain if quoted is None else _ESCAPED.sub(r"\1", quoted))


def auth_details(challenges: tuple[Challenge, ...]) -> AuthDetails | None:
    """Return what the challenge says that names an error, else what the first says; None without any."""
    if not challenges:
        return None
    chosen = next((challenge for challenge in challenges if "error" in challenge.params), challenges[0])
    get = chosen.params.get
    return AuthDetails(chosen.scheme, get("error") or None, get("scope") or None, get("realm") or None)
