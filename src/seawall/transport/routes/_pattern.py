"""Which calls a route takes, and which of two routes is the more specific one."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from seawall.model import Origin, UsageError, is_secret_name, split_url

from ._fields import Fields
from ._matchers import fits, shown

__all__ = ["RoutePattern"]

ANY = "*"
_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


class RoutePattern:
    """The calls of a route: a method, a path, and where it matters a part of the query.

    Args:
        method: The method, or "*" for all.
        path: The path as it comes over the wire; "*" for all; "/files/*" for all below; or a template such as "/agents/{id}",
            whose places each stand for one segment. An absolute URL takes the calls to that origin only.
        query: Parameters that a call must have, by name, decoded; it may have others.

    Raises:
        UsageError: No call has such a path.
    """

    def __init__(self, method: str, path: str, query: Mapping[str, Any] | None = None) -> None:
        self.method = method.upper()
        self.path = path
        self.query = dict(query or {})
        self._origin: Origin | None = None
        self._target = path
        if "://" in path:
            self._origin, self._target = split_url(path)
        if self._target != ANY and (not self._target.startswith("/") or "?" in self._target):
            raise UsageError(f"route: a path is '*' or starts with a slash, and has no query (see query=): {path!r}")
        self._regex = _template(self._target) if self._target != ANY else None

    def match(self, method: str, origin: Origin | None, path: str, query: Fields) -> dict[str, str] | None:
        """The values of the template's places if this route takes a call, or None."""
        if self.method not in (ANY, method) or self._origin not in (None, origin):
            return None
        if not all(fits(value, query.get_list(name)) for name, value in self.query.items()):
            return None
        if self._regex is None:
            return {} if self._target in (ANY, path) else None
        found = self._regex.fullmatch(path)
        return None if found is None else {name: unquote(value) for name, value in found.groupdict().items()}

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal for two patterns that take the same calls, whatever their places are called."""
        return (self.method, self._origin, _PLACE.sub("{}", self._target), repr(sorted(self.query.items())))

    @property
    def order(self) -> tuple[Any, ...]:
        """Smaller for the more specific one: a path before a template before all; then query, origin and method."""
        rank = 2 if self._target == ANY else 1 if self._regex else 0
        shape = [2 if segment == ANY else segment.count("{") for segment in self._target.split("/")]
        return (rank, shape, -len(self.query), self._origin is None, self.method == ANY)

    def __str__(self) -> str:
        pairs = [f"{name}={shown(value, secret=is_secret_name(name))}" for name, value in self.query.items()]
        return f"{self.method} {self.path}" + (f" with {', '.join(pairs)}" if pairs else "")


def _template(path: str) -> "re.Pattern[str] | None":
    """What a path with places, or with an asterisk at its end, matches; None for a plain one."""
    names, pieces = _PLACE.findall(path), _PLACE.split(path)[::2]
    if len(set(names)) < len(names) or any(bracket in piece for piece in pieces for bracket in "{}"):
        raise UsageError(f"route: the places of a template are written {{name}}, each name once: {path!r}")
    if not names and not path.endswith("/*"):
        return None
    text = re.escape(pieces[0])
    for name, piece in zip(names, pieces[1:], strict=True):
        text += f"(?P<{name}>[^/]+){re.escape(piece)}"
    return re.compile(text.removesuffix(re.escape(ANY)) + ".*" if path.endswith("/*") else text, re.DOTALL)
