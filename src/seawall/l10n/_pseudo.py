"""The pseudo-locale: English with accents, in brackets and longer, so that a screen shows what is not translated, what is cut off
and what is glued together of pieces."""

from ._pattern import Argument, Part, Parts

__all__ = ["PSEUDO_LOCALE", "pseudo"]

PSEUDO_LOCALE = "en_XA"
_ACCENTED = str.maketrans(
    "AaBCcDdEeGgHhIiJjKkLlNnOoRrSsTtUuWwYyZz",
    "ÅåßÇçÐðÉéĜĝĤĥÎîĴĵĶķĻļÑñÖöŔŕŠšŢţÛûŴŵÝýŽž",
)
_GROWTH = 0.4  # of the text; German and Russian are about so much longer than English


def pseudo(parts: Parts) -> Parts:
    """Return the same message as nobody speaks it; placeholders stay as they are."""
    return ("[", *map(_accented, parts), "~" * int(_length(parts) * _GROWTH), "]")


def _length(parts: Parts) -> int:
    """Characters of text, of plurals and selects those of the longest arm."""
    return sum(len(part) if isinstance(part, str) else _longest(part) for part in parts)


def _longest(part: Part) -> int:
    return max((_length(arm) for _, arm in part.arms), default=0) if isinstance(part, Argument) else 0


def _accented(part: Part) -> Part:
    if isinstance(part, str):
        return part.translate(_ACCENTED)
    if isinstance(part, Argument) and part.arms:
        arms = tuple((selector, tuple(map(_accented, arm))) for selector, arm in part.arms)
        return Argument(part.name, part.kind, part.style, part.offset, arms)
    return part
