"""Signing in in a browser, with an authorization code and a proof key (RFC 6749, section 4.1; RFC 7636; RFC 8252)."""

import base64
import hashlib
import re
import secrets
import webbrowser
from collections.abc import Callable, Collection

from seawall.model import Cancel, NestedCalls, Runtime, Secret, Sent, UsageError, add_params
from seawall.problems import CancelledProblem, OriginalError, SignInExpiredProblem, SignInProblem

from .._tokens import Tokens
from ._callback import PendingSignIn, answers, authorization_code
from ._oauth2 import OAuth2
from ._oauth_client import Fields, check_endpoint, check_fields, scope_text
from ._redirect_listener import RedirectListener

__all__ = ["AuthorizationCode"]

DEFAULT_TIMEOUT = 300.0  # seconds: a person may have to look for a password, and for a second factor
_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost)(?::([0-9]{1,5}))?(/[!-\"$->@-~]*)?").fullmatch
_RANDOM = 48  # bytes, which make 64 characters: RFC 7636 wants 43 to 128 of them


class AuthorizationCode:
    """A sign-in flow in a browser: the person's own (`sign_in`), or the one that a web app answers (`begin`, `finish`).

    Args:
        server: The authorization server.
        authorize_url: Its authorization endpoint, absolute.
        scope: What the tokens are to allow.
        redirect_uri: Where the browser comes back to, as the app is registered. Without a port, on 127.0.0.1 or localhost, each
            sign-in takes a free one (RFC 8252, section 7.3).
        issuer: What the server calls itself in each callback (RFC 9207), or None where it does not: keeps apart the answers of
            several servers.
        extra: More parameters for the authorization endpoint, for example `prompt` or `login_hint`.

    Raises:
        UsageError: An argument is wrong; the message names it.
    """

    def __init__(
        self,
        server: OAuth2,
        authorize_url: str,
        *,
        scope: str | Collection[str] | None = None,
        redirect_uri: str = "http://127.0.0.1/callback",
        issuer: str | None = None,
        extra: Fields | None = None,
    ) -> None:
        self._server = server
        self._url = check_endpoint("authorize_url", authorize_url, allow_http=server.allow_http, relative=False)
        self._redirect_uri = redirect_uri
        if redirect_uri.startswith("http:"):  # any other scheme is an app's own (RFC 8252, section 7.1)
            check_endpoint("redirect_uri", redirect_uri, allow_http=server.allow_http, relative=False)
        self._issuer = issuer
        self._fields = {"scope": scope_text(scope), **check_fields("extra", extra)}

    def begin(self) -> tuple[str, PendingSignIn]:
        """Begin a sign-in whose callback the app receives itself.

        Returns:
            The URL to send the browser to, and what `finish` needs.
        """
        url, pending = self._begin(self._redirect_uri)
        return url.reveal(), pending

    async def finish(
        self, api: NestedCalls, pending: PendingSignIn, callback_url: str | Secret, *, cancel: Cancel | None = None
    ) -> Tokens:
        """Make tokens of what the browser brought.

        Args:
            api: Calls without a credential; `client.run(flow.finish, pending, url)` hands them in.
            pending: From `begin`.
            callback_url: The URL of the request that the app received, query and all.
            cancel: Ends the call from outside.

        Raises:
            SignInDeniedProblem: The person said no.
            SignInProblem: The callback is an error, or no answer to this sign-in.
            ApiProblem: The server refused the code, or could not be asked.
        """
        callback, callback_url = Secret(callback_url), ""  # frames are shown by crash reports
        return await self._finish(api, pending, callback, cancel)

    async def sign_in(
        self,
        api: NestedCalls,
        *,
        open_browser: Callable[[str], object] | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        cancel: Cancel | None = None,
    ) -> Tokens:
        """Sign in in a browser on this machine, and return the tokens.

        Args:
            api: Calls without a credential; `client.run(flow.sign_in)` hands them in.
            open_browser: Shows a URL, in a thread beside this; False means that it cannot. By default `webbrowser.open`.
            timeout: Seconds for the person.
            cancel: Ends the wait from outside.

        Raises:
            SignInDeniedProblem: The person said no.
            SignInExpiredProblem: The browser did not come back in time.
            SignInProblem: It brought an error, or there is no browser, or the port is taken.
            CancelledProblem: `cancel` was used.
            ApiProblem: The server refused the code, or could not be asked.
        """
        if cancel is not None and cancel.cancelled:
            raise CancelledProblem(sent=Sent.NO)
        listener, redirect_uri = self._listen()
        unwatch = None if cancel is None else cancel.watch(listener.stop)
        try:
            url, pending = self._begin(redirect_uri)
            showing = _Showing(open_browser or webbrowser.open, url, listener)
            callback = await _callback(api.runtime, listener, showing, pending, timeout)
        finally:
            listener.stop()
            if unwatch is not None:
                unwatch()
        if callback is None:
            raise (SignInExpiredProblem if cancel is None or not cancel.cancelled else CancelledProblem)(sent=Sent.NO)
        return await self._finish(api, pending, callback, cancel)

    def _begin(self, redirect_uri: str) -> tuple[Secret, PendingSignIn]:
        pending = PendingSignIn(_random(), _random(), redirect_uri)
        challenge = pending.verifier.map(_challenge).reveal()  # a hash, which says nothing of what it was made of
        fields: dict[str, str | Secret | None] = {
            "response_type": "code",
            "client_id": self._server.client.client_id,
            "redirect_uri": redirect_uri,
            "state": pending.state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **self._fields,
        }
        return Secret(add_params(self._url, fields)[0]), pending

    async def _finish(self, api: NestedCalls, pending: PendingSignIn, callback: Secret, cancel: Cancel | None) -> Tokens:
        code = authorization_code(callback, pending, self._issuer)
        fields: Fields = {"code": code, "redirect_uri": pending.redirect_uri, "code_verifier": pending.verifier}
        return await self._server.grant(api, "authorization_code", fields, cancel=cancel)

    def _listen(self) -> tuple[RedirectListener, str]:
        """Listen where the browser will come back to, and return that address."""
        found = _LOOPBACK(self._redirect_uri)
        if found is None:
            raise UsageError("redirect_uri: sign_in listens on http://127.0.0.1 or localhost alone; see begin() and finish()")
        host, port, path = found[1], int(found[2] or 0), found[3] or "/"
        try:
            listener = RedirectListener(port, path)
        except (OSError, OverflowError) as error:  # taken, not allowed, or no port at all
            cause = OriginalError.of(error)
        else:
            return listener, f"http://{host}:{listener.port}{path}"
        raise SignInProblem(code="NO_LISTENER", detail=f"port {port} cannot be listened on", sent=Sent.NO) from cause


class _Showing:
    """Shows the page beside the wait for its outcome, because browsers of a terminal return only when they end.

    Attributes:
        failure: What it failed with, or None.
    """

    def __init__(self, open_browser: Callable[[str], object], url: Secret, listener: RedirectListener) -> None:
        self._open_browser, self._url, self._listener = open_browser, url, listener
        self.failure: Exception | None = None

    async def run(self, runtime: Runtime) -> None:
        """Show it; where that fails, nobody will come, and the wait is over."""
        try:
            if await runtime.blocking(lambda: self._open_browser(self._url.reveal())) is False:
                self.failure = SignInProblem(code="NO_BROWSER", detail="no browser opens here; see DeviceCode", sent=Sent.NO)
        except Exception as error:
            self.failure = error
        if self.failure is not None:
            self._listener.stop()


async def _callback(
    runtime: Runtime, listener: RedirectListener, showing: _Showing, pending: PendingSignIn, timeout: float
) -> Secret | None:
    """Show the page, and wait for the browser to come back; None when it did not."""
    ends = runtime.monotonic() + timeout
    runtime.spawn(lambda: showing.run(runtime))
    callback = await runtime.blocking(lambda: listener.wait(lambda target: answers(target, pending), runtime.monotonic, ends))
    if callback is None and showing.failure is not None:
        raise showing.failure
    return callback


def _random() -> Secret:
    return Secret(secrets.token_urlsafe(_RANDOM))


def _challenge(verifier: str) -> str:
    """The S256 transformation: RFC 7636, section 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
