"""The base of everything that a backend answers as an error on purpose."""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self, TypeVar

from ._field_error import FieldError
from ._http_date import http_date
from ._params import MAX_TEXT, Param, checked
from ._statuses import title_of

__all__ = ["ProblemError"]

P = TypeVar("P", bound="ProblemError")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+").fullmatch  # a token of RFC 9110, section 5.6.2
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*").fullmatch
_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


class ProblemError(Exception):
    """An error of the contract. A subclass gives `code`, `status` and `detail`; its keywords are the params.

    Raise it anywhere below a middleware of this package; what is added to the one occurrence goes through the methods that
    begin with `with_`. Its text is its code, so that a log line shows nothing of the request.

    Args:
        params: What a client needs to word its own message, by name; text is cut to 4,096 characters.

    Raises:
        TypeError: A param is no text, number or date, or an integer of more than 64 bits, which other languages have not.

    Attributes:
        code: Machine-readable, in UPPER_SNAKE.
        status: HTTP status.
        detail: Fixed words for developers; `{name}` stands for a param.
        type: Problem type, a URI (RFC 9457).
        title: Short summary of the type; by default the status's phrase.
    """

    code: str = "INTERNAL_ERROR"
    status: int = 500
    detail: str = ""
    type: str = "about:blank"
    title: str | None = None

    def __init__(self, /, **params: Param) -> None:
        super().__init__()
        self.params = checked(params)
        self.headers: list[tuple[str, str]] = []
        self.errors: tuple[FieldError, ...] = ()
        self.instance: str | None = None

    def with_header(self, name: str, value: str) -> Self:
        """Add a field to the response.

        Raises:
            ValueError: It is no header field: a line break in it would be a second response.
        """
        if not _NAME(name) or not _VALUE(value):
            raise ValueError(f"not a header field: {name!r}")
        self.headers.append((name, value))
        return self

    def with_retry_after(self, seconds: float | datetime) -> Self:
        """Ask the client to wait (RFC 9110, section 10.2.3).

        Args:
            seconds: How long, rounded up, because the field has whole seconds; or until when.

        Raises:
            ValueError: The seconds are negative or not finite, or the moment has no time zone.
        """
        if isinstance(seconds, datetime):
            return self.with_header("Retry-After", http_date(seconds))
        if not 0 <= seconds < math.inf:
            raise ValueError("seconds must be finite and not negative")
        return self.with_header("Retry-After", str(math.ceil(seconds)))

    def with_challenge(self, scheme: str, /, **params: str) -> Self:
        """Say which credential is wanted, by `WWW-Authenticate` (RFC 9110, section 11.6.1).

        Args:
            scheme: For example "Bearer".
            params: For example realm="agents", error="invalid_token", scope="agents:write".
        """
        pairs = [f'{name}="{_quoted(value)}"' for name, value in params.items()]
        return self.with_header("WWW-Authenticate", f"{scheme} {', '.join(pairs)}".rstrip())

    def with_errors(self, *errors: FieldError) -> Self:
        """Say which fields were refused."""
        self.errors += errors
        return self

    def with_instance(self, uri: str) -> Self:
        """Name this occurrence by a URI reference (RFC 9457, section 3.1.5)."""
        self.instance = uri
        return self

    def to_dict(self) -> dict[str, Any]:
        """Return the members of the problem document, all but the trace id; empty ones are left out."""
        members: dict[str, Any] = {} if self.type == "about:blank" else {"type": self.type}
        members |= {"title": self.title or title_of(self.status), "status": self.status}
        if detail := _worded(self.detail, self.params):
            members["detail"] = detail
        if self.instance is not None:
            members["instance"] = self.instance
        members["code"] = self.code
        if self.params:
            members["params"] = self.params
        if self.errors:
            members["errors"] = [error.to_dict() for error in self.errors]
        return members

    def __str__(self) -> str:
        return self.code

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (type(self), self.__dict__)


def _revive(kind: type[P], state: dict[str, Any]) -> P:
    """Make a problem from a pickle without its `__init__`: generated classes take keywords of their own."""
    problem = kind.__new__(kind)
    problem.__dict__.update(state)
    return problem


def _worded(detail: str, params: Mapping[str, Param]) -> str:
    if "{" in detail:
        detail = _PLACEHOLDER.sub(lambda found: str(params.get(found.group(1), found.group())), detail)
    return detail[:MAX_TEXT]


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
