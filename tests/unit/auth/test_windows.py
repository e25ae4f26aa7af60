"""When tokens are refreshed before they end."""

from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from seawall import UsageError
from seawall.auth import RefreshOptions
from seawall.auth._windows import windows

NOW = 1_700_000_000.0
HOUR = 3600.0
NEVER = float("inf")


@pytest.mark.parametrize(
    ("life", "random", "advised", "required"),
    [
        (None, 0.5, NEVER, NEVER),
        (HOUR, 0.0, HOUR - 300, HOUR - 30),
        (HOUR, 0.5, HOUR - 270, HOUR - 30),
        (HOUR, 1.0, HOUR - 240, HOUR - 30),
        (1000.0, 0.0, 800.0, 970.0),
        (100.0, 0.0, 80.0, 95.0),
        (10.0, 0.0, 8.0, 9.5),
        (1.0, 0.0, 0.8, 0.95),
        (0.0, 0.0, 0.0, 0.0),
        (-60.0, 0.0, -60.0, -60.0),
        (30 * 86400.0, 0.0, 30 * 86400.0 - 300, 30 * 86400.0 - 30),
    ],
)
def test_the_table(life: float | None, random: float, advised: float, required: float) -> None:
    """A12: the windows are 300 and 30 seconds, at most a fifth and a twentieth of the life, and the first has jitter."""
    expires_at = None if life is None else NOW + life
    assert windows(RefreshOptions(), NOW, expires_at, random) == pytest.approx((NOW + advised, NOW + required))


def test_windows_of_ones_own() -> None:
    """A12: both windows can be set, also to nothing; what is mandatory is never later than what is advised."""
    assert windows(RefreshOptions(advisory=0, mandatory=0), NOW, NOW + HOUR, 0.0) == (NOW + HOUR, NOW + HOUR)
    assert windows(RefreshOptions(advisory=10, mandatory=60), NOW, NOW + HOUR, 0.0) == (NOW + HOUR - 60, NOW + HOUR - 60)


@hypothesis.given(
    life=st.floats(-1e6, 1e9), random=st.floats(0, 1, exclude_max=True), advisory=st.floats(0, 1e6), mandatory=st.floats(0, 1e6)
)
def test_windows_are_in_order(life: float, random: float, advisory: float, mandatory: float) -> None:
    """A12: whatever is set, refreshing is advised no later than it is required, and that is no later than the end."""
    advised, required = windows(RefreshOptions(advisory=advisory, mandatory=mandatory), NOW, NOW + life, random)
    assert advised <= required <= NOW + life
    assert advised >= NOW + min(life, life * 0.8) - 1e-3 * max(1.0, abs(life) * 1e-6)


@pytest.mark.parametrize("given", [{"timeout": -1}, {"advisory": "x"}, {"mandatory": float("nan")}, {"window": float("inf")},
                                   {"attempts": 0}, {"cap": True}, {"attempts": 1.5}])  # fmt: skip
def test_wrong_options_are_refused(given: dict[str, Any]) -> None:
    """An option that means nothing is refused by its name."""
    with pytest.raises(UsageError, match=f"^RefreshOptions: {next(iter(given))}: "):
        RefreshOptions(**given)
