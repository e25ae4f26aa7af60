"""A body as it stands in a recording: the most readable form that loses nothing but the spaces of JSON."""

import json as json_module
import re
from base64 import b64decode, b64encode
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from seawall.model import charset_of

__all__ = ["MAX_DEPTH", "RecordedBody", "load_text"]

MAX_DEPTH = 64  # levels of JSON that are shown as JSON: json.dumps with an indent recurses, and the file adds levels of its own
UTF_8 = "utf_8"
LINE = 100  # characters of base64 on one line
_NOT_EXACT = (ValueError, ArithmeticError, RecursionError)

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]").search
_JSON_TYPE = re.compile(r"\s*[\w.+-]+/(?:[\w.+-]+\+)?json\s*(?:;|$)", re.IGNORECASE).match


class RecordedBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One of three forms, or none for a body of which nothing was read.

    Attributes:
        json: The value of a JSON body.
        text: A body of text: one line, or a list of lines with their ends.
        base64: Any other body, in one piece or several.
        cut: Whether the body went on: its reader stopped, or the connection broke.
    """

    json: Any = UNSET
    text: str | list[str] | UnsetType = UNSET
    base64: str | list[str] | UnsetType = UNSET
    cut: bool = False

    @classmethod
    def of(cls, data: bytes, content_type: str, *, cut: bool = False) -> "RecordedBody":
        """Choose the form for some bytes."""
        text = load_text(data, content_type)
        if text is None:
            return cls.of_bytes(data, cut=cut)
        if charset_of(content_type) == UTF_8 and (_JSON_TYPE(content_type) or text.lstrip()[:1] in ("{", "[")):
            try:
                return cls(json=_load_json(text), cut=cut)
            except _NOT_EXACT:
                pass
        return cls.of_text(text, cut=cut)

    @classmethod
    def of_text(cls, text: str, *, cut: bool = False) -> "RecordedBody":
        """Keep text line by line, so that a diff shows the line that changed."""
        lines = text.splitlines(keepends=True)
        return cls(text=lines if len(lines) > 1 else text, cut=cut) if text else cls(cut=cut)

    @classmethod
    def of_bytes(cls, data: bytes, *, cut: bool = False) -> "RecordedBody":
        """Keep bytes that are no text."""
        packed = b64encode(data).decode("ascii")
        lines = [packed[start : start + LINE] for start in range(0, len(packed), LINE)]
        return cls(base64=lines if len(lines) > 1 else packed, cut=cut)

    @classmethod
    def of_json(cls, value: Any, content_type: str, *, cut: bool = False) -> "RecordedBody":
        """Keep a value that is not what was received any more; as text of JSON where it cannot be kept as JSON."""
        text = json_module.dumps(value)
        try:
            exact = _load_json(text) if charset_of(content_type) == UTF_8 else UNSET
        except _NOT_EXACT:
            exact = UNSET
        return cls.of_text(text, cut=cut) if exact is UNSET else cls(json=exact, cut=cut)

    @property
    def forms(self) -> list[str]:
        """The names of the forms that are there; there should be one at most."""
        return [name for name in ("json", "text", "base64") if getattr(self, name) is not UNSET]

    def content(self, content_type: str) -> bytes:
        """Return the bytes that a replay sends.

        Raises:
            ValueError: What stands here cannot be sent like this: text outside the charset, no base64, or no JSON.
        """
        if self.json is not UNSET:
            return json_module.dumps(self.json, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        if self.text is not UNSET:
            return _joined(self.text).encode(charset_of(content_type))
        return b64decode(_joined(self.base64), validate=True)


def _joined(lines: str | list[str] | UnsetType) -> str:
    return lines if isinstance(lines, str) else "" if isinstance(lines, UnsetType) else "".join(lines)


def load_text(data: bytes, content_type: str) -> str | None:
    """Return bytes as text where that is what they are, and where the text gives back the same bytes; else None."""
    charset = charset_of(content_type)
    try:
        text = data.decode(charset)
        exact = text.encode(charset) == data
    except (UnicodeError, LookupError):
        return None
    return text if exact and not _CONTROL(text) else None


def _load_json(text: str) -> Any:
    """Return the value of a JSON text whose every number, name and character survives being written again.

    Raises:
        ValueError, ArithmeticError, RecursionError: It is no JSON, or it is not kept exactly.
    """
    value = json_module.loads(
        text, parse_float=_number, parse_int=_whole_number, parse_constant=_refuse, object_pairs_hook=_members
    )
    _check_depth(value, MAX_DEPTH)
    json_module.dumps(value, ensure_ascii=False).encode()
    return value


def _number(text: str) -> float:
    number = float(text)
    if Decimal(repr(number)) != Decimal(text):
        raise ValueError("a number that has more digits than a float")
    return number


def _whole_number(text: str) -> int:
    number = int(text)
    if str(number) != text:
        raise ValueError("a negative zero")
    return number


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name comes twice")
    return members


def _check_depth(value: Any, left: int) -> None:
    if left < 0:
        raise ValueError("too deep")
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check_depth(member, left - 1)
