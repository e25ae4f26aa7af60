"""What is wrong with one field of what was sent."""

from typing import Any

import msgspec

from ._locale import current_locale
from ._messages import field_message

__all__ = ["FieldError"]


class FieldError(msgspec.Struct, frozen=True):
    """One rejected field.

    Attributes:
        pointer: JSON pointer (RFC 6901) into the request body, for example "/address/city"; "" is the whole body.
        code: Machine-readable reason in UPPER_SNAKE, or None.
        params: Facts for the message, for example {"max": 40}.
        detail: The server's words, for developers only.
    """

    pointer: str
    code: str | None = None
    params: dict[str, Any] = msgspec.field(default_factory=dict)
    detail: str = ""

    def user_message(self, locale: str | None = None) -> str:
        """Return a text that may be shown beside the field, never the server's own words.

        Args:
            locale: See `ApiProblem.user_message`.
        """
        return field_message(self.code, self.params, locale or current_locale())

    def __repr__(self) -> str:
        return f"FieldError({self.pointer!r}, {self.code!r})"
