"""Backoff as other projects test it: each vector is adopted, or stands in the table of differences with its reason."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.model import StopReason
from seawall.policies.retry import Again, Failure, Retry, Stop, decide

FOLDER = Path(__file__).parents[2] / "vectors"
BACKOFF = json.loads((FOLDER / "circuit_and_backoff.json").read_text(encoding="utf-8"))
AWS = json.loads((FOLDER / "aws_standard_retry.json").read_text(encoding="utf-8"))

ONE_CURVE = "There is one curve, exponential with full jitter: constant and linear pauses keep a herd together."
FULL_JITTER = "The jitter is full (0 to the ceiling), not a quarter around the middle: it spreads a herd most."
FIRST_PAUSE = "The first retry waits too: a backend that broke a moment ago is hit by everyone else's first retry as well."
TOKENS = "The budget is a share of the origin's calls in the last ten seconds, not a bucket of tokens refilled by successes."
SERVER_ERROR = "500 is not retried by default: it is usually a defect and comes again."
THEIR_HEADER = "`x-amz-retry-after` is one vendor's own; its cutting to five seconds over the backoff would return too early."
THROTTLED_400 = "A 400 is not retried; its error code is read as a vendor's dialect, and has no place in this policy."
LONG_POLL = "A call that is not retried does not sleep: the caller of a long poll paces itself."


def keyed(vectors: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name each vector; a name that comes twice gets its cap added."""
    seen: set[str] = set()
    for vector in vectors:
        key = vector["id"] if vector["id"] not in seen else f"{vector['id']}-cap-{vector['cap_s']}"
        seen.add(vector["id"])
        yield key, vector


POLLY = dict(keyed(BACKOFF["backoff"]))
URLLIB3 = dict(keyed(BACKOFF["backoff_urllib3"]))
CURVES = dict(keyed(AWS["backoff"]))
STEPS = dict(keyed(AWS["standard_2026"]))
QUOTA = dict(keyed(AWS["quota"]))

DIFFERENCES = {
    **{key: ONE_CURVE if "-n-" in key else FULL_JITTER for key in POLLY if not key.startswith("polly-exponential")},
    "urllib3-backoff": FIRST_PAUSE,
    "urllib3-backoff-cap-1": FIRST_PAUSE,
    "urllib3-backoff-reset-by-redirect": "A redirect starts no new count: hops belong to the attempt that they are part of.",
    **dict.fromkeys(QUOTA, TOKENS),
    "std2026-quota_allows_one_retry_only": TOKENS,
    "std2026-empty_quota_means_no_retry": TOKENS,
    "std2026-quota_runs_out_midway": TOKENS,
    "std2026-success_refunds_the_cost_of_the_last_retry": TOKENS,
    "std2026-two_calls_share_one_quota": TOKENS,
    "std2026-throttling_costs_less_and_waits_longer": THROTTLED_400,
    "std2026-server_delay_ms_used": THEIR_HEADER,
    "std2026-server_delay_never_below_backoff": THEIR_HEADER,
    "std2026-server_delay_at_most_backoff_plus_5s": THEIR_HEADER,
    "std2026-unparsable_server_delay_ignored": THEIR_HEADER,
    "std2026-long_poll_waits_even_when_quota_empty": LONG_POLL,
    "std2026-long_poll_throttled_waits_even_when_quota_empty": LONG_POLL,
}
ALMOST_ONE = 1 - 2**-53


def adopted(vectors: dict[str, dict[str, Any]]) -> list[Any]:
    return [pytest.param(vector, id=key) for key, vector in vectors.items() if key not in DIFFERENCES]


def delay(options: Retry, number: int, random: float) -> float:
    decision = decide(options, Failure(number=number, random=random))
    assert isinstance(decision, Again)
    return decision.delay


def test_every_vector_is_adopted_or_differs_for_a_reason() -> None:
    """The table of differences names no vector that is not there, and gives each a reason."""
    assert DIFFERENCES.keys() <= POLLY.keys() | URLLIB3.keys() | CURVES.keys() | STEPS.keys() | QUOTA.keys()
    assert all(reason.endswith(".") for reason in DIFFERENCES.values())
    assert not URLLIB3.keys() - DIFFERENCES.keys()


@pytest.mark.parametrize("vector", adopted(POLLY))
def test_the_ceiling_doubles_up_to_its_cap(vector: dict[str, Any]) -> None:
    """The longest pause doubles with each retry, and neither the cap nor a float is run over."""
    options = Retry(attempts=100, backoff=vector["base_s"], max_backoff=vector["cap_s"] or 1e9)
    assert delay(options, min(vector["attempt"] + 1, 99), ALMOST_ONE) == pytest.approx(vector["expect_s"])


@pytest.mark.parametrize("vector", adopted(CURVES))
def test_the_curve_is_the_clouds(vector: dict[str, Any]) -> None:
    """With chance at its highest, the pauses are those of the standard mode; at its lowest there is none."""
    given_ = vector["given"]
    options = Retry(attempts=100, backoff=given_["base_s"], max_backoff=given_["cap_s"])
    if "expect_s" in vector:
        pauses = [delay(options, number, ALMOST_ONE) for number in range(1, len(vector["expect_s"]) + 1)]
        assert pauses == pytest.approx(vector["expect_s"])
        return
    low, high = vector["expect_between_s"]
    assert [delay(options, given_["attempt"], chance) for chance in (0.0, 0.25, 0.5)] == [low, high / 4, high / 2]


@pytest.mark.parametrize("vector", adopted(STEPS))
def test_a_run_of_failures(vector: dict[str, Any]) -> None:
    """Each step is repeated after the pause expected, or ends because it is final; a 500 only where it was asked for."""
    given_ = vector["given"]
    base, cap = given_.get("backoff_base_s", 0.05), given_.get("max_backoff_time", 20)
    asked = Retry(attempts=given_["max_attempts"], backoff=base, max_backoff=cap, statuses={500, 502})
    for number, step in enumerate(vector["steps"], 1):
        status, expect = step["attempt_outcome"]["status_code"], step["expect"]
        if status < 400:
            assert expect["action"] == "success"
            continue
        failure = Failure(number=number, status=status, random=ALMOST_ONE)
        decision = decide(asked, failure)
        if expect["action"] == "retry_request":
            assert isinstance(decision, Again)
            assert decision.delay == pytest.approx(expect["sleep_s"])
        elif expect["action"] == "max_attempts_exceeded":
            assert decision == Stop(StopReason.ATTEMPTS_USED)
        else:
            assert (expect["action"], decision) == ("fail_request", Stop(StopReason.NOT_RETRYABLE))
        if status == 500:
            assert decide(Retry(), failure) == Stop(StopReason.NOT_RETRYABLE)


@given(st.integers(1, 99), st.floats(0, 1, exclude_max=True), st.floats(0, 100), st.floats(0, 1000), st.none() | st.floats(0, 60))
def test_the_jitter_is_full(number: int, chance: float, base: float, cap: float, asked: float | None) -> None:
    """A pause lies between what the server asked for and that plus the ceiling, and grows evenly with chance."""
    options = Retry(attempts=100, backoff=base, max_backoff=cap)
    decision = decide(options, Failure(number=number, random=chance, retry_after=asked))
    assert isinstance(decision, Again)
    ceiling = min(cap, base * 2.0 ** min(number - 1, 60))
    assert decision.delay == (asked or 0.0) + chance * ceiling
