"""What a failing assertion says: bounded, redacted, the nearest call taken apart."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from ._call import RouteCall
from ._expected import differences

__all__ = ["count", "report"]

MAX_CALLS = 10
"""Calls listed in a message."""

MAX_COMPARED = 100
"""Calls that are searched for the nearest one, the last ones."""

MAX_DIFFERENCES = 10
"""Differences told of the nearest call."""

MAX_LINE = 400
"""Characters of one line."""

MANY = 1000


def report(
    title: str,
    calls: Sequence[RouteCall],
    expected: Mapping[str, Any],
    strays: Sequence[RouteCall] = (),
    compared: int = MAX_COMPARED,
) -> str:
    """The whole message.

    Args:
        title: What is wrong, in one line.
        calls: What the route saw.
        expected: What was looked for; the nearest call is taken apart by it.
        strays: Calls that no route took: where a route saw none, they may tell why.
        compared: How many of the last calls are searched for the nearest one.
    """
    lines = [title, *_listed(calls)]
    if not calls and strays:
        lines += ["calls that no route took:", *_listed(strays)]
    if calls and expected:
        lines += _nearest(calls, expected, compared)
    return "\n".join(line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]}..." for line in lines)


def count(number: int) -> str:
    """So many calls, in words."""
    return "one call" if number == 1 else f"{number or 'no'} calls"


def _listed(calls: Sequence[RouteCall]) -> list[str]:
    """One line for each of the last calls; the number is the place in the list."""
    skipped = max(0, len(calls) - MAX_CALLS)
    lines = [f"  {number}. {call.line()}" for number, call in enumerate(calls[skipped:], skipped + 1)]
    return [f"  ... {count(skipped)} before", *lines] if skipped else lines


def _nearest(calls: Sequence[RouteCall], expected: Mapping[str, Any], compared: int) -> list[str]:
    first = max(0, len(calls) - compared)
    found = {number: list(islice(differences(call, expected), MANY)) for number, call in enumerate(calls[first:], first + 1)}
    number = min(reversed(found), key=lambda number: len(found[number]))
    told = found[number]
    if not told:
        return []
    lines = [f"call {number} comes nearest:" if len(found) > 1 else f"call {number} differs:"]
    lines += [f"  {difference}" for difference in told[:MAX_DIFFERENCES]]
    return lines + ([f"  ... and {len(told) - MAX_DIFFERENCES} more"] if len(told) > MAX_DIFFERENCES else [])
