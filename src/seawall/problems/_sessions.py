"""Problems of a session's tokens. `_problem.py` draws the whole tree."""

from ._kinds import CertificateProblem, NetworkProblem, TimeoutProblem
from ._locale import current_locale
from ._messages import message_for
from ._problem import ApiProblem
from ._statuses import StatusProblem, UnauthorizedProblem

__all__ = [
    "RefreshLoopProblem",
    "RefreshProblem",
    "SessionEndedProblem",
    "SignInDeniedProblem",
    "SignInExpiredProblem",
    "SignInProblem",
]


_PASSING_CODES = frozenset({"SERVER_ERROR", "TEMPORARILY_UNAVAILABLE"})  # RFC 6749, section 4.1.2.1; some come with 200 or 400


class RefreshProblem(ApiProblem):
    """The tokens could not be refreshed for now; the session goes on, and the next call may try again.

    `__cause__` is what the refresh failed with, the same for all calls that waited for it.
    """

    kind = "refresh"
    default_title = "Tokens not refreshed"
    status_speaks = False

    @property
    def retryable(self) -> bool:
        cause = self.__cause__
        if isinstance(cause, StatusProblem):
            return cause.retryable or cause.status >= 500 or cause.code in _PASSING_CODES
        return not isinstance(cause, CertificateProblem)

    @property
    def offline(self) -> bool:
        return isinstance(self.__cause__, ApiProblem) and self.__cause__.offline

    def user_message(self, locale: str | None = None) -> str:
        """See `ApiProblem.user_message`: the group of its cause speaks, and never the cause's own code or words."""
        kind, status, cause = self.kind, 0, self.__cause__
        if isinstance(cause, NetworkProblem | TimeoutProblem):
            kind = "offline" if cause.offline else "connect"
        elif isinstance(cause, StatusProblem) and cause.status >= 500:
            status = cause.status
        return message_for(self.code, status, kind, self.params, locale or current_locale())


class SessionEndedProblem(UnauthorizedProblem):
    """The session is over: somebody has to sign in again.

    Attributes:
        reason: "signed_out", "signed_out_elsewhere", "replaced" (somebody has signed in since the call began), "revoked",
            "refresh_answer_lost", "expired", "store_corrupt" or "never_signed_in".
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
