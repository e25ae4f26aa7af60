"""What the storms ask of each app."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from ._errand import Errand


class AuthSubject(Protocol):
    """An app that somebody logs in to. Entering it starts it: it takes up what lies in its store.

    Attributes:
        ends: why the session ended, once for each time that the app told its user so.
    """

    ends: list[str]

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    @property
    def signed_in(self) -> bool:
        """Whether the app believes that somebody is."""
        ...

    async def log_in(self, email: str, read_mail: Callable[[], str]) -> None:
        """Ask for a code, read it, and log in with it."""
        ...

    async def log_out(self) -> None:
        """End the session."""
        ...

    async def run(self, errand: Errand) -> None:
        """Make one call; raises whatever the app would have to handle."""
        ...

    def reason(self, error: BaseException) -> str:
        """What an error says of why the call failed."""
        ...


MakeAuthSubject = Callable[[str, Path | None], AuthSubject]
