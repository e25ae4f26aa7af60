"""One call as a scripted route saw it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from seawall.model import redact_url, reveal

from ._fields import Fields

__all__ = ["RouteCall"]


class RouteCall:
    """What a call shows of itself, whether it came over a socket or never left the process.

    Attributes:
        method: As sent.
        target: As sent: path, query and all.
        path: The target's path, still escaped.
        query: What follows the question mark, still escaped; empty without one.
        headers: The header fields: a mapping with names in any case, and `get_list`.
        path_params: The values that the places of the route's path template have, decoded.
        number: The serial number of the call on its route, from 1.
        secret_names: Query parameters that are secret although their names do not tell.
        has_secret_body: Whether the body is known to hold a secret.
    """

    method: str
    target: str
    path: str
    query: str
    headers: Any
    path_params: Mapping[str, str]
    number: int
    secret_names: frozenset[str] = frozenset()
    has_secret_body: bool = False

    @property
    def content(self) -> bytes:
        """The whole body."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """The body as UTF-8; wrong bytes are replaced."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """Decode the body as JSON.

        Raises:
            ValueError: It is none.
        """
        return msgspec.json.decode(self.content)

    @property
    def query_params(self) -> Fields:
        """The query, decoded."""
        return Fields.parse(self.query, self.secret_names)

    @property
    def form(self) -> Fields:
        """The body as an HTML form, decoded; without fields where it is of another media type."""
        media_type = self.header("content-type") or ""
        is_form = media_type.lower().partition(";")[0].strip() == "application/x-www-form-urlencoded"
        fields = Fields.parse(self.text) if is_form else Fields()
        return Fields(fields.pairs, secret=fields) if self.has_secret_body else fields

    def header(self, name: str) -> str | None:
        """The value of a header field as plain text, also of a `Secret`; None without it."""
        value = self.headers.get(name)
        return None if value is None else reveal(value)

    def line(self) -> str:
        """One line for people, redacted."""
        size = len(self.content)
        return f"{self.method} {redact_url(self.target, self.secret_names)}" + (f" ({size} bytes)" if size else "")
