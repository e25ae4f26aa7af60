"""A tally for people: counts, percentiles, bars."""

from collections.abc import Iterator, Mapping

from rich.text import Text

from .._terminal import console, write
from ._histogram import Bar
from ._tally import Tally

__all__ = ["show_tally"]

_WIDTH = 40  # characters of the longest bar


def show_tally(tally: Tally) -> None:
    """Write the report to standard output."""
    for line in tally_lines(tally):
        write(line)
    full = "█" if console().encoding.lower().startswith("utf") else "#"
    for bar, line in zip(tally.bars, bar_lines(tally.bars, full), strict=True):
        write(Text(line, style="cyan" if bar.calls else "dim"))


def tally_lines(tally: Tally) -> Iterator[str]:
    """Yield the counts and the percentiles, line by line."""
    figures = tally.figures()
    if tally.interrupted:
        yield f"Interrupted after {tally.calls} of {tally.asked} calls."
    each = f", {figures['calls_per_second']} a second" if figures["calls_per_second"] else ""
    yield f"{tally.calls} calls in {tally.seconds:.2f} s{each}; {tally.attempts} attempts, {figures['failed']} calls failed"
    yield from _counts("status", figures["statuses"])
    yield from _counts("problem", figures["problems"])
    spread = figures["latency_ms"]
    if spread is not None:
        yield "latency  " + "   ".join(f"{name} {value:.1f} ms" for name, value in spread.items())


def _counts(kind: str, counts: Mapping[str, int]) -> Iterator[str]:
    if counts:
        yield f"{kind:<8} " + "   ".join(f"{name}: {calls}" for name, calls in counts.items())


def bar_lines(bars: list[Bar], full: str) -> Iterator[str]:
    """Yield a line for each bar.

    Args:
        bars: The histogram.
        full: What a bar is drawn with.
    """
    most = max((bar.calls for bar in bars), default=1)
    for bar in bars:
        drawn = full * max(1 if bar.calls else 0, round(_WIDTH * bar.calls / most))
        yield f"{bar.begin * 1000:9.1f} - {bar.end * 1000:9.1f} ms  {drawn} {bar.calls}"
