"""The tokens of one session, as token endpoints hand them out."""

import base64
import binascii
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from seawall.model import Secret, UsageError

from ._members import BEARER, read_access, read_refresh, read_scope, read_seconds, read_type

__all__ = ["Tokens", "jwt_expiry"]

MAX_CLAIMS = 16 * 1024  # characters of a token's middle part that are looked at
_READERS = {
    "access": read_access,
    "refresh": read_refresh,
    "expires_in": read_seconds,
    "token_type": read_type,
    "scope": read_scope,
}

if TYPE_CHECKING:
    _Refresh: TypeAlias = Secret
    _Seconds: TypeAlias = float
    _Text: TypeAlias = str
else:  # decoding takes in whatever was written; the readers make of it what the types say
    _Refresh = _Seconds = _Text = Any


class Tokens(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    rename={"access": "access_token", "refresh": "refresh_token"},
):
    """What an authorisation server hands out (RFC 6749, section 5.1); decodes its JSON as it is.

    Text given for a token is wrapped, numbers given as text are read, and a list of scopes is joined. Where a server writes
    something else into `expires_in`, `token_type` or `scope`, their defaults stand.

    Attributes:
        access: Goes with every call.
        refresh: Buys the next tokens, or None where there is nothing to refresh with; empty text is none.
        expires_in: Seconds that the access token lives from the moment it was handed out, or None where nobody says.
        token_type: For example "Bearer"; the scheme of the Authorization header.
        scope: What it allows, or None.

    Raises:
        UsageError: A token is no text, or another argument is nothing that JSON could hold; the message names it.
    """

    access: Secret
    refresh: _Refresh | None = None
    expires_in: _Seconds | None = None
    token_type: _Text = BEARER
    scope: _Text | None = None

    def __post_init__(self) -> None:
        wrong = _settle(self)
        if wrong is not None:
            raise UsageError(f"Tokens: {wrong}")

    @property
    def header(self) -> Secret:
        """The value of the Authorization header."""
        scheme = "Bearer" if self.token_type.lower() == "bearer" else self.token_type
        return self.access.map(f"{scheme} {{}}".format)

    def following(self, older: "Tokens") -> "Tokens":
        """Return these tokens with the older refresh token where the server did not rotate it (RFC 6749, section 6)."""
        return (
            self
            if self.refresh is not None
            else msgspec.structs.replace(self, refresh=older.refresh, scope=self.scope or older.scope)
        )


def _settle(tokens: Tokens) -> str | None:
    """Read each member; return what is wrong. By then nothing is left of it: frames of errors show their locals."""
    wrong = None
    for name, read in _READERS.items():
        value, fit = getattr(tokens, name), None
        try:
            fit = read(value)
        except TypeError as error:
            found = "empty" if isinstance(value, str | Secret) else type(value).__name__
            wrong = wrong or f"{name} must be {error}, not {found}"
        msgspec.structs.force_setattr(tokens, name, fit)
    return wrong


class _Claims(msgspec.Struct):
    exp: float | None = None
    iat: float | None = None


def jwt_expiry(token: Secret, now: float, ahead: float | None = None) -> float | None:
    """Return when a JWT (RFC 7519) that was just handed out ends, by this machine's clock; None for any other token.

    A token says when it was issued and when it ends, both by the server's clock: the span between them is true on a clock
    that goes wrong by minutes, too, and too long for a token that the server had kept for a while. Where it is known how far
    the clocks are apart, the end itself is true; the earlier of the two counts. It is a hint about when to refresh and is not
    verified: the token is not ours to judge.

    Args:
        token: The access token.
        now: Seconds since 1970.
        ahead: Seconds that the server's clock is ahead of this machine's, None if nobody knows.
    """
    claims = _claims(token.reveal().split(".", 3))
    if claims is None or claims.exp is None:
        return None
    end = claims.exp - (ahead or 0.0)
    if claims.iat is None:
        return end
    by_span = now + max(0.0, claims.exp - claims.iat)
    return by_span if ahead is None or end <= now else min(end, by_span)


def _claims(parts: list[str]) -> _Claims | None:
    if len(parts) != 3 or len(parts[1]) > MAX_CLAIMS:
        return None
    try:
        text = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        return msgspec.json.decode(text, type=_Claims)
    except (binascii.Error, msgspec.MsgspecError, ValueError, RecursionError):
        return None


def tokens_to_plain(tokens: Tokens) -> dict[str, Any]:
    """Return what a store writes; the only place where tokens become plain text on purpose."""
    plain: dict[str, Any] = msgspec.to_builtins(tokens, enc_hook=_reveal)
    return plain


def tokens_from_plain(plain: Any) -> Tokens:
    """Read what a store holds.

    Raises:
        msgspec.ValidationError: It is no such thing.
    """
    return msgspec.convert(plain, Tokens, dec_hook=_conceal)


def _reveal(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    raise NotImplementedError


def _conceal(kind: type, value: Any) -> Any:
    if kind is Secret and isinstance(value, str) and value:
        return Secret(value)
    raise ValueError("a token is text")
