"""Where the server honours idempotency keys."""

from collections.abc import Collection

import msgspec

from seawall.model import check_header

__all__ = ["Idempotency"]


class Idempotency(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of the idempotency policy.

    Attributes:
        header: The field that carries the key (IETF draft "The Idempotency-Key HTTP Header Field").
        routes: Calls that always get a key, as "POST /agents" or "POST /agents/{id}/tasks": method, and path below the base
            URL as it was given with `path_params`, because their server honours it. A call's own `idempotency_key=` needs no
            entry here.
    """

    header: str = "Idempotency-Key"
    routes: Collection[str] = frozenset()

    def __post_init__(self) -> None:
        check_header(self.header, "key")
