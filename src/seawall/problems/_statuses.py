"""Problems that a server answered with, by status. `_problem.py` draws the whole tree."""

from typing import Any

from ._problem import ApiProblem

__all__ = [
    "AppUpgradeProblem",
    "BadRequestProblem",
    "ClientErrorProblem",
    "ConflictProblem",
    "ForbiddenProblem",
    "GraphQLProblem",
    "NotFoundProblem",
    "RateLimitedProblem",
    "ServerErrorProblem",
    "StatusProblem",
    "UnauthorizedProblem",
    "UnavailableProblem",
    "ValidationProblem",
    "status_class",
]


class StatusProblem(ApiProblem):
    """The server answered with an error status."""

    default_title = "The server answered with an error"


class ClientErrorProblem(StatusProblem):
    """4xx: the request cannot be fulfilled as it is."""


class BadRequestProblem(ClientErrorProblem):
    """400: the request was not understood."""


class UnauthorizedProblem(ClientErrorProblem):
    """401: no valid credential."""


class ForbiddenProblem(ClientErrorProblem, PermissionError):
    """403: not allowed with this credential."""


class NotFoundProblem(ClientErrorProblem, LookupError):
    """404 or 410: there is no such thing, or no longer."""


class ConflictProblem(ClientErrorProblem):
    """409 or 412: the state of the thing forbids it."""


class ValidationProblem(ClientErrorProblem, ValueError):
    """422: some of the content is not valid; see `field_errors`."""


class RateLimitedProblem(ClientErrorProblem):
    """429: too many requests; see `retry_after`."""


class AppUpgradeProblem(ClientErrorProblem):
    """This version of the app is too old for the server: code APP_UPGRADE_REQUIRED, or a 426 that names no protocol."""

    default_title = "The app is too old"

    @property
    def minimum(self) -> str | None:
        """The oldest version that the server still takes, where it says so."""
        for name in ("minimum", "minimum_version", "min_version"):
            for holder in (self.params, self.extensions):
                version = holder.get(name)
                if isinstance(version, str | int | float) and not isinstance(version, bool):
                    return str(version)
        return None


class ServerErrorProblem(StatusProblem):
    """5xx: the server failed."""


class UnavailableProblem(ServerErrorProblem):
    """502, 503 or 504: the server or one behind it is down for now."""


class GraphQLProblem(StatusProblem):
    """A GraphQL answer of a good status with errors in it; only for calls with `graphql=True`.

    Attributes:
        data: What the answer holds all the same, or None.
    """

    default_title = "GraphQL errors"
    status_speaks = False
    data: Any = None


_CLASSES: dict[int, type[StatusProblem]] = {
    400: BadRequestProblem,
    401: UnauthorizedProblem,
    403: ForbiddenProblem,
    404: NotFoundProblem,
    409: ConflictProblem,
    410: NotFoundProblem,
    412: ConflictProblem,
    422: ValidationProblem,
    429: RateLimitedProblem,
    502: UnavailableProblem,
    503: UnavailableProblem,
    504: UnavailableProblem,
}


def status_class(status: int) -> type[StatusProblem]:
    """Return the class that stands for a status of 400 or above."""
    return _CLASSES.get(status) or (ClientErrorProblem if status < 500 else ServerErrorProblem)
