"""An app as an authorization server knows it: how it proves itself there, and what it makes of the answers."""

import base64
from collections.abc import Collection, Mapping
from typing import Any, Literal, TypeVar
from urllib.parse import quote_plus

import msgspec

from seawall.model import Cancel, NestedCalls, Response, Secret, Sent, UsageError, split_url
from seawall.problems import AuthDetails, RedirectProblem, StatusProblem, TooLargeProblem

from ._outcome import error_facts

__all__ = ["ClientAuth", "Fields", "OAuthClient", "check_endpoint", "check_fields", "scope_text"]

T = TypeVar("T")
ClientAuth = Literal["basic", "post", "none"]
Fields = Mapping[str, str | Secret | None]
MAX_ANSWER = 256 * 1024  # bytes: tokens with the claims of hundreds of groups have a tenth of it
_OURS = frozenset({
    "client_id", "client_secret", "code", "code_challenge", "code_challenge_method", "code_verifier", "device_code", "grant_type",
    "redirect_uri", "refresh_token", "response_type", "scope", "state",
})  # fmt: skip


class OAuthClient:
    """Asks the endpoints of an authorization server in the name of a registered app (RFC 6749, sections 2.3 and 3.2).

    Args:
        client_id: The app's id.
        client_secret: Its secret, or None for an app that cannot keep one: on desktops, phones and in browsers.
        client_auth: "basic" sends both in the Authorization field, "post" in the form, "none" the id alone. By default "basic"
            where there is a secret.

    Raises:
        UsageError: The secret and the way do not fit together.
    """

    def __init__(self, client_id: str, client_secret: Secret | None, client_auth: ClientAuth | None) -> None:
        way = client_auth or ("none" if client_secret is None else "basic")
        if way not in ("basic", "post", "none"):
            raise UsageError(f"client_auth: 'basic', 'post' or 'none', not {way!r}")
        if (way == "none") is not (client_secret is None):
            raise UsageError(f"client_auth: {way!r} {'takes no' if way == 'none' else 'needs a'} client_secret")
        secret = client_secret or Secret("")
        basic = _basic(client_id, secret)
        if basic is None:
            raise UsageError("client_id, client_secret: one of them holds half a character (a lone surrogate)")
        self.client_id = client_id
        self._headers: dict[str, str | Secret] = {"Accept": "application/json"}  # or GitHub answers with a form
        self._fields: dict[str, str | Secret] = {}
        if way == "basic":
            self._headers["Authorization"] = basic
        else:
            self._fields["client_id"] = client_id
        if way == "post":
            self._fields["client_secret"] = secret

    async def post(self, api: NestedCalls, url: str, fields: Fields, cancel: Cancel | None = None) -> Response:
        """Send a form; fields that are None are left out.

        Raises:
            ApiProblem: The call failed. A redirect is not followed, because the form holds secrets.
        """
        form = {**self._fields, **fields}
        response: Response = await api.post(url, data=form, headers=self._headers, cancel=cancel, raise_for_status=True)
        if response.status >= 300:
            raise RedirectProblem(detail="an authorization server's endpoint redirected a form with secrets", **_where(response))
        if len(response.content) > MAX_ANSWER:
            raise TooLargeProblem(detail=f"the answer has more than {MAX_ANSWER} bytes", **_where(response))
        return response

    async def ask(self, api: NestedCalls, url: str, fields: Fields, into: type[T], cancel: Cancel | None = None) -> T:
        """Send a form and read the answer.

        Raises:
            ApiProblem: The call failed, or the answer is an error or not of that type.
        """
        response = await self.post(api, url, fields, cancel)
        failure = response.json(_Failure)
        if isinstance(failure.error, str) and failure.error:  # with status 200: GitHub and others
            raise _problem(response, failure.error, failure.error_description)
        return response.json(into)


class _Failure(msgspec.Struct):
    """An error of RFC 6749, section 5.2."""

    error: Any = None
    error_description: Any = None


def _problem(response: Response, error: str, words: Any) -> StatusProblem:
    facts = error_facts(error, words)
    return StatusProblem(auth=AuthDetails(error=facts["original_code"]), dialect="oauth2", **facts, **_where(response))


def _where(response: Response) -> dict[str, Any]:
    request = response.request
    about = {"status": response.status, "sent": Sent.YES, "response": response}
    return {**about, "method": request.method, "url": request.redacted_url}


def _basic(client_id: str, secret: Secret) -> Secret | None:
    """Each part is form-encoded before they are joined (RFC 6749, section 2.3.1); None for what UTF-8 does not have."""
    try:
        return secret.map(
            lambda word: "Basic " + base64.b64encode(f"{quote_plus(client_id)}:{quote_plus(word)}".encode()).decode()
        )
    except UnicodeEncodeError:
        return None


def check_endpoint(option: str, url: str, *, allow_http: bool, relative: bool = True) -> str:
    """Return the URL of an endpoint.

    Args:
        option: What it was given as.
        url: Absolute, or a path below the client's base URL.
        allow_http: Whether secrets may go over plain HTTP to other machines.
        relative: Whether it may be a path.

    Raises:
        UsageError: It is no URL, or what is sent there would be readable on its way.
    """
    if relative and "://" not in url:
        return url
    origin = split_url(url)[0]
    if origin.scheme != "https" and not origin.is_loopback and not allow_http:
        raise UsageError(f"{option}: secrets would be readable on their way to {origin}; use https, or allow_http=True")
    return url


def check_fields(option: str, fields: Fields | None) -> dict[str, str | Secret | None]:
    """Return a copy of fields that a user adds to a form or a query.

    Raises:
        UsageError: One of them has a meaning of its own.
    """
    taken = _OURS.intersection(fields or ())
    if taken:
        raise UsageError(f"{option}: {min(taken)!r} is set by other arguments")
    return dict(fields or {})


def scope_text(scope: str | Collection[str] | None) -> str | None:
    """Return scopes as the protocol writes them: words with spaces between (RFC 6749, section 3.3)."""
    return scope if scope is None or isinstance(scope, str) else " ".join(scope)
