"""The routes of a server or a transport: adding, finding, and the nearest one for a call that met none."""

import threading
from typing import Generic, TypeVar

from seawall.model import Origin

from ._call import RouteCall
from ._fields import Fields
from ._pattern import RoutePattern

__all__ = ["Router"]

R = TypeVar("R")
MAX_LISTED = 10
"""Routes named in a message."""

MAX_COMPARED = 200
"""Characters of a path that are compared with the routes' paths."""

NEAR = 0.6
"""The likeness, from 0 to 1, from which a route may be the one that was meant."""


class Router(Generic[R]):
    """A table of routes; safe to use from any thread while routes are added."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._entries: tuple[tuple[RoutePattern, R], ...] = ()  # replaced as a whole: readers take no lock

    @property
    def routes(self) -> list[R]:
        """All routes, the most specific first."""
        return [route for _, route in self._entries]

    def add(self, pattern: RoutePattern, route: R) -> None:
        """Add a route; it takes the place of one for the same calls."""
        with self._mutex:
            others = [entry for entry in self._entries if entry[0].key != pattern.key]
            self._entries = tuple(sorted([*others, (pattern, route)], key=lambda entry: entry[0].order))

    def find(self, call: RouteCall, origin: Origin | None = None) -> tuple[R, dict[str, str]] | None:
        """The most specific route that takes a call and the values of its places, or None."""
        entries = self._entries
        query = call.query_params if entries else Fields()
        for pattern, route in entries:
            values = pattern.match(call.method, origin, call.path, query)
            if values is not None:
                return route, values
        return None

    def hint(self, call: RouteCall) -> str:
        """Words for a call that no route took: the nearest route, if one is near."""
        from difflib import SequenceMatcher  # only failing tests need it

        path = call.path[:MAX_COMPARED]
        near = [(SequenceMatcher(None, path, _filled(pattern.path, path)).ratio(), pattern) for pattern, _ in self._entries]
        likeness, nearest = max(near, key=lambda pair: (pair[0], pair[1].method == call.method), default=(0.0, None))
        return f"; the nearest is {nearest}" if likeness >= NEAR else ""

    def listed(self) -> str:
        """All routes in words, or as many as people read."""
        names = [str(pattern) for pattern, _ in self._entries[:MAX_LISTED]]
        more = len(self._entries) - len(names)
        return ", ".join([*names, *([f"and {more} more"] if more else [])]) or "none"


def _filled(template: str, path: str) -> str:
    """A template with a path's own segments in its places."""
    segments = path.split("/")
    ours = template.split("/")
    return "/".join(segments[at] if "{" in one and at < len(segments) else one for at, one in enumerate(ours))
