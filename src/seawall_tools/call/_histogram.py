"""How latencies are spread: percentiles, and a histogram whose bars are as wide as they are late."""

import math
from collections.abc import Sequence

import msgspec

__all__ = ["Bar", "Latencies", "histogram", "latencies"]

MAX_BARS = 12


class Latencies(msgspec.Struct, frozen=True):
    """Percentiles of how long calls took, in seconds, by nearest rank: each is the latency of a real call."""

    min: float
    median: float
    p90: float
    p99: float
    max: float


class Bar(msgspec.Struct, frozen=True):
    """One bar of a histogram.

    Attributes:
        begin: Seconds; the shortest latency that it counts.
        end: Seconds; what is as long or longer belongs to the next bar, but for the last.
        calls: How many were as long.
    """

    begin: float
    end: float
    calls: int


def latencies(ordered: Sequence[float]) -> Latencies:
    """Return the percentiles of latencies in seconds, at least one, in ascending order."""
    return Latencies(ordered[0], _rank(ordered, 0.5), _rank(ordered, 0.9), _rank(ordered, 0.99), ordered[-1])


def _rank(ordered: Sequence[float], share: float) -> float:
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def histogram(ordered: Sequence[float]) -> list[Bar]:
    """Return the bars for latencies in seconds, at least one, in ascending order.

    Each bar's end is the same multiple of its beginning: latencies have long tails, and bars of one width would put nearly all
    calls into the first.
    """
    low, high = max(ordered[0], 1e-9), max(ordered[-1], 1e-9)
    if low == high:
        return [Bar(low, high, len(ordered))]
    count = min(MAX_BARS, math.ceil(math.sqrt(len(ordered))) + 1)
    step = math.log(high / low) / count
    calls = [0] * count
    for latency in ordered:
        calls[min(count - 1, int(math.log(max(latency, low) / low) / step))] += 1
    edges = [low * math.exp(step * place) for place in range(count)] + [high]
    return [Bar(edges[place], edges[place + 1], calls[place]) for place in range(count)]
