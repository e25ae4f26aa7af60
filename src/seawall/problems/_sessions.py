"""Problems of a session's tokens. `_problem.py` draws the whole tree."""

from ._problem import ApiProblem
from ._statuses import UnauthorizedProblem

__all__ = [
    "RefreshLoopProblem",
    "RefreshProblem",
    "SessionEndedProblem",
    "SignInDeniedProblem",
    "SignInExpiredProblem",
    "SignInProblem",
]


class RefreshProblem(ApiProblem):
    """The tokens could not be refreshed for now; the session goes on, and the next call may try again.

    `__cause__` is what the refresh failed with, the same for all calls that waited for it.
    """

    kind = "connect"
    default_title = "Tokens not refreshed"
    status_speaks = False

    @property
    def retryable(self) -> bool:
        return True

    @property
    def offline(self) -> bool:
        return isinstance(self.__cause__, ApiProblem) and self.__cause__.offline


class SessionEndedProblem(UnauthorizedProblem):
    """The session is over: somebody has to sign in again.

    Attributes:
        reason: "signed_out", "signed_out_elsewhere", "revoked", "refresh_answer_lost", "expired", "store_corrupt" or
            "never_signed_in".
    """

    kind = "session"
    default_title = "Session ended"
    reason: str = "revoked"


class RefreshLoopProblem(UnauthorizedProblem):
    """The server refuses tokens that it has just handed out; refreshing was stopped for a while, the session kept."""

    kind = "session"
    default_title = "Fresh tokens refused"


class SignInProblem(ApiProblem):
    """Signing in by a browser or another device did not work; nobody is signed in."""

    kind = "sign-in"
    default_title = "Sign-in failed"
    status_speaks = False


class SignInDeniedProblem(SignInProblem, PermissionError):
    """The person, or the server in their place, said no."""

    default_title = "Sign-in denied"


class SignInExpiredProblem(SignInProblem, TimeoutError):
    """Nobody finished the sign-in while there was time."""

    default_title = "Sign-in took too long"

    @property
    def retryable(self) -> bool:
        return True
