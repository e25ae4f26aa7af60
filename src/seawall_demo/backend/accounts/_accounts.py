"""The accounts of one console."""

import time
from collections.abc import Callable

from seawall_server import ProblemError

from .._database import Database
from .._errors import TokenMissing
from ._codes import SignInCodes
from ._families import REALM, IssuedTokens, TokenFamilies
from ._hashing import Keyed
from ._ledger import Entry, Ledger

_SCHEME = "bearer "


class Accounts:
    """Log-in by code, tokens, and who a request comes from.

    Args:
        database: the console's.
        grace: seconds for which a used refresh token gets the same answer again; 0 for none.
        now: time in seconds; what it counts from does not matter.
    """

    def __init__(self, database: Database, grace: float, now: Callable[[], float] = time.monotonic) -> None:
        keyed = Keyed()
        self.ledger = Ledger()
        self.codes = SignInCodes(database, keyed, now)
        self.families = TokenFamilies(database, keyed, self.ledger, grace, now)

    def log_in(self, email: str, code: str) -> tuple[str, IssuedTokens]:
        """Take a code; return who it is, and their tokens.

        Raises:
            CodeInvalid, TooManyGuesses: see `SignInCodes.redeem`.
        """
        user = self.codes.redeem(email, code)
        return user, self.families.begin(user)

    def caller(self, authorization: str | None) -> str:
        """Who a request comes from.

        Args:
            authorization: its header field of that name.

        Raises:
            TokenMissing, TokenUnknown, TokenRevoked, TokenExpired: as their names say.
        """
        try:
            return self._caller(authorization or "")
        except ProblemError:
            self.ledger.add(Entry.UNAUTHORIZED)
            raise

    def _caller(self, authorization: str) -> str:
        if not authorization.lower().startswith(_SCHEME):
            raise TokenMissing().with_challenge("Bearer", realm=REALM)
        return self.families.user_of(authorization[len(_SCHEME) :].strip())
