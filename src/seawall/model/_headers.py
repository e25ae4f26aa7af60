"""HTTP header fields: many values per name, any case, order kept."""

import re
from collections.abc import Iterable, Iterator, KeysView, Mapping
from typing import Any, Generic

from typing_extensions import TypeVar

from ._errors import UsageError
from ._pairs import checked_pairs, pairs_of
from ._redaction import is_secret_header, redact_url
from ._secret import REDACTED, Secret

__all__ = ["HeaderInput", "HeaderValue", "Headers"]

HeaderValue = str | Secret
V = TypeVar("V", bound=HeaderValue, default=str)

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, 5.6.2
_TOKEN, _TOKEN_START = _NAME.fullmatch, _NAME.match
# RFC 9110, 5.5: a line break or a NUL lets a value start a new field or request; other controls mean nothing in a field.
_FORBIDDEN = re.compile(r"[^\t\x20-\x7e\x80-\xff]").search
_URL_FIELDS = frozenset({"content-location", "link", "location", "referer"})  # codes and tokens travel in them
_LINK_TARGET = re.compile(r"(?<=<)[^<>]+")  # RFC 8288, section 3


class Headers(Generic[V]):
    """An immutable multi-map of header fields with case-insensitive names (RFC 9110, section 5).

    A request's values are `str | Secret`, a response's are `str`. Changes return a new object. `repr` and pickles hide
    secrets, every field whose name marks a credential, and what `redact_url` hides in fields that hold URLs.

    Args:
        fields: A mapping, or pairs in order; a name may come many times.
    """

    __slots__ = ("_index", "_pairs")

    def __init__(self, fields: "Mapping[str, V] | Iterable[tuple[str, V]] | Headers[V]" = ()) -> None:
        if isinstance(fields, Headers):
            self._pairs: tuple[tuple[str, V], ...] = fields._pairs
        else:
            self._pairs = tuple(pairs_of(fields))
        self._index: dict[str, V | list[V]] | None = None

    def _lookup(self) -> dict[str, V | list[V]]:
        index = self._index
        if index is None:
            index = {}
            for name, value in self._pairs:
                lower = name.lower()
                known = index.get(lower)
                if known is None:
                    index[lower] = value
                elif isinstance(known, list):
                    known.append(value)
                else:
                    index[lower] = [known, value]
            self._index = index
        return index

    def __getitem__(self, name: str) -> V:
        found: Any = self._lookup()[name.lower()]
        value: V = _join(found) if isinstance(found, list) else found
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a field, several joined by a comma and a space, or `default`."""
        found = self._lookup().get(name.lower())
        if found is None:
            return default
        return _join(found) if isinstance(found, list) else found

    def get_list(self, name: str) -> list[V]:
        """Return every value of a field in the order received; an empty list without one."""
        found = self._lookup().get(name.lower())
        if found is None:
            return []
        return list(found) if isinstance(found, list) else [found]

    @property
    def names(self) -> KeysView[str]:
        """Every name once, in lower case: for who asks about several."""
        return self._lookup().keys()

    def items(self) -> tuple[tuple[str, V], ...]:
        """Return all fields as pairs, in order, with the names as they were written."""
        return self._pairs

    def keys(self) -> tuple[str, ...]:
        """Return each field name once, in lower case, in order of first appearance."""
        return tuple(self._lookup())

    def with_header(self, name: str, value: V) -> "Headers[V]":
        """Return a copy in which this field has exactly this value; it keeps the place of the old one."""
        check_header(name, value)
        lower = name.lower()
        if lower not in self._lookup():
            return self.with_default(name, value)
        pairs: list[tuple[str, V]] = []
        placed = False
        for pair in self._pairs:
            if pair[0].lower() != lower:
                pairs.append(pair)
            elif not placed:
                pairs.append((name, value))
                placed = True
        return Headers(pairs)

    def with_added(self, name: str, value: V) -> "Headers[V]":
        """Return a copy with one more value of this field at the end."""
        check_header(name, value)
        return Headers((*self._pairs, (name, value)))

    def with_default(self, name: str, value: V) -> "Headers[V]":
        """Return a copy with this field, known to be valid, or the same object when it has one of this name."""
        index = self._index if self._index is not None else self._lookup()
        lower = name.lower()
        if lower in index:
            return self
        # Not by `_made`: every call comes this way four times, and one more function call would show.
        made: Headers[V] = _blank(Headers)
        made._pairs = (*self._pairs, (name, value))
        made._index = {**index, lower: value}
        return made

    def with_defaults(self, fields: "Headers[V]") -> "Headers[V]":
        """Return a copy with those fields that are not there yet; the index is merged, because every call comes this way."""
        index, new = self._lookup(), fields._lookup()
        if not index:
            return fields
        if index.keys().isdisjoint(new):
            return _made(self._pairs + fields._pairs, {**index, **new})
        return Headers(self._pairs + tuple([pair for pair in fields._pairs if pair[0].lower() not in index]))

    def without(self, *names: str) -> "Headers[V]":
        """Return a copy that lacks these fields."""
        lowered = {name.lower() for name in names}
        return Headers([pair for pair in self._pairs if pair[0].lower() not in lowered])

    def without_secrets(self) -> "Headers[V]":
        """Return a copy without any field that is marked secret by its name or by its value."""
        return Headers([pair for pair in self._pairs if not _is_secret(*pair)])

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._lookup()

    def __iter__(self) -> Iterator[str]:
        return iter(self._lookup())

    def __len__(self) -> int:
        return len(self._lookup())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Headers):
            return self._folded() == other._folded()
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self._folded())

    def _folded(self) -> tuple[tuple[str, V], ...]:
        return tuple((name.lower(), value) for name, value in self._pairs)

    def redacted(self) -> list[tuple[str, str]]:
        """Return all fields as plain text pairs, every secret replaced: what a log line may show."""
        return [(name, REDACTED if _is_secret(name, value) else _shown(name, str(value))) for name, value in self._pairs]

    def __repr__(self) -> str:
        return f"Headers({self.redacted()!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Headers, (self.redacted(),))


_blank: Any = object.__new__
HeaderInput = Mapping[str, HeaderValue] | Iterable[tuple[str, HeaderValue]] | Headers[HeaderValue] | Headers[str]


def _made(pairs: tuple[tuple[str, V], ...], index: dict[str, V | list[V]]) -> Headers[V]:
    headers: Headers[V] = _blank(Headers)
    headers._pairs = pairs
    headers._index = index
    return headers


def _is_secret(name: str, value: HeaderValue) -> bool:
    return isinstance(value, Secret) or is_secret_header(name)


def _shown(name: str, value: str) -> str:
    if name.lower() not in _URL_FIELDS:
        return value
    if "<" in value:
        return _LINK_TARGET.sub(lambda target: redact_url(target.group().strip()), value)
    return redact_url(value.strip())


def _join(values: list[Any]) -> Any:
    if any(isinstance(value, Secret) for value in values):
        return Secret(", ".join(Secret(value).reveal() for value in values))
    return ", ".join(values)


def check_header(name: object, value: object) -> None:
    """Refuse a field that cannot be sent safely.

    Raises:
        UsageError: The name is no token, the value is no text, or it holds a control character such as a line break, or
            characters outside Latin-1.
    """
    if not isinstance(name, str):
        raise UsageError(f"headers: a name must be str, not {type(name).__name__}")
    if not _TOKEN(name):  # quoted up to the first wrong character: behind "Authorization: " stands the credential
        raise UsageError(f"headers: {name[: _token_length(name)]!r} is followed by what no header name may hold")
    if not isinstance(value, str | Secret):
        raise UsageError(f"headers: the value of {name!r} must be str or Secret, not {type(value).__name__}")
    if _is_forbidden(value):
        raise UsageError(f"headers: the value of {name!r} holds a line break, another control character or one outside Latin-1")


def _token_length(name: str) -> int:
    found = _TOKEN_START(name)
    return 0 if found is None else found.end()


def _is_forbidden(value: HeaderValue) -> bool:
    """Look into a value here, so that no frame of a traceback holds a secret as text."""
    return _FORBIDDEN(value.reveal() if isinstance(value, Secret) else value) is not None


def user_headers(fields: HeaderInput) -> Headers[HeaderValue]:
    """Check a user's header fields and wrap those that are credentials by name, so that they stay hidden from here on.

    Raises:
        UsageError: See `check_header`.
    """
    pairs: list[tuple[str, HeaderValue]] = []
    for name, value in fields.items() if isinstance(fields, Headers) else checked_pairs(fields, "headers"):
        check_header(name, value)
        pairs.append((name, Secret(value) if is_secret_header(name) else value))
    return Headers(pairs)
