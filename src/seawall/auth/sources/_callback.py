"""What an authorization server sends back by way of the browser: pure, so that a table can test it."""

from urllib.parse import parse_qsl

import msgspec

from seawall.model import Secret, Sent
from seawall.problems import SignInDeniedProblem, SignInProblem

from ._outcome import error_facts

__all__ = ["PendingSignIn", "answers", "authorization_code"]

MAX_CALLBACK = 16 * 1024  # characters of a callback's URL
MAX_PARAMS = 32


class PendingSignIn(msgspec.Struct, frozen=True):
    """What an app keeps between the beginning and the end of a sign-in, where the browser cannot reach it.

    It cannot be pickled with its secrets in it; `reveal()` them to put them into a session of a web framework.

    Attributes:
        state: What the callback has to bring, so that it is the answer to this sign-in (RFC 6749, section 10.12).
        verifier: What proves that the code is asked for by whoever began (RFC 7636).
        redirect_uri: Where the browser was told to come back to.
    """

    state: Secret
    verifier: Secret
    redirect_uri: str


def answers(callback: Secret, pending: PendingSignIn) -> bool:
    """Tell whether a callback belongs to a sign-in.

    Args:
        callback: The URL that the browser was sent to, or its part from the question mark.
        pending: What the sign-in began with.
    """
    return _params(callback).get("state") == pending.state


def authorization_code(callback: Secret, pending: PendingSignIn, issuer: str | None) -> Secret:
    """Return the code that a callback brings (RFC 6749, section 4.1.2).

    Args:
        callback: The URL that the browser was sent to, or its part from the question mark.
        pending: What the sign-in began with.
        issuer: Who must have sent it (RFC 9207), or None where the server does not say.

    Raises:
        SignInDeniedProblem: The person said no.
        SignInProblem: It is not the answer to this sign-in, or an error.
    """
    params = _params(callback)
    if params.get("state") != pending.state:
        raise _problem("STATE_MISMATCH", "the callback does not bring the state that this sign-in began with")
    if issuer is not None and not _is_from(issuer, params):
        raise _problem("ISSUER_MISMATCH", "the callback does not come from the issuer that was asked (RFC 9207)")
    if "error" in params:
        raise _refusal(params["error"].reveal(), params.get("error_description", Secret("")).reveal())
    if "code" not in params:
        raise _problem("NO_CODE", "the callback brings neither a code nor an error")
    return params["code"]


def _is_from(issuer: str, params: dict[str, Secret]) -> bool:
    """Compare the issuer; servers leave it out of errors against RFC 9207 (django-oauth-toolkit), and an error steals nothing."""
    return params["iss"] == Secret(issuer) if "iss" in params else "error" in params


def _params(callback: Secret) -> dict[str, Secret]:
    """The parameters of a callback; one that comes twice counts for none (RFC 6749, section 3.1)."""
    found: dict[str, Secret] = {}
    twice: set[str] = set()
    for name, value in _pairs(callback):
        twice.update([name] if name in found else [])
        found[name] = value
    return {name: value for name, value in found.items() if name not in twice}


def _pairs(callback: Secret) -> list[tuple[str, Secret]]:
    try:
        return [(name, Secret(value)) for name, value in parse_qsl(_query(callback).reveal(), max_num_fields=MAX_PARAMS)]
    except ValueError:
        return []


def _query(callback: Secret) -> Secret:
    return callback.map(lambda url: "" if len(url) > MAX_CALLBACK else url.partition("?")[2].partition("#")[0])


def _refusal(error: str, words: str) -> SignInProblem:
    kind = SignInDeniedProblem if error == "access_denied" else SignInProblem
    return kind(sent=Sent.NO, **error_facts(error, words))


def _problem(code: str, detail: str) -> SignInProblem:
    return SignInProblem(code=code, detail=detail, sent=Sent.NO)
