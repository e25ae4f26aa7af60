"""Which recorded request a live one is, and in what it differs from the nearest."""

import json
from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from seawall.model import REDACTED, UsageError

from ._recording_body import RecordedBody, load_text
from ._recording_content import split_url_text
from ._recording_file import Exchange, RecordedRequest, split_fields

__all__ = ["MATCH_ON", "check_match_on", "differences", "fits", "nearest"]

MATCH_ON = ("method", "origin", "path", "query", "body")
"""What must be the same by default."""

SHOWN = 120  # characters of a value in an error
COMPARED = 2000  # characters of a request that likeness is measured by, which takes quadratic time
RANKED = 50  # requests whose likeness is measured
_ABSENT = object()


def check_match_on(match_on: Collection[str]) -> tuple[str, ...]:
    """Check what a user asks to match on.

    Raises:
        UsageError: It names something else than the parts of `MATCH_ON` and `header:NAME`.
    """
    for part in match_on if not isinstance(match_on, str) else (match_on,):
        if isinstance(match_on, str) or (part not in MATCH_ON and not (part.startswith("header:") and part[7:])):
            raise UsageError(f"match_on: a collection of {', '.join(MATCH_ON)} and header:NAME, not {part!r}")
    return tuple(match_on)


def fits(recorded: RecordedRequest, live: RecordedRequest, match_on: Sequence[str]) -> bool:
    """Whether a live request is the recorded one in all these parts. What is redacted on either side fits everything."""
    return all(_same(_part(recorded, part), _part(live, part)) for part in match_on)


def nearest(exchanges: Sequence[Exchange], live: RecordedRequest, match_on: Sequence[str]) -> int | None:
    """Return the place of the recording that is most like a live request, or None where there are no recordings."""
    same = [sum(_same(_part(known.request, part), _part(live, part)) for part in match_on) for known in exchanges]
    best = [place for place, count in enumerate(same) if count == max(same)][:RANKED]
    text = _summary(live)

    def likeness(place: int) -> float:
        return SequenceMatcher(None, _summary(exchanges[place].request), text, autojunk=False).ratio()

    return max(best, key=likeness, default=None)


def differences(recorded: RecordedRequest, live: RecordedRequest, match_on: Sequence[str]) -> Iterator[str]:
    """Say in what a live request differs from a recorded one, part by part."""
    for part in match_on:
        one, other = _part(recorded, part), _part(live, part)
        if _same(one, other):
            continue
        if part == "body":
            yield from _body_differences(one, other)
        else:
            yield f"{part}: recorded {_shown(one)}, asked {_shown(other)}"


def _part(request: RecordedRequest, part: str) -> Any:
    if part == "method":
        return request.method
    if part == "body":
        return request.body
    if part.startswith("header:"):
        return [value for name, value in split_fields(request.headers) if name.lower() == part[7:].lower()]
    origin, target = split_url_text(request.url)
    path, _, query = target.partition("?")
    if part == "query":
        return sorted(query.split("&"), key=lambda pair: pair.partition("=")[0]) if query else []
    return origin.lower() if part == "origin" else path or "/"


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, RecordedBody) or isinstance(other, RecordedBody):
        return _same_body(one, other)
    if isinstance(one, str) and isinstance(other, str):
        return one == other or _alike(one, other) or _alike(other, one)
    if REDACTED in (one, other):
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and bool(one == other)


def _same_body(one: RecordedBody | None, other: RecordedBody | None) -> bool:
    if (one is not None and one.cut) or (other is not None and other.cut):
        return True  # what was read of it says too little
    if one is None or other is None:
        return one is other
    if one.forms == other.forms == ["json"]:
        return _same(one.json, other.json)
    return _same(_as_text(one), _as_text(other))


def _as_text(body: RecordedBody) -> str:
    content = body.content("")
    return load_text(content, "") or content.decode("latin-1")


def _alike(pattern: str, text: str) -> bool:
    """Whether a text is like one in which parts are redacted; in linear time, which a regular expression would not take."""
    first, *rest = pattern.split(REDACTED)
    if not rest or not text.startswith(first):
        return False
    last, at = rest.pop(), len(first)
    for piece in rest:
        at = text.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return len(text) - len(last) >= at and text.endswith(last)


def _summary(request: RecordedRequest) -> str:
    body = "" if request.body is None else _as_text(request.body)
    return f"{request.method} {request.url} {body}"[:COMPARED]


def _body_differences(one: RecordedBody | None, other: RecordedBody | None) -> Iterator[str]:
    if one is None or other is None or not one.forms == other.forms == ["json"]:
        left, right = ("" if body is None else _as_text(body) for body in (one, other))
        start = max(0, _first_difference(left, right) - SHOWN // 4)
        yield f"body{f' from character {start}' if start else ''}: recorded {_shown(left[start:])}, asked {_shown(right[start:])}"
        return
    for pointer, recorded, asked in _json_differences(one.json, other.json, ""):
        yield f"body at {pointer or 'its root'}: recorded {_shown(recorded)}, asked {_shown(asked)}"


def _json_differences(one: Any, other: Any, pointer: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield each place (RFC 6901) in which two values differ, with what stands there on both sides."""
    if _same(one, other):
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for name in [*one, *(name for name in other if name not in one)]:
            place = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
            yield from _json_differences(one.get(name, _ABSENT), other.get(name, _ABSENT), place)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _json_differences(left, right, f"{pointer}/{number}")
    else:
        yield pointer, one, other


def _first_difference(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (left, right) in pairs if left != right), min(len(one), len(other)))


def _shown(value: Any) -> str:
    if value is _ABSENT:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
