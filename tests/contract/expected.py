"""What must come out at the far end of a contract, by rules that share nothing with the code that is tested."""

import math
import unicodedata
from datetime import datetime
from typing import Any

from icu4py.messageformat import MessageFormat

from seawall.l10n import Catalogue
from tests.contract.contracts import COUNT, WORD, Code, Pieces, Question, Shown

__all__ = ["detail", "message", "value"]

MAX_WIRE = 4096  # characters of a text that a server sends
MAX_SHOWN = 500  # characters of a text that is shown to people
BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
MARKS = "\u061c\u200e\u200f\ufeff"


def value(given: Any, kind: str) -> Any:
    """A param as the client's property gives it."""
    if kind == "string" and given is not None:
        return _wired(given[:MAX_WIRE])
    return None if kind == "number" and given is not None and not math.isfinite(given) else given  # which JSON cannot hold


def detail(code: Code) -> str:
    """The words for developers: each placeholder that has a value is replaced by it."""
    parts = [piece if isinstance(piece, str) else _written(piece.name, code) for piece in code.detail]
    return _wired("".join(parts)[:MAX_WIRE])


def _written(name: str, code: Code) -> str:
    if name not in code.values:
        return f"{{{name}}}"
    given = code.values[name]
    return given[:MAX_WIRE] if isinstance(given, str) else str(given)


def message(code: Code, locale: str) -> str:
    """The words for people: those of the language, else the English ones of the code, else those of the status."""
    for pieces in () if code.internal else (code.words.get(locale, code.detail), code.detail):
        if (text := _said(pieces, code, locale if pieces is not code.detail else "en")) is not None:
            return text
    keys = (f"seawallStatus{code.status}", f"seawallStatus{code.status // 100 * 100}", "seawallGeneric")
    text = Catalogue.built_in().message(code.name if code.internal else None, keys, {}, locale)
    assert text is not None
    return text


def _said(pieces: Pieces, code: Code, locale: str) -> str | None:
    texts = [piece if isinstance(piece, str) else _of_param(piece, code, locale) for piece in pieces]
    return None if None in texts else "".join(text for text in texts if text is not None)


def _of_param(piece: Shown | Question, code: Code, locale: str) -> str | None:
    kind = code.types[piece.name]
    given = value(code.values.get(piece.name), kind)
    if given is None:
        return None
    if isinstance(piece, Question):
        fits = len(given) <= MAX_SHOWN if kind == "string" else -(2**63) <= given < 2**63
        return ("yes" if given in (COUNT, WORD) else "no") if fits else None
    if kind == "string":
        return f"\u2068{_still(given)}\u2069" if len(given) <= MAX_SHOWN else None
    if kind == "date-time":
        return _day(given, locale)
    return str(int(given) if given == int(given) else given) if -(2**63) <= given < 2**63 else None


def _wired(text: str) -> str:
    """Text without halves of characters, which UTF-8 has no bytes for."""
    return "".join("?" if "\ud800" <= character <= "\udfff" else character for character in text)


def _still(text: str) -> str:
    """Text without what moves the cursor or turns the text around it."""
    return "".join(" " if _moves(character) else character for character in text)


def _moves(character: str) -> bool:
    steers = unicodedata.category(character) in ("Cc", "Zl", "Zp") or unicodedata.bidirectional(character) in BIDI
    return steers or character in MARKS


def _day(moment: datetime, locale: str) -> str | None:
    """The day as the template's format writes it; of a moment without an offset nobody knows which day it is."""
    if moment.tzinfo is None:
        return None
    try:
        return MessageFormat("{t, date, ::yMMMd}", locale.replace("-", "_")).format({"t": moment})
    except (ArithmeticError, OSError, RuntimeError, ValueError):  # before all calendars
        return None
