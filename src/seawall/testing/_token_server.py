"""Tokens for tests: issued, expired all at once, refreshed, rotated, revoked."""

import secrets
import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal

from seawall.chain.runtimes import SYSTEM_CLOCK
from seawall.model import Clock, Secret
from seawall.transport.routes import RouteCall

from ._choice import Choice
from ._oauth import NO_STORE, Refusal, bearer_token, challenge, check_client, refresh_form, token_error
from ._reply import ANSWER, Reply, Step

__all__ = ["IssuedTokens", "TokenServer"]


@dataclass(frozen=True)
class IssuedTokens:
    """What a token response holds.

    Args:
        access_token: The bearer token.
        refresh_token: What the next one is asked for with.
        expires_in: Seconds for which the access token is good.
        scope: What it allows, words with spaces between.
    """

    access_token: Secret
    refresh_token: Secret
    expires_in: float
    scope: str


@dataclass
class _Grant:
    """A login and all the tokens that come of it, one after the other."""

    scope: frozenset[str]
    refresh_token: str = ""
    access_token: str = ""
    allows: frozenset[str] = frozenset()
    ends: float = 0.0
    revoked: bool = False
    spent: set[str] = field(default_factory=set)


class TokenServer:
    """The part of a test server that knows tokens; it has no socket, and its steps stand in the scripts of routes.

    It serves a FaultServer and a MockTransport alike, is thread-safe, and keeps to RFC 6749, sections 5 and 6, and RFC 6750.

    Args:
        lifetime: Seconds for which an access token is good, by `clock`.
        scope: What tokens allow, words with spaces between.
        rotates: Whether each refresh replaces the refresh token; the old one is spent.
        on_reuse: What a spent refresh token gets: "revoke" ends the whole login, as thieves may have it (RFC 9700, section
            4.14.2); "refuse" is `invalid_grant` alone; "accept" issues tokens again, as servers with a grace period do.
        client: The id and the secret that refreshing clients must show; None takes anyone.
        realm: What the challenges call the protected space.
        clock: Where time comes from, for example a `FakeClock`; the real one by default.
    """

    def __init__(
        self,
        *,
        lifetime: float = 3600.0,
        scope: str = "",
        rotates: bool = True,
        on_reuse: Literal["revoke", "refuse", "accept"] = "revoke",
        client: tuple[str, str] | None = None,
        realm: str = "test",
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._lifetime = lifetime
        self._scope = frozenset(scope.split())
        self._rotates = rotates
        self._on_reuse = on_reuse
        self._client = client
        self._realm = realm
        self._clock = clock
        self._mutex = threading.RLock()  # guards all below
        self._grants: list[_Grant] = []
        self._issued: list[IssuedTokens] = []
        self._refreshes = self._rejected = self._reuses = self._revoked = 0

    def issue(self) -> IssuedTokens:
        """Log somebody in: a new access token and a new refresh token, beside those of other logins."""
        with self._mutex:
            grant = _Grant(self._scope)
            self._grants.append(grant)
            return self._renew(grant, self._scope)

    def expire_all(self) -> None:
        """Make every access token invalid at once: the storm. The refresh tokens stay good."""
        with self._mutex:
            for grant in self._grants:
                grant.access_token = ""

    def revoke_all(self) -> None:
        """End every login: neither its access token nor its refresh token is good any more."""
        with self._mutex:
            for grant in self._grants:
                self._revoke(grant)

    def protect(self, then: Step | Any = ANSWER, *, scope: str = "") -> Choice:
        """A step that lets calls with a good bearer token through, and answers all others with a challenge.

        Args:
            then: What calls with a good token get: any step.
            scope: What the token must allow, words with spaces between.
        """
        return Choice(lambda call: self._admit(call, then, frozenset(scope.split())))

    def token_endpoint(self) -> Choice:
        """A step that answers refresh requests; see `exchange`."""
        return Choice(self.exchange)

    def exchange(self, call: RouteCall) -> Reply:
        """Answer a refresh request: tokens as JSON, or an error of RFC 6749, section 5.2.

        `LostAnswer(tokens.exchange)` refreshes, and loses the answer.
        """
        try:
            form = refresh_form(call)
            if self._client is not None:
                check_client(call, form, self._client)
            with self._mutex:
                return self._answer(self._refresh(form["refresh_token"], form.get("scope", "").split()))
        except Refusal as refusal:
            return refusal.reply

    @property
    def issued(self) -> list[IssuedTokens]:
        """All tokens that were issued, the newest last."""
        with self._mutex:
            return list(self._issued)

    @property
    def refreshes(self) -> int:
        """How many refresh requests were granted."""
        with self._mutex:
            return self._refreshes

    @property
    def rejected(self) -> int:
        """How many calls were turned away with a 401."""
        with self._mutex:
            return self._rejected

    @property
    def reuses(self) -> int:
        """How many refresh requests came with a spent token."""
        with self._mutex:
            return self._reuses

    @property
    def revoked(self) -> int:
        """How many logins were ended, by `revoke_all` or because a spent refresh token came again."""
        with self._mutex:
            return self._revoked

    def _admit(self, call: RouteCall, then: Any, scope: frozenset[str]) -> Any:
        try:
            allowed = self._allowance(bearer_token(call, self._realm))
            if scope - allowed:
                needed = " ".join(sorted(scope))
                raise challenge(403, self._realm, "insufficient_scope", "The token does not allow this.", needed)
        except Refusal as refusal:
            with self._mutex:
                self._rejected += refusal.reply.status == 401
            return refusal.reply
        return then

    def _allowance(self, token: str) -> frozenset[str]:
        with self._mutex:
            for grant in self._grants:
                if secrets.compare_digest(grant.access_token, token) and self._clock.monotonic() < grant.ends:
                    return grant.allows
        raise challenge(401, self._realm, "invalid_token", "The access token expired, was replaced, or never was.")

    def _refresh(self, token: str, scope: Collection[str]) -> IssuedTokens:
        grant = next((grant for grant in self._grants if token == grant.refresh_token or token in grant.spent), None)
        if grant is not None and token in grant.spent:
            self._reuses += 1
            if self._on_reuse == "revoke":
                self._revoke(grant)
        if grant is None or grant.revoked or (token in grant.spent and self._on_reuse != "accept"):
            raise token_error("invalid_grant", "The refresh token is unknown, spent or revoked.")
        if set(scope) - grant.scope:
            raise token_error("invalid_scope", "More is asked for than was granted.")
        self._refreshes += 1
        return self._renew(grant, frozenset(scope) or grant.scope)

    def _renew(self, grant: _Grant, scope: frozenset[str]) -> IssuedTokens:
        number = len(self._issued) + 1
        grant.access_token, grant.allows = f"access-{number}-{secrets.token_hex(8)}", scope
        grant.ends = self._clock.monotonic() + self._lifetime
        if self._rotates or not grant.refresh_token:
            grant.spent |= {grant.refresh_token} - {""}
            grant.refresh_token = f"refresh-{number}-{secrets.token_hex(8)}"
        tokens = IssuedTokens(Secret(grant.access_token), Secret(grant.refresh_token), self._lifetime, " ".join(sorted(scope)))
        self._issued.append(tokens)
        return tokens

    def _answer(self, tokens: IssuedTokens) -> Reply:
        document: dict[str, Any] = {"access_token": tokens.access_token.reveal(), "token_type": "Bearer"}
        document["expires_in"] = int(tokens.expires_in)
        if self._rotates:
            document["refresh_token"] = tokens.refresh_token.reveal()
        if tokens.scope:
            document["scope"] = tokens.scope
        return Reply(json=document, headers=NO_STORE)

    def _revoke(self, grant: _Grant) -> None:
        if not grant.revoked:
            grant.revoked, grant.access_token = True, ""
            self._revoked += 1
