"""One-time codes by e-mail.

Laws:
1. A code is good once, for ten minutes, and only until the next one is asked for.
2. Five wrong guesses within ten minutes close the door to an e-mail address until these are over, for right codes too and
   however many new ones are asked for: nobody can try a million.
3. Whoever asks learns nothing of whether somebody has that address.
"""

import hmac
import math
import secrets
import sqlite3
from collections.abc import Callable

from seawall_server import FieldError

from .._database import Database
from .._errors import CodeInvalid, TooManyGuesses
from ._hashing import Keyed

CODE_SECONDS = 600.0
WRONG_GUESSES = 5
WRONG_GUESSES_SECONDS = 600.0
_DIGITS = 6


class SignInCodes:
    """Sends codes and takes them.

    Args:
        database: where their hashes are kept.
        keyed: hashes them.
        now: time in seconds.
    """

    def __init__(self, database: Database, keyed: Keyed, now: Callable[[], float]) -> None:
        self._database = database
        self._keyed = keyed
        self._now = now
        self._outbox: dict[str, str] = {}

    def send(self, email: str) -> None:
        """Send a new code, if somebody has this address."""
        code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO codes (email, hash, expires_at) VALUES (?, ?, ?) "
                "ON CONFLICT (email) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at",
                (email, self._hash(email, code), self._now() + CODE_SECONDS),
            )
            if _user(connection, email) is not None:
                self._outbox[email] = code

    def mailed(self, email: str) -> str:
        """The last code that was sent to somebody: the demo's stand-in for their mailbox."""
        return self._outbox[email]

    def redeem(self, email: str, code: str) -> str:
        """Take a code, and return whose it was.

        Raises:
            CodeInvalid: it is not the one that was sent last, or too late.
            TooManyGuesses: there were too many wrong ones.
        """
        with self._database.writing() as connection:
            outcome = self._redeem(connection, email, code)
        if not isinstance(outcome, str):  # only here: raised inside, it would take the count of guesses back
            raise outcome
        return outcome

    def _redeem(self, connection: sqlite3.Connection, email: str, code: str) -> str | CodeInvalid | TooManyGuesses:
        now, row = self._now(), connection.execute("SELECT * FROM codes WHERE email = ?", (email,)).fetchone()
        wrong, since = (0, now) if row is None else (row["wrong"], row["wrong_since"])
        if now - since >= WRONG_GUESSES_SECONDS:
            wrong, since = 0, now
        if wrong >= WRONG_GUESSES:
            return _too_many(since + WRONG_GUESSES_SECONDS - now)
        user = _user(connection, email)
        if row is not None and user is not None and self._is_right(row, email, code, now):
            connection.execute("DELETE FROM codes WHERE email = ?", (email,))
            return user
        connection.execute(
            "INSERT INTO codes (email, wrong, wrong_since) VALUES (?, ?, ?) "
            "ON CONFLICT (email) DO UPDATE SET wrong = excluded.wrong, wrong_since = excluded.wrong_since",
            (email, wrong + 1, since if wrong else now),
        )
        return CodeInvalid().with_errors(FieldError("/otp", CodeInvalid.code, CodeInvalid.detail))

    def _is_right(self, row: sqlite3.Row, email: str, code: str, now: float) -> bool:
        return now < row["expires_at"] and hmac.compare_digest(row["hash"], self._hash(email, code))

    def _hash(self, email: str, code: str) -> str:
        return self._keyed.hash(f"{email}\n{code}")


def _user(connection: sqlite3.Connection, email: str) -> str | None:
    row = connection.execute("SELECT name FROM users WHERE email = ?", (email,)).fetchone()
    return None if row is None else str(row["name"])


def _too_many(seconds: float) -> TooManyGuesses:
    return TooManyGuesses(minutes=math.ceil(seconds / 60)).with_retry_after(seconds)
