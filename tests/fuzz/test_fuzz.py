"""E1 by chance: mutated answers in every form, ten thousand of them in the daily tests and a million in the soak.

What fails names its seed and number; `python -m tests.fuzz.harness SEED NUMBER` shows it again. The soak can be made shorter or
other: `SEAWALL_FUZZ_RUNS=1000 SEAWALL_FUZZ_SEED=7 make soak TESTS="-rP -k million_mutated"`, where `-rP` shows what it saw.
"""

import os

import pytest

from seawall.problems import ErrorBody, Facts, Match, Parser
from seawall.problems.dialects import BUILT_IN
from tests.fuzz.harness import answer, cost, fuzz, linear_cost

FIRST_SEED = int(os.environ.get("SEAWALL_FUZZ_SEED", "100"))
RUNS = int(os.environ.get("SEAWALL_FUZZ_RUNS", "125000"))
NAMES = {dialect.name for dialect in BUILT_IN} | {None}
MAX_SLOWNESS = 50  # times the cost of a look at each byte; quadratic work would take thousands
FIXED_SIZE = 20_000  # bytes whose look-at costs as much as an answer of none


@pytest.mark.parametrize("seed", range(5))
def test_ten_thousand_mutated_answers_are_survived(seed: int) -> None:
    """E1: no answer makes the parser raise, complain, keep too much or say what it may not, and all forms are among them."""
    report = fuzz(seed, 2_000)
    assert report.count == 2_000
    assert len(NAMES - report.dialects.keys()) <= 2


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + 8))
def test_a_million_mutated_answers_are_survived(seed: int) -> None:
    """E1: the same holds for a million answers, and the slowest of them take time in proportion to their size."""
    report = fuzz(seed, RUNS)
    print(f"seed {seed}: {report.count} answers, {report.dialects}")
    for per_byte, number in report.slowest[:5]:
        print(f"number {number} took {per_byte:.0f} CPU ns per byte, {slowness(seed, number):.2f} times a look at each")
    assert report.dialects.keys() == NAMES
    assert max((slowness(seed, number) for _, number in report.slowest[:5]), default=0.0) < MAX_SLOWNESS


def slowness(seed: int, number: int) -> float:
    """How many times longer an answer takes to be read than a look at each of its bytes in Python."""
    given = answer(seed, number)
    return cost(given) / linear_cost(given.size + FIXED_SIZE)


def test_an_answer_comes_again_by_seed_and_number() -> None:
    """The same seed and number give the same answer, and others another."""
    assert [answer(3, number) for number in range(50)] == [answer(3, number) for number in range(50)]
    assert answer(3, 7) != answer(3, 8) != answer(4, 8)


class Careless:
    """A dialect as one writes it on a bad day."""

    name = "careless"

    def __init__(self, fault: str) -> None:
        self._fault = fault

    def match(self, body: ErrorBody, /) -> Match:
        if self._fault == "raises":
            return Match.DECLARED if body.members["code"] == "X" else Match.NO
        return Match.DECLARED if isinstance(body.members.get("code"), str) else Match.NO

    def read(self, body: ErrorBody, /) -> Facts:
        return Facts(params={"x": float("nan")}) if self._fault == "no JSON" else Facts(type="\ud800")


@pytest.mark.parametrize("fault", ["raises", "no JSON", "half a character"])
def test_the_fuzzer_finds_what_is_wrong(fault: str) -> None:
    """A dialect that raises, keeps what is no JSON, or keeps what cannot be printed is found, with the seed and the number."""
    with pytest.raises(AssertionError, match=r"`python -m tests\.fuzz\.harness 0 \d+` shows it"):
        fuzz(0, 2_000, Parser([Careless(fault)]))


@pytest.mark.soak
def test_the_yardstick_grows_with_the_size() -> None:
    """What the soak measures by is longer for more bytes, and no answer costs nothing."""
    assert linear_cost(2_000_000) > linear_cost(20_000)
    assert cost(answer(0, 0)) > 0
