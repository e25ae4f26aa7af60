"""Signs: the members by which a dialect can be passed over without being asked.

They save time and decide nothing: a dialect may not match a body without one of its signs, and a test holds them all to it.
"""

from typing import Protocol

from ._dialect import Dialect

__all__ = ["NO_MEMBERS", "BuiltIn"]

NO_MEMBERS = ""  # the sign that a body is a list, an empty object, or can be read as neither


class BuiltIn(Dialect, Protocol):
    """A dialect that names members, one of which each body in its form has; none where a header or any name may tell it."""

    @property
    def signs(self) -> frozenset[str]:
        """The names of those members, and `NO_MEMBERS` where a body may be no object."""
        ...
