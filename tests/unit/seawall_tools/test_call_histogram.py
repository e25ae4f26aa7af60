"""How latencies are spread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall_tools.call._histogram import MAX_BARS, histogram, latencies
from seawall_tools.call._tally import Outcome, Tally
from seawall_tools.call._tally_view import bar_lines, tally_lines

SECONDS = st.lists(st.floats(0, 1e6), min_size=1, max_size=200).map(sorted)


def test_percentiles_are_latencies_of_real_calls() -> None:
    """By nearest rank, of 1 to 100 ms the median is 50, and 90 and 99 of a hundred calls were as quick as p90 and p99."""
    found = latencies([each / 1000 for each in range(1, 101)])
    assert (found.min, found.median, found.p90, found.p99, found.max) == (0.001, 0.05, 0.09, 0.099, 0.1)


@given(SECONDS)
def test_percentiles_rise(ordered: list[float]) -> None:
    """Whatever the latencies, each percentile is one of them, and none is below the one before it."""
    found = latencies(ordered)
    rising = [found.min, found.median, found.p90, found.p99, found.max]
    assert rising == sorted(rising)
    assert set(rising) <= set(ordered)


@given(SECONDS)
def test_every_call_is_in_one_bar(ordered: list[float]) -> None:
    """The bars hold each call once, join each other, and reach from the shortest latency to the longest."""
    bars = histogram(ordered)
    assert sum(bar.calls for bar in bars) == len(ordered)
    assert 1 <= len(bars) <= MAX_BARS
    assert [bar.end for bar in bars[:-1]] == [bar.begin for bar in bars[1:]]
    assert bars[0].begin == max(ordered[0], 1e-9)
    assert bars[-1].end == max(ordered[-1], 1e-9)


def test_a_long_tail_leaves_the_rest_apart() -> None:
    """One call that took a thousand times as long does not press all others into one bar."""
    bars = histogram(sorted([0.001 * 1.1**each for each in range(40)] + [10.0]))
    assert sum(bar.calls > 0 for bar in bars) >= 4


def test_bars_are_drawn_to_scale() -> None:
    """The longest bar is 40 wide, an empty one has no width, and one call is still seen."""
    bars = histogram([0.001] * 1000 + [0.1] * 500 + [10.0])
    widths = {int(line.split()[-1]): line.count("#") for line in bar_lines(bars, "#")}
    assert (widths[1000], widths[500], widths[1], widths[0]) == (40, 20, 1, 0)


def test_nothing_done_is_told_too() -> None:
    """Before the first outcome there are no latencies and no bars, and nothing breaks."""
    tally = Tally(10)
    tally.interrupted = True
    assert (tally.figures()["latency_ms"], tally.figures()["histogram"], tally.figures()["calls_per_second"]) == (None, [], None)
    assert next(tally_lines(tally)) == "Interrupted after 0 of 10 calls."


@pytest.mark.parametrize("seconds", [0.0, 0.25])
def test_calls_that_took_the_same_are_one_bar(seconds: float) -> None:
    """Where all took equally long there is one bar."""
    tally = Tally(3)
    for _ in range(3):
        tally.add(Outcome(seconds, 200, None, 1))
    assert [bar["calls"] for bar in tally.figures()["histogram"]] == [3]
