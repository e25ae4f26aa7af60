"""A value that must not be seen: it stays wrapped until the moment it is serialised."""

import hmac
from collections.abc import Callable
from typing import Any, Self

from ._errors import UsageError

__all__ = ["REDACTED", "Secret"]

REDACTED = "[redacted]"


class Secret:
    """Text that never shows itself: not in `repr`, `str`, an f-string, a pickle or a traceback's locals.

    It is deliberately no `str`: joining, encoding or dumping a `str` subclass would leak it.

    Args:
        value: The text to protect; another `Secret` is unwrapped.

    Raises:
        UsageError: The value is no text, for example None where an environment variable is not set.
    """

    __slots__ = ("_value",)

    def __init__(self, value: "str | Secret") -> None:
        if not isinstance(value, str | Secret):
            raise UsageError(f"Secret: the value must be text, not {type(value).__name__}")
        self._value: str = value._value if isinstance(value, Secret) else value

    def reveal(self) -> str:
        """Return the protected text. Call it where the text is used, and keep the result in no variable."""
        return self._value

    def map(self, change: Callable[[str], str]) -> "Secret":
        """Return a new secret made from the protected text, for example `secret.map("Bearer {}".format)`."""
        return Secret(change(self._value))

    def __repr__(self) -> str:
        return f"Secret({REDACTED!r})"

    def __str__(self) -> str:
        return REDACTED

    def __format__(self, spec: str) -> str:
        return REDACTED

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode("utf-8", "surrogatepass"), other._value.encode("utf-8", "surrogatepass"))

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Secret, (REDACTED,))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self
