"""Families of tokens: all that come of one log-in, by one refresh after the other (RFC 9700, section 4.14.2).

Laws:
1. A refresh token buys once. What it buys, an access token and the next refresh token, belongs to its family.
2. If it comes again within the grace, its first answer may have been lost on the way: it gets the same once more.
3. If it comes again later, two have it, and one of them is a thief: the whole family ends, its access tokens too.
4. The tables hold hashes only.
"""

import enum
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from seawall_server import ProblemError

from .._database import Database
from .._errors import InvalidGrant, TokenExpired, TokenRevoked, TokenUnknown
from ._hashing import Keyed
from ._ledger import Entry, Ledger

ACCESS_SECONDS = 300
REFRESH_SECONDS = 30 * 86400
REALM = "agents console"
P = TypeVar("P", bound=ProblemError)


@dataclass(frozen=True)
class IssuedTokens:
    """What a log-in or a refresh brings.

    Args:
        access_token: goes with every call.
        refresh_token: buys the next tokens, once.
        expires_in: seconds that the access token is good for.
    """

    access_token: str
    refresh_token: str
    expires_in: int


class Verdict(enum.Enum):
    """What becomes of a refresh token that is presented, and what is counted for it."""

    FRESH = (Entry.REFRESH,)
    REPLAYED = (Entry.REPLAY,)
    REUSED = (Entry.REFUSAL, Entry.REVOCATION)
    REFUSED = (Entry.REFUSAL,)


def judge(token: sqlite3.Row | None, now: float, grace: float) -> Verdict:
    """Decide by what the table says of a refresh token.

    Args:
        token: its row with its family's `ended`, or None where there is none.
        now: time in seconds.
        grace: seconds after its use for which it gets the same answer again.
    """
    if token is None or token["ended"] is not None or token["expires_at"] <= now:
        return Verdict.REFUSED
    if token["used_at"] is None:
        return Verdict.FRESH
    return Verdict.REPLAYED if now - token["used_at"] < grace else Verdict.REUSED


class TokenFamilies:
    """Issues tokens, rotates them, and knows which are good.

    Args:
        database: where their hashes are kept.
        keyed: hashes and derives them.
        ledger: counts what becomes of refresh tokens.
        grace: seconds; 0 for none.
        now: time in seconds.
    """

    def __init__(self, database: Database, keyed: Keyed, ledger: Ledger, grace: float, now: Callable[[], float]) -> None:
        self._database = database
        self._keyed = keyed
        self._ledger = ledger
        self._grace = grace
        self._now = now

    def begin(self, user: str) -> IssuedTokens:
        """Begin a family."""
        with self._database.writing() as connection:
            family = connection.execute("INSERT INTO families (user) VALUES (?)", (user,)).lastrowid
            assert family is not None
            tokens = self._insert(connection, family, secrets.token_hex(32))
        self._ledger.add(Entry.SIGN_IN)
        return tokens

    def rotate(self, refresh: str) -> IssuedTokens:
        """Take a refresh token and give what it buys.

        Raises:
            InvalidGrant: it is unknown, too old, used, or of a family that has ended (RFC 6749, section 5.2).
        """
        with self._database.writing() as connection:
            token = _refresh_token(connection, self._keyed.hash(refresh))
            verdict = judge(token, self._now(), self._grace)
            tokens = None if token is None else self._execute(connection, verdict, token, refresh)
        for entry in verdict.value:
            self._ledger.add(entry)
        if tokens is None:  # only here: raised inside, it would take the family's end back
            raise InvalidGrant
        return tokens

    def _execute(self, connection: sqlite3.Connection, verdict: Verdict, token: sqlite3.Row, refresh: str) -> IssuedTokens | None:
        match verdict:
            case Verdict.FRESH:
                connection.execute("UPDATE refresh_tokens SET used_at = ? WHERE hash = ?", (self._now(), token["hash"]))
                return self._insert(connection, token["family"], refresh)
            case Verdict.REPLAYED:
                return self._again(connection, refresh)
            case Verdict.REUSED:
                connection.execute("UPDATE families SET ended = 'reused' WHERE id = ?", (token["family"],))
        return None

    def user_of(self, access: str) -> str:
        """Whose access token it is.

        Raises:
            TokenUnknown, TokenRevoked, TokenExpired: as their names say.
        """
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT user, ended, expires_at FROM access_tokens JOIN families ON families.id = family WHERE hash = ?",
                (self._keyed.hash(access),),
            ).fetchone()
        if row is not None and row["ended"] is None and self._now() < row["expires_at"]:
            return str(row["user"])
        if row is None:
            raise _challenging(TokenUnknown())
        if row["ended"] is not None:
            raise _challenging(TokenRevoked())
        raise _challenging(TokenExpired())

    def end(self, refresh: str) -> None:
        """End a refresh token's family, as its owner wishes; one that has ended stays as it is."""
        with self._database.writing() as connection:
            token = _refresh_token(connection, self._keyed.hash(refresh))
            if token is not None:
                query = "UPDATE families SET ended = 'signed out' WHERE id = ? AND ended IS NULL"
                connection.execute(query, (token["family"],))

    def expire_all(self) -> None:
        """End the time of all access tokens; the refresh tokens stay good."""
        with self._database.writing() as connection:
            connection.execute("UPDATE access_tokens SET expires_at = min(expires_at, ?)", (self._now(),))

    def revoke_all(self) -> None:
        """End all families, as an administrator does."""
        with self._database.writing() as connection:
            connection.execute("UPDATE families SET ended = 'revoked' WHERE ended IS NULL")

    def _insert(self, connection: sqlite3.Connection, family: int, parent: str) -> IssuedTokens:
        now = self._now()
        tokens = IssuedTokens(self._keyed.access_token(parent), self._keyed.refresh_token(parent), ACCESS_SECONDS)
        for table, token, ends in (
            ("access_tokens", tokens.access_token, now + ACCESS_SECONDS),
            ("refresh_tokens", tokens.refresh_token, now + REFRESH_SECONDS),
        ):
            query = f"INSERT INTO {table} (hash, family, expires_at) VALUES (?, ?, ?)"
            connection.execute(query, (self._keyed.hash(token), family, ends))
        return tokens

    def _again(self, connection: sqlite3.Connection, parent: str) -> IssuedTokens:
        access = self._keyed.access_token(parent)
        query = "SELECT expires_at FROM access_tokens WHERE hash = ?"
        ends: float = connection.execute(query, (self._keyed.hash(access),)).fetchone()["expires_at"]
        return IssuedTokens(access, self._keyed.refresh_token(parent), max(0, int(ends - self._now())))


def _challenging(problem: P) -> P:
    """The answer to a token that is not good has a challenge (RFC 6750, section 3)."""
    return problem.with_challenge("Bearer", realm=REALM, error="invalid_token", error_description=problem.detail)


def _refresh_token(connection: sqlite3.Connection, hashed: str) -> sqlite3.Row | None:
    query = "SELECT refresh_tokens.*, ended FROM refresh_tokens JOIN families ON families.id = family WHERE hash = ?"
    row: sqlite3.Row | None = connection.execute(query, (hashed,)).fetchone()
    return row
