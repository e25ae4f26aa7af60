"""The fields of a response as they came, taken apart when somebody looks: most calls look at none."""

from typing import Any

from ._headers import Headers

__all__ = ["ReceivedHeaders"]


class ReceivedHeaders(Headers[str]):
    """Fields that a parser has found to be well-formed. Whether one is there, a look at the text tells.

    Args:
        text: The lines of the head, a line break before each, decoded as ISO-8859-1 (RFC 9110, section 5.5).
    """

    __slots__ = ("_lower", "_text")

    def __init__(self, text: str) -> None:
        self._text, self._lower = text, f"{text.lower()}\r\n"
        self._index = None

    def __getattr__(self, name: str) -> Any:
        """Take the lines apart when the pairs are first asked for: until then their place is empty."""
        if name != "_pairs":
            raise AttributeError(name)
        lines = [line.partition(":") for line in self._text.split("\r\n")[1:]]
        self._pairs = tuple([(name, value.strip(" \t")) for name, _, value in lines])
        return self._pairs

    def is_exactly(self, name: str, value: str) -> bool:
        """Tell whether there is one field of this name, and this, in any case, is its value; both are given in lower case."""
        mark = f"\r\n{name}:"
        return f"{mark} {value}\r\n" in self._lower and self._lower.count(mark) == 1

    def __contains__(self, name: object) -> bool:
        if self._index is None:
            return isinstance(name, str) and f"\r\n{name.lower()}:" in self._lower
        return super().__contains__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """See `Headers.get`. One field that stands alone is cut out of the text."""
        mark = f"\r\n{name.lower()}:"
        at = self._lower.find(mark) if self._index is None else 0
        if at < 0:
            return default
        if self._index is not None or self._lower.count(mark) > 1:
            return super().get(name, default)
        at += len(mark)
        return self._text[at : self._lower.index("\r\n", at)].strip(" \t")
