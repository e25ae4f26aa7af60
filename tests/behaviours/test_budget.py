"""The brake on retries: what a dead backend sees."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

import seawall
from seawall import Retry, RetryBudget, StopReason
from seawall.model import Origin
from seawall.policies import Budgets
from seawall.testing import FakeClock
from tests.behaviours.kit import URL, Script, outcome
from tests.worlds import BlockingWorld, World

HERE = Origin("https", "api.acme.example", 443)
EAGER = Retry(attempts=2, backoff=0)


def _budgets() -> Budgets:
    return Budgets(BlockingWorld().runtime().mutex)


async def test_a_dead_backend_is_spared(world: World, clock: FakeClock) -> None:
    """R5: a hundred calls a second to a dead backend cause at most a fifth more, plus ten a second and one bucket of ten."""
    transport = Script(503)
    async with world.client(URL, transport=transport, clock=clock, retry=EAGER) as api:
        for _ in range(1000):
            await outcome(api.get("/agents"))
            clock.advance(0.01)
    retries = len(transport.calls) - 1000
    assert 0.2 * 1000 <= retries <= 0.2 * 1000 + 10 * 10 + 10


async def test_a_call_goes_once_without_a_budget_left(world: World, clock: FakeClock) -> None:
    """R5: when the budget is dry, calls still go once, and say why they went no more."""
    transport = Script(503)
    retry = Retry(attempts=2, backoff=0, budget=RetryBudget(share=0, floor=2))
    async with world.client(URL, transport=transport, clock=clock, retry=retry) as api:
        problems = [await outcome(api.get("/agents")) for _ in range(5)]
    assert [len(problem.attempts) for problem in problems] == [2, 2, 1, 1, 1]
    assert [problem.stopped for problem in problems[2:]] == [StopReason.BUDGET_EMPTY] * 3


async def test_the_budget_comes_back(world: World, clock: FakeClock) -> None:
    """R5: a second later the free retries are there again, and no more of them than one second's."""
    transport = Script(503)
    retry = Retry(attempts=2, backoff=0, budget=RetryBudget(share=0, floor=3))
    async with world.client(URL, transport=transport, clock=clock, retry=retry) as api:
        before = [len((await outcome(api.get("/agents"))).attempts) for _ in range(5)]
        clock.advance(100)
        after = [len((await outcome(api.get("/agents"))).attempts) for _ in range(5)]
    assert before == after == [2, 2, 2, 1, 1]


async def test_each_origin_has_its_own(world: World, clock: FakeClock) -> None:
    """R5: a dead backend does not take the retries of a living one."""
    transport = Script(503)
    retry = Retry(attempts=2, backoff=0, budget=RetryBudget(share=0, floor=1))
    async with world.client(transport=transport, clock=clock, retry=retry) as api:
        urls = ["https://dead.example/", "https://dead.example/", "https://dead.example:8443/", "http://dead.example/"]
        attempts = [len((await outcome(api.get(url))).attempts) for url in urls]
    assert attempts == [2, 1, 2, 2]


async def test_copies_share_it(world: World, clock: FakeClock) -> None:
    """R5: `with_options` makes no second budget."""
    retry = Retry(attempts=2, backoff=0, budget=RetryBudget(share=0, floor=1))
    async with world.client(URL, transport=Script(503), clock=clock, retry=retry) as api:
        copy = api.with_options(timeout=5)
        attempts = [len((await outcome(one.get("/"))).attempts) for one in (api, copy, api)]
    assert attempts == [2, 1, 1]


async def test_it_can_be_switched_off(world: World, clock: FakeClock) -> None:
    """R5: without a budget every call has all its attempts."""
    transport = Script(503)
    async with world.client(URL, transport=transport, clock=clock, retry=Retry(attempts=3, backoff=0, budget=None)) as api:
        for _ in range(50):
            await outcome(api.get("/agents"))
    assert len(transport.calls) == 150


async def test_successes_pay_for_retries(world: World, clock: FakeClock) -> None:
    """R5: calls of the last ten seconds count, whatever became of them, and older ones do not."""
    transport = Script(*[200] * 100, 503)
    retry = Retry(attempts=2, backoff=0, budget=RetryBudget(share=0.1, floor=0))
    async with world.client(URL, transport=transport, clock=clock, retry=retry) as api:
        for _ in range(100):
            await api.get("/agents")
        problems = [await outcome(api.get("/agents")) for _ in range(12)]
        clock.advance(11)
        late = await outcome(api.get("/agents"))
    assert sum(len(problem.attempts) == 2 for problem in problems) == 11  # a tenth of 110 calls
    assert late.stopped is StopReason.BUDGET_EMPTY


def test_less_than_one_a_second_is_possible() -> None:
    """R5: a floor of a half gives one free retry every two seconds."""
    budgets, budget = _budgets(), RetryBudget(share=0, floor=0.5)
    spent = [budgets.spend(HERE, budget, moment) for moment in (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 4.0)]
    assert spent == [True, False, False, False, True, False, True]


def test_a_clock_read_late_does_not_lose_what_was_spent() -> None:
    """R5: calls that are counted out of order, as those of many threads are, do not push spent retries out of the window."""
    budgets, budget = _budgets(), RetryBudget(share=0.5, floor=0)
    for second in range(2):
        budgets.count_call(HERE, float(second))
    assert budgets.spend(HERE, budget, 1.0)
    for _ in range(20):
        budgets.count_call(HERE, 0.5)
        budgets.count_call(HERE, 1.5)
    spent = sum(budgets.spend(HERE, budget, 1.5) for _ in range(100))
    assert spent + 1 == 21  # half of 42 calls


def test_a_busy_origin_is_not_forgotten() -> None:
    """R5: of more origins than are kept the one that was not used for longest is forgotten."""
    budgets, budget = _budgets(), RetryBudget(share=0.2, floor=0)
    for number in range(2000):
        for _ in range(5):
            budgets.count_call(HERE, 0.0)
        budgets.count_call(Origin("https", f"{number}.example", 443), 0.0)
    assert sum(budgets.spend(HERE, budget, 0.0) for _ in range(3000)) == 2000


@st.composite
def _load(draw: st.DrawFn) -> Iterator[tuple[float, int]]:
    steps = draw(st.lists(st.tuples(st.floats(0, 3), st.integers(0, 5)), max_size=60))
    return iter(steps)


@given(load=_load(), share=st.floats(0, 1), floor=st.integers(0, 5))
def test_no_load_goes_over_it(load: Iterator[tuple[float, int]], share: float, floor: int) -> None:
    """R5: however calls come, the retries of any ten seconds are within the share of their calls and the floor."""
    budgets, budget, now = _budgets(), RetryBudget(share=share, floor=floor), 0.0
    calls: list[float] = []
    retries: list[float] = []
    for pause, count in load:
        now += pause
        for _ in range(count):
            budgets.count_call(HERE, now)
            calls.append(now)
            if budgets.spend(HERE, budget, now):
                retries.append(now)
        recent = [moment for moment in retries if moment > now - 9]
        allowed = share * sum(moment > now - 19 for moment in calls) + floor * (9 + 1)
        assert len(recent) <= allowed + 1e-6


@pytest.mark.parametrize("budget", [{"share": -1}, {"floor": -0.1}, {"share": float("nan")}, {"share": "much"}])
def test_a_wrong_budget_fails_by_name(budget: dict[str, float]) -> None:
    """R5: a share or a floor that makes no sense is refused where it is written."""
    with pytest.raises(seawall.UsageError, match=r"retry\.budget"):
        RetryBudget(**budget)
