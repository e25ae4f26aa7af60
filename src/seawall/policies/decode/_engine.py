"""What decodes one type, and the msgspec one."""

from collections.abc import Callable
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol

import msgspec

from seawall.model import Secret, UsageError

from ._document import FAILURES, dump
from ._place import Place, Token, child, lacks
from ._search import holds
from ._slow_numbers import SHORT, has_slow_numbers, parse_slow_numbers

__all__ = ["Engine", "MsgspecEngine"]

_MISSING = "Object missing required field `"
_MAP = "[...]"  # msgspec does not say which key of a dict it was at
_MAX_SEARCHED = 1024 * 1024  # bytes of a document in which that key is searched for; in a bigger one the dict is named


class Engine(Protocol):
    """Decodes one type."""

    def decode(self, data: bytes, /) -> Any:
        """Decode a body."""
        ...

    @property
    def decode_short(self) -> Callable[[bytes], Any]:
        """The same for bodies of up to `SHORT` bytes, without a look at them."""
        ...

    def place(self, error: Exception, document: Any) -> Place:
        """Return where decoding stopped.

        Args:
            error: What `decode` raised.
            document: The same body, parsed.
        """
        ...

    def schema(self) -> dict[str, Any]:
        """Return the type as JSON Schema."""
        ...


class MsgspecEngine:
    """Decodes one type with msgspec.

    Args:
        kind: The type.

    Raises:
        UsageError: msgspec cannot decode it.
    """

    def __init__(self, kind: Any) -> None:
        try:
            self._schema = msgspec.json.schema(kind, schema_hook=_describe)
            decoder = msgspec.json.Decoder(kind, dec_hook=_build)
        except (TypeError, NotImplementedError, NameError, RecursionError) as error:
            reason = str(error).partition("\n")[0]
        else:
            self.decode_short: Callable[[bytes], Any] = decoder.decode
            self._kind = kind
            return
        raise UsageError(f"response_model: {kind!r} cannot be decoded: {reason}")

    def decode(self, data: bytes, /) -> Any:
        """See `Engine`. In a body full of slow numbers one out of range is a mistake even where no field is declared."""
        if len(data) <= SHORT or not has_slow_numbers(data) or self._is_literal:
            return self.decode_short(data)
        return msgspec.convert(parse_slow_numbers(data), self._kind, str_keys=True, dec_hook=_build)

    @cached_property
    def _is_literal(self) -> bool:
        """Whether the type holds some of the body's own text, which no parsed body has."""
        return holds(self._kind, lambda part: part in (Decimal, msgspec.Raw))

    def schema(self) -> dict[str, Any]:
        """See `Engine`."""
        return self._schema

    def place(self, error: Exception, document: Any) -> Place:
        """See `Engine`. The message is read for the place alone; it may quote the value."""
        message = str(error)
        tokens, where = list[Token](), _where(message)
        way = where.removeprefix("key:").removeprefix("$") + _MAP * where.startswith("key:")
        value = document
        while way:
            token, way = self._step(way, value, document, where)
            if token is None or lacks(value, token):
                return Place(tuple(tokens))
            tokens.append(token)
            value = child(value, token)
        missing = message[len(_MISSING) :].partition("`")[0] if message.startswith(_MISSING) else None
        is_enum = message.startswith("Invalid enum value")
        return Place(tuple(tokens), missing, is_enum, is_key=where.startswith("key:"))

    def _step(self, way: str, value: Any, document: Any, where: str) -> tuple[Token | None, str]:
        if way.startswith(_MAP):
            return (self._key(value, document, where) if isinstance(value, dict) else None), way[len(_MAP) :]
        if way.startswith("["):
            index, _, rest = way[1:].partition("]")
            return (int(index) if index.isdecimal() else None), rest
        names = [name for name in value if _begins(way, name)] if isinstance(value, dict) else []
        name = max(names, key=len, default=None)
        return name, way[1 + len(name or "") :]

    def _key(self, members: dict[str, Any], document: Any, where: str) -> str | None:
        """Find the member of a dict at which decoding stops: the last of the fewest with which it does."""
        if len(dump(document)) > _MAX_SEARCHED:
            return None
        items = list(members.items())
        few, enough = 0, len(items)
        try:
            while few < enough:
                middle = (few + enough) // 2
                members.clear()
                members.update(items[:middle])
                if self._stops(document, where):
                    enough = middle
                else:
                    few = middle + 1
        finally:
            members.clear()
            members.update(items)
        return items[few - 1][0] if 0 < few <= len(items) else None

    def _stops(self, document: Any, where: str) -> bool:
        try:
            self.decode(dump(document))
        except FAILURES as error:
            return _where(str(error)) == where
        return False


def _where(message: str) -> str:
    """Return the path at the end of msgspec's message, "key:" before it if it is about a key; "$" is the whole."""
    _, mark, place = message.rpartition(" - at `")
    if not mark or not place.endswith("`"):
        return "$"
    path = place[:-1].removeprefix("key` in `")
    return path if len(path) == len(place) - 1 else f"key:{path}"


def _begins(way: str, name: str) -> bool:
    return way.startswith(f".{name}") and way[1 + len(name) : 2 + len(name)] in ("", ".", "[")


def _build(kind: type, value: Any) -> Any:
    if kind is object:
        return value
    if isinstance(value, str):
        return Secret(value)
    raise ValueError("Expected `str`")


def _describe(kind: type) -> dict[str, Any]:
    if kind is object:
        return {"title": "anything"}  # msgspec takes an empty answer for none
    if kind is Secret:
        return {"type": "string"}
    raise NotImplementedError(f"{kind!r} is not supported; use a dataclass, a TypedDict, a msgspec Struct or a pydantic model")
