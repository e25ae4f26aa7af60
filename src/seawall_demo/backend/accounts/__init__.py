"""Who may come in: codes by e-mail, families of tokens, the bearer check, and a count of all that."""

from ._accounts import Accounts as Accounts
from ._codes import CODE_SECONDS as CODE_SECONDS
from ._codes import WRONG_GUESSES as WRONG_GUESSES
from ._codes import WRONG_GUESSES_SECONDS as WRONG_GUESSES_SECONDS
from ._families import ACCESS_SECONDS as ACCESS_SECONDS
from ._families import REFRESH_SECONDS as REFRESH_SECONDS
from ._families import IssuedTokens as IssuedTokens
from ._ledger import Entry as Entry
from ._routes import REFRESH_PATH as REFRESH_PATH
from ._routes import router as router

__all__ = [
    "ACCESS_SECONDS",
    "CODE_SECONDS",
    "REFRESH_PATH",
    "REFRESH_SECONDS",
    "WRONG_GUESSES",
    "WRONG_GUESSES_SECONDS",
    "Accounts",
    "Entry",
    "IssuedTokens",
    "router",
]
