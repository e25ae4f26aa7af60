"""Log-in and tokens: the calls that go without a credential, because they are about it."""

from dataclasses import dataclass

import seawall
from seawall.auth.sources import FunctionSource

from .._models import User


@dataclass(frozen=True)
class _LoggedIn:
    user: User


@dataclass(frozen=True)
class Grant:
    """What a log-in brings."""

    tokens: seawall.Tokens
    user: User


async def request_code(api: seawall.NestedCalls, email: str) -> None:
    """Have a one-time code sent."""
    await api.post("/auth/code", json={"email": email})


async def log_in(api: seawall.NestedCalls, email: str, code: seawall.Secret) -> Grant:
    """Give the code for tokens. One answer holds both them and the user, side by side."""
    response = await api.post("/auth/login", json={"email": email, "otp": code})
    return Grant(response.json(seawall.Tokens), response.json(_LoggedIn).user)


async def refresh(tokens: seawall.Tokens, api: seawall.NestedCalls) -> seawall.Tokens:
    """Give the refresh token for the next tokens. A refusal is `InvalidGrant`, which ends the session."""
    fresh: seawall.Tokens = await api.post("/auth/refresh", json={"refresh_token": tokens.refresh}, response_model=seawall.Tokens)
    return fresh


async def revoke(tokens: seawall.Tokens, api: seawall.NestedCalls) -> None:
    """Tell the backend that somebody has logged out."""
    await api.post("/auth/logout", json={"refresh_token": tokens.refresh})


TOKENS = FunctionSource(refresh, revoke)


class AuthApi:
    """Logging in, through the app's client.

    Args:
        client: the app's.
    """

    def __init__(self, client: seawall.AsyncClient) -> None:
        self._client = client

    async def request_code(self, email: str) -> None:
        """See `request_code`."""
        await self._client.run(request_code, email)

    async def log_in(self, email: str, code: seawall.Secret) -> Grant:
        """See `log_in`."""
        return await self._client.run(log_in, email, code)
