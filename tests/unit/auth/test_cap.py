"""The end of refreshing for a server that refuses what it has just handed out."""

import pytest

from seawall import RefreshLoopProblem
from seawall.auth import RefreshOptions
from seawall.auth._cap import RefusalCap
from seawall.auth._states import Held
from tests.unit.auth.test_vault import NEVER, record


def refused(generation: int, refreshed_at: float | None) -> Held:
    return Held(record(), record().tokens.header, generation, 1, NEVER, NEVER, refreshed_at)


def test_each_token_counts_once() -> None:
    """A5: however many calls a token is refused to, that is one refusal."""
    cap = RefusalCap(RefreshOptions(cap=2))
    for _ in range(100):
        cap.count(refused(1, 0.0), 1.0)
    with pytest.raises(RefreshLoopProblem):
        cap.count(refused(2, 1.0), 2.0)


def test_the_window_slides() -> None:
    """A5: refreshes of more than a window ago are forgotten, one by one."""
    cap = RefusalCap(RefreshOptions(cap=3, window=30))
    for number in range(20):
        cap.count(refused(number, number * 16.0), number * 16.0)
    with pytest.raises(RefreshLoopProblem) as caught:
        cap.count(refused(20, 19 * 16.0 + 1), 19 * 16.0 + 2)
    assert caught.value.status == 401
    assert "refresh.cap" in caught.value.detail
    cap.count(refused(20, 19 * 16.0 + 1), 19 * 16.0 + 31)


def test_tokens_that_no_refresh_brought_do_not_count() -> None:
    """A5: tokens of a sign-in or a store may be refused as they like."""
    cap = RefusalCap(RefreshOptions(cap=1))
    for number in range(10):
        cap.count(refused(number, None), 0.0)
