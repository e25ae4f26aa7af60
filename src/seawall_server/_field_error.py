"""What is wrong with one field of a request, and how its place is written."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from ._params import Param, checked

__all__ = ["FieldError", "Location", "pointer_of"]

MAX_POINTER = 1000  # characters
Location = Literal["body", "query", "path", "header", "cookie"]
_IN_A_FRAGMENT = "/~!$&'()*+,;=:@?"  # RFC 3986, section 3.5


class FieldError(msgspec.Struct, frozen=True):
    """One refused field.

    Attributes:
        where: JSON pointer (RFC 6901) into the body, "" for the whole; outside the body the name of the parameter.
        code: Machine-readable reason in UPPER_SNAKE.
        detail: Fixed words for developers; they must not quote what was sent.
        params: Facts for a message, for example {"max_length": 40}.
        location: The part of the request, in OpenAPI's words.

    Raises:
        TypeError: A param is no text, 64-bit number or date.
    """

    where: str
    code: str
    detail: str = ""
    params: Mapping[str, Param] = msgspec.field(default_factory=dict)
    location: Location = "body"

    def __post_init__(self) -> None:
        checked(self.params)

    def to_dict(self) -> dict[str, Any]:
        """Return the member of `errors`: a body's pointer is a URI fragment, as in RFC 9457, section 3; others have a name."""
        if self.location == "body":
            members: dict[str, Any] = {"pointer": "#" + quote(self.where, _IN_A_FRAGMENT, errors="replace")}
        else:
            members = {"name": self.where[:MAX_POINTER], "in": self.location}
        members["code"] = self.code
        if self.detail:
            members["detail"] = self.detail
        if self.params:
            members["params"] = checked(self.params)
        return members


def pointer_of(steps: Sequence[str | int]) -> str:
    """Return the JSON pointer of a way into the body; where it is too long, that of the nearest thing around it."""
    pointer = ""
    for step in steps:
        longer = f"{pointer}/{str(step).replace('~', '~0').replace('/', '~1')}"
        if len(longer) > MAX_POINTER:
            break
        pointer = longer
    return pointer
