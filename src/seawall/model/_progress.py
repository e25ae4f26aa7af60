"""How far an upload or a download has come."""

from collections.abc import Callable

import msgspec

__all__ = ["OnProgress", "Progress"]


class Progress(msgspec.Struct, frozen=True):
    """One report of a transfer.

    Attributes:
        done: Bytes transferred so far.
        total: Bytes in all, or None when the other side does not say.
    """

    done: int
    total: int | None

    @property
    def fraction(self) -> float | None:
        """Share done, 0 to 1, or None when the total is unknown."""
        return None if self.total is None else min(1.0, self.done / self.total) if self.total else 1.0


OnProgress = Callable[[Progress], object]
