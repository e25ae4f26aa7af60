"""Decoded names and values, as queries and forms hold them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from urllib.parse import parse_qsl

from seawall.model import REDACTED, is_secret_name

__all__ = ["Fields"]


class Fields(Mapping[str, str]):
    """The decoded fields of a query or a form: read-only, order kept; a name may come many times.

    Args:
        pairs: Names and values, decoded.
        secret: Names whose values are secret although the names do not tell.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]] = (), secret: Collection[str] = ()) -> None:
        self.pairs = tuple(pairs)
        self.secret = frozenset(secret)

    @classmethod
    def parse(cls, text: str, secret: Collection[str] = ()) -> "Fields":
        """Decode `name=value&name=value`; names without a value have an empty one."""
        return cls(parse_qsl(text, keep_blank_values=True), secret)

    def __getitem__(self, name: str) -> str:
        """Return the first value of a name."""
        for known, value in self.pairs:
            if known == name:
                return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self.pairs))

    def __len__(self) -> int:
        return len(dict(self.pairs))

    def get_list(self, name: str) -> list[str]:
        """All values of one name, in the order in which they came."""
        return [value for known, value in self.pairs if known == name]

    def __repr__(self) -> str:
        return f"Fields({[(name, REDACTED if self.hides(name) else value) for name, value in self.pairs]!r})"

    def hides(self, name: str) -> bool:
        """Whether the values of a name must not be shown."""
        return name in self.secret or is_secret_name(name)
