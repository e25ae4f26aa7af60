"""OAuth 2: access tokens that are bought with refresh tokens (RFC 6749), and given back at sign-out (RFC 7009)."""

from collections.abc import Collection
from typing import Any

import msgspec

from seawall.model import Cancel, NestedCalls, Secret
from seawall.problems import ApiProblem

from .._tokens import Tokens
from ._oauth_client import ClientAuth, Fields, OAuthClient, check_endpoint, check_fields, scope_text
from ._source import RevokedError

__all__ = ["OAuth2"]

_REVOKED = frozenset({"bad_refresh_token"})  # GitHub's word for `invalid_grant`


class _Granted(msgspec.Struct):
    """Tokens as servers write them. Only the access token has to be right: the answer was paid with the refresh token."""

    access_token: Secret
    refresh_token: Any = None
    expires_in: Any = None
    token_type: Any = None
    scope: Any = None

    def __post_init__(self) -> None:
        self.refresh_token = Secret(self.refresh_token) if isinstance(self.refresh_token, str) else None
        if not self.access_token.reveal().strip():
            raise ValueError("access_token is empty")

    def tokens(self) -> Tokens:
        return Tokens(
            access=self.access_token,
            refresh=self.refresh_token,
            expires_in=self.expires_in,
            token_type=self.token_type,
            scope=self.scope,
        )


class OAuth2:
    """An authorization server, as a source of the next tokens; sign-in flows get the first ones from the same server.

    URLs are absolute, or paths below the client's base URL; paths only where all clients of a session have one origin.

    Args:
        token_url: The token endpoint.
        client_id: The app's id.
        client_secret: Its secret, or None for an app that cannot keep one.
        scope: What a refreshed token is to allow, less than was granted; by default all of it.
        client_auth: How the app proves itself: "basic", "post" or "none"; by default "basic" where there is a secret.
        revocation_url: The revocation endpoint, or None where the server has none.
        extra: More fields for each request of a token, for example `resource` (RFC 8707).
        allow_http: Whether secrets may go over plain HTTP to other machines.

    Raises:
        UsageError: An argument is wrong; the message names it.
    """

    signs_in = False

    def __init__(
        self,
        token_url: str,
        client_id: str,
        client_secret: str | Secret | None = None,
        *,
        scope: str | Collection[str] | None = None,
        client_auth: ClientAuth | None = None,
        revocation_url: str | None = None,
        extra: Fields | None = None,
        allow_http: bool = False,
    ) -> None:
        secret, client_secret = (
            None if client_secret is None else Secret(client_secret),
            None,
        )  # frames of errors show their locals
        self.client = OAuthClient(client_id, secret, client_auth)
        self.allow_http = allow_http
        self._token_url = check_endpoint("token_url", token_url, allow_http=allow_http)
        self._revocation_url = (
            None if revocation_url is None else check_endpoint("revocation_url", revocation_url, allow_http=allow_http)
        )
        self._scope = scope_text(scope)
        self._extra = check_fields("extra", extra)

    @property
    def path_option(self) -> str | None:
        """The argument that was given as a path, or None; a session that has one serves clients of one origin."""
        urls = {"token_url": self._token_url, "revocation_url": self._revocation_url}
        return next((option for option, url in urls.items() if url is not None and "://" not in url), None)

    async def refresh(self, tokens: Tokens | None, api: NestedCalls, /) -> Tokens:
        """See `TokenSource.refresh` (RFC 6749, section 6)."""
        if tokens is None or tokens.refresh is None:
            raise RevokedError("there is no refresh token")
        try:
            return await self.grant(api, "refresh_token", {"refresh_token": tokens.refresh, "scope": self._scope})
        except ApiProblem as failure:
            problem = failure
        if problem.original_code in _REVOKED:
            raise RevokedError
        raise problem

    async def revoke(self, tokens: Tokens, api: NestedCalls, /) -> None:
        """See `TokenSource.revoke` (RFC 7009): the refresh token, with which its access tokens end too, else the access token."""
        if self._revocation_url is None:
            return
        kind, token = ("access_token", tokens.access) if tokens.refresh is None else ("refresh_token", tokens.refresh)
        await self.client.post(api, self._revocation_url, {"token": token, "token_type_hint": kind})

    async def grant(self, api: NestedCalls, grant_type: str, fields: Fields, *, cancel: Cancel | None = None) -> Tokens:
        """Ask the token endpoint for tokens, by any type of grant (RFC 6749, section 4.5).

        Args:
            api: Calls without a credential.
            grant_type: For example "urn:ietf:params:oauth:grant-type:token-exchange".
            fields: What this type needs; those that are None are left out.
            cancel: Ends the call from outside.

        Raises:
            ApiProblem: The server refused, or could not be asked.
        """
        form = {"grant_type": grant_type, **fields, **self._extra}
        granted = await self.client.ask(api, self._token_url, form, _Granted, cancel)
        return granted.tokens()

    def __repr__(self) -> str:
        client = getattr(self, "client", None)  # crash reports show half-made objects, too
        return f"<{type(self).__name__} of {'nobody yet' if client is None else repr(client.client_id)}>"
