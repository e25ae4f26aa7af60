"""A token server and the API that it protects, on one real socket of loopback: what was counted, was counted there."""

from typing import Any

from seawall import NestedCalls, Tokens
from seawall.auth.sources import FunctionSource
from seawall.chain.runtimes import SYSTEM_CLOCK
from seawall.model import Clock, reveal
from seawall.testing import FaultServer, Reply, Route, SeenCall, TokenServer

__all__ = ["AuthServer", "bearer", "refresh", "revoke", "source"]


async def refresh(tokens: Tokens, api: NestedCalls) -> Tokens:
    """Buy the next tokens, as RFC 6749 has it."""
    form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh}
    bought: Tokens = await api.post("/token", data=form, response_model=Tokens)
    return bought


async def revoke(tokens: Tokens, api: NestedCalls) -> None:
    """Tell the server that nobody needs these tokens any more (RFC 7009)."""
    await api.post("/revoke", data={"token": tokens.refresh})


def source() -> FunctionSource:
    """What most tests get their tokens from."""
    return FunctionSource(refresh, revoke)


class AuthServer:
    """Routes: GET and POST /agents need a token; POST /token refreshes; POST /revoke only listens.

    Args:
        clock: Where the tokens' time comes from.
        options: See `TokenServer`.
    """

    def __init__(self, *, clock: Clock = SYSTEM_CLOCK, **options: Any) -> None:
        self.tokens = TokenServer(clock=clock, **options)
        self.server = FaultServer()
        self.agents: Route
        self.token: Route
        self.revocations = self.server.route("POST", "/revoke", Reply(200, json={}))
        self.protect()
        self.refresh_by()

    @property
    def url(self) -> str:
        return self.server.url

    def protect(self, *steps: Any) -> None:
        """Script what calls of /agents meet; by default only the token counts."""
        self.agents = self.server.route("*", "/agents", *(steps or [self.tokens.protect()]))

    def refresh_by(self, *steps: Any) -> None:
        """Script what refreshes meet; by default they are granted if their token is good."""
        self.token = self.server.route("POST", "/token", *(steps or [self.tokens.token_endpoint()]))

    def login(self) -> Tokens:
        """Log somebody in, beside those who are."""
        issued = self.tokens.issue()
        return Tokens(access=issued.access_token, refresh=issued.refresh_token, expires_in=issued.expires_in)

    def sent(self) -> list[str | None]:
        """The tokens that came to /agents, call by call."""
        return [bearer(call) for call in self.agents.calls]

    def sent_by(self, number: int) -> list[str | None]:
        """The tokens that one of many calls came with."""
        return [bearer(call) for call in self.agents.calls if call.query == f"n={number}"]

    def revoked(self) -> list[str]:
        """The refresh tokens that the server was told to forget."""
        return [call.form["token"] for call in self.revocations.calls]

    def asked_with(self) -> list[str]:
        """The refresh tokens that refreshes came with."""
        return [call.form["refresh_token"] for call in self.token.calls]

    def newest(self) -> str:
        """The access token that was issued last."""
        return self.tokens.issued[-1].access_token.reveal()


def bearer(call: SeenCall) -> str | None:
    """The token that a call came with."""
    value = call.headers.get("authorization")
    return None if value is None else reveal(value).removeprefix("Bearer ")
