"""How far a request follows a server's advice to go elsewhere."""

import msgspec

from seawall.model import UsageError

__all__ = ["Redirects"]

DEFAULT_HOPS = 20  # what browsers and curl settled on


class Redirects(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of the redirect policy.

    Attributes:
        hops: Most redirects followed by one attempt.
    """

    hops: int = DEFAULT_HOPS

    def __post_init__(self) -> None:
        if type(self.hops) is not int or not 0 <= self.hops <= 100:
            raise UsageError(f"redirects.hops: 0 to 100, not {self.hops!r}")
