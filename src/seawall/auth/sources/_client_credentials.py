"""Tokens for an app itself, where no user is concerned (RFC 6749, section 4.4)."""

from collections.abc import Collection

from seawall.model import NestedCalls, Secret

from .._tokens import Tokens
from ._oauth2 import OAuth2
from ._oauth_client import ClientAuth, Fields, scope_text

__all__ = ["ClientCredentials"]


class ClientCredentials:
    """A source that needs nobody to sign in: the first call gets its tokens by the app's own secret.

    Args:
        token_url: The token endpoint: absolute, or a path below the client's base URL.
        client_id: The app's id.
        client_secret: Its secret.
        scope: What the tokens are to allow; by default what the server thinks fit.
        audience: The API that they are for, at servers that ask for it.
        client_auth: How the app proves itself: "basic" or "post".
        revocation_url: The revocation endpoint, or None where the server has none.
        extra: More fields for each request of a token, for example `resource` (RFC 8707).
        allow_http: Whether secrets may go over plain HTTP to other machines.

    Raises:
        UsageError: An argument is wrong; the message names it.
    """

    signs_in = True

    def __init__(
        self,
        token_url: str,
        client_id: str,
        client_secret: str | Secret,
        *,
        scope: str | Collection[str] | None = None,
        audience: str | None = None,
        client_auth: ClientAuth = "basic",
        revocation_url: str | None = None,
        extra: Fields | None = None,
        allow_http: bool = False,
    ) -> None:
        secret, client_secret = Secret(client_secret), ""  # frames of errors show their locals
        self._server = OAuth2(
            token_url,
            client_id,
            secret,
            client_auth=client_auth,
            revocation_url=revocation_url,
            extra=extra,
            allow_http=allow_http,
        )
        self._fields = {"scope": scope_text(scope), "audience": audience}

    @property
    def path_option(self) -> str | None:
        """See `OAuth2.path_option`."""
        return self._server.path_option

    async def refresh(self, tokens: Tokens | None, api: NestedCalls, /) -> Tokens:
        """See `TokenSource.refresh`: the present tokens play no part in it."""
        return await self._server.grant(api, "client_credentials", self._fields)

    async def revoke(self, tokens: Tokens, api: NestedCalls, /) -> None:
        """See `TokenSource.revoke`."""
        await self._server.revoke(tokens, api)
