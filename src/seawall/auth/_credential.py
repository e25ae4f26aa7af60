"""What a client proves itself with."""

from collections.abc import Collection
from typing import Any, Protocol

from seawall.model import Request, Response, UsageError

__all__ = ["Credential", "as_credential"]


class Credential(Protocol):
    """Puts itself on requests, and knows what to do when it is refused."""

    @property
    def scheme(self) -> str:
        """What a server's challenge calls it, in lower case; "" where no challenge speaks of it."""
        ...

    @property
    def origins(self) -> Collection[str]:
        """URLs of the origins it is for; empty for that of the client's base URL."""
        ...

    @property
    def allow_http(self) -> bool:
        """Whether it may go over plain HTTP to other machines."""
        ...

    async def attach(self, request: Request, /) -> tuple[Request, object]:
        """Return the request with the credential, and a mark that `renew` will want; None as mark for nothing attached.

        Raises:
            ApiProblem: There is none to attach.
        """
        ...

    async def renew(self, request: Request, mark: object, refusal: Response, /) -> Request | None:
        """Return the request with a better credential than the refused one, got for it if need be; None where there is none.

        Args:
            request: What `attach` was given.
            mark: What `attach` returned.
            refusal: The 401; its body is not read.

        Raises:
            ApiProblem: There is none, or not for now.
        """
        ...


def as_credential(given: Any) -> Credential:
    """Take what `auth=` may be.

    Raises:
        UsageError: It is no credential.
    """
    if callable(getattr(given, "attach", None)) and callable(getattr(given, "renew", None)):
        credential: Credential = given
        return credential
    raise UsageError(f"auth: give a session, seawall.auth.Basic, Bearer or ApiKey, or a credential, not {type(given).__name__}")
