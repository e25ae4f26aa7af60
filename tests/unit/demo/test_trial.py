"""The job, the accounts and the audit."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from types import TracebackType
from typing import Self

import pytest

import seawall
from seawall.problems import current_locale
from seawall_demo.subjects import PlainScript
from seawall_demo.trial import (
    FULL_CALLS,
    Audit,
    BackendProcess,
    Kind,
    Outcome,
    Step,
    audit,
    job,
    perform,
    result,
    run_trial,
)


class Refused(Exception):
    """The typed error of the subjects below."""


class Silent:
    """A subject that does nothing and says that all went well."""

    typed_errors: tuple[type[Exception], ...] = (Refused,)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        pass

    def is_forbidden(self, error: Exception) -> bool:
        return str(error) == "403"

    def words(self, error: Exception) -> str:
        return f"refused with {error} in {current_locale()}"

    def list_agents(self, *, headers: Mapping[str, str]) -> list[str]:
        return []

    def read_agent(self, agent: int, *, headers: Mapping[str, str]) -> str:
        return ""

    def create_agent(self, name: str, *, keyed: bool, headers: Mapping[str, str]) -> int:
        return 0

    def close_session(self, session: int, *, headers: Mapping[str, str]) -> str:
        raise Refused("403")


class Buggy(PlainScript):
    """Creates twice, not at all, or in secret, by the number of the call."""

    def create_agent(self, name: str, *, keyed: bool, headers: Mapping[str, str]) -> int:
        match int(headers["X-Demo-Call"]) % 8:
            case 1:
                return 0
            case 3:
                super().create_agent(name, keyed=keyed, headers=headers)
                raise KeyError(name)
            case 5:
                super().create_agent(name, keyed=keyed, headers=headers)
                super().create_agent(name, keyed=keyed, headers=headers)
        return super().create_agent(name, keyed=keyed, headers=headers)


class Clumsy(Silent):
    """Fails in all ways but one at reads, and at the forbidden update in the wrong way."""

    def list_agents(self, *, headers: Mapping[str, str]) -> list[str]:
        raise Refused("403")

    def read_agent(self, agent: int, *, headers: Mapping[str, str]) -> str:
        raise ValueError

    def close_session(self, session: int, *, headers: Mapping[str, str]) -> str:
        raise Refused("500")


def test_half_of_the_job_creates() -> None:
    """Half of the calls create an agent of a name of its own; the rest are reads and some forbidden updates."""
    steps = job(FULL_CALLS)
    kinds = Counter(step.kind for step in steps)
    names = {step.name for step in steps if step.kind is Kind.CREATE}
    assert kinds[Kind.CREATE] == len(names) == FULL_CALLS / 2
    assert min(kinds[Kind.LIST], kinds[Kind.READ]) > FULL_CALLS / 5
    assert kinds[Kind.FORBIDDEN] > 0


def test_one_create_in_ten_has_no_key() -> None:
    """A tenth of the creates is sent without an idempotency key, and its name says so."""
    creates = [step for step in job(FULL_CALLS) if step.kind is Kind.CREATE]
    unkeyed = [step for step in creates if not step.keyed]
    assert len(unkeyed) == len(creates) / 10
    assert all(step.name.endswith("-unkeyed") != step.keyed for step in creates)


def test_the_database_convicts_a_buggy_subject(backend: BackendProcess) -> None:
    """Creates made too often, claimed but not made, and made but denied are each counted and named."""
    steps = job(80)
    creates = {step.number: step.name for step in steps if step.kind is Kind.CREATE}
    trial = run_trial(backend, "buggy", None, Buggy, steps)
    assert {name for number, name in creates.items() if number % 8 == 1} == set(trial.audit.lost)
    assert {name for number, name in creates.items() if number % 8 == 3} == set(trial.audit.ghosts)
    assert Counter(trial.audit.duplicates) == {name: 2 for number, name in creates.items() if number % 8 == 5}
    figures = trial.result
    assert (figures.lost_creates, figures.ghost_creates, figures.duplicate_creates) == (10, 10, 20)
    assert (figures.calls, figures.shown_errors, figures.crashes, figures.spoiled) == (80, 0, 10, 0)
    assert figures.requests_sent == 80 - 10 + 20


def test_an_honest_subject_is_acquitted(backend: BackendProcess) -> None:
    """In calm the plain script sends each call once and nothing is to be complained of."""
    trial = run_trial(backend, "honest", None, PlainScript, job(60))
    assert trial.audit == Audit((), (), ())
    assert (trial.result.calls, trial.result.requests_sent) == (60, 60)
    assert (trial.result.shown_errors, trial.result.crashes) == (0, 0)


def test_a_storm_is_the_same_for_everyone(backend: BackendProcess) -> None:
    """Two runs of the plain script through one seed meet the same faults in the same calls, threads or not."""
    first, second = (run_trial(backend, f"again-{number}", 5, PlainScript, job(120)) for number in (1, 2))
    assert counts(first.result) == counts(second.result)
    assert set(first.audit.ghosts) == set(second.audit.ghosts)


def counts(figures: object) -> dict[str, int]:
    """The figures that are no durations."""
    return {name: value for name, value in asdict(figures).items() if not name.endswith("_ms")}  # type: ignore[call-overload]


def test_errors_are_told_from_crashes() -> None:
    """A typed error is shown, any other exception is a crash, and the one refusal that must come is neither."""
    steps = job(FULL_CALLS)
    kinds = Counter(step.kind for step in steps)
    good, bad = (result(list(perform(subject, steps)), Audit((), (), ()), 0, 0) for subject in (Silent(), Clumsy()))
    assert (good.shown_errors, good.crashes) == (0, 0)
    assert (bad.shown_errors, bad.crashes) == (kinds[Kind.LIST] + kinds[Kind.FORBIDDEN], kinds[Kind.READ])


def test_what_people_read_is_kept() -> None:
    """Each typed error comes with its words in the language of whoever began the job, also the one that must come."""
    steps = job(FULL_CALLS)
    with seawall.use_locale("de"):
        outcomes = list(perform(Clumsy(), steps))
    words = {outcome.step.kind: outcome.words for outcome in outcomes}
    assert words == {
        Kind.CREATE: "",
        Kind.LIST: "refused with 403 in de",
        Kind.READ: "",
        Kind.FORBIDDEN: "refused with 500 in de",
    }


def test_a_job_can_be_left() -> None:
    """When the caller stops, no step begins beyond the first and those that the eight workers hold."""
    begun: list[str] = []
    gate = threading.Semaphore(1)

    class Gated(Silent):
        def create_agent(self, name: str, *, keyed: bool, headers: Mapping[str, str]) -> int:
            begun.append(name)
            gate.acquire()
            return 0

    steps = [step for step in job(200) if step.kind is Kind.CREATE]
    before = set(threading.enumerate())
    outcomes = perform(Gated(), steps)
    next(outcomes)
    workers = set(threading.enumerate()) - before
    outcomes.close()
    gate.release(len(steps))
    for worker in workers:
        worker.join()
    assert len(begun) <= 1 + 8


@pytest.mark.parametrize(
    ("rows", "failed", "expected"),
    [
        (0, False, Audit((), ("a",), ())),
        (1, False, Audit((), (), ())),
        (3, False, Audit(("a", "a"), (), ())),
        (0, True, Audit((), (), ())),
        (1, True, Audit((), (), ("a",))),
        (2, True, Audit(("a",), (), ("a",))),
    ],
)
def test_the_audit_compares_word_and_row(rows: int, failed: bool, expected: Audit) -> None:
    """Lost is told but absent, a ghost is denied but present, a duplicate is every row beyond the first."""
    outcome = Outcome(Step(0, Kind.CREATE, 1, "a", keyed=True), 0.0, shown=failed)
    assert audit([outcome], ["a"] * rows + ["somebody else's"] * 3) == expected


def test_percentiles_are_of_the_nearest_rank() -> None:
    """Of the durations 1 to 100 ms, half are at most 50 ms and 99 at most 99 ms."""
    step = job(1)[0]
    outcomes = [Outcome(step, milliseconds / 1000) for milliseconds in range(100, 0, -1)]
    figures = result(outcomes, Audit((), (), ()), 0, 0)
    assert (figures.p50_ms, figures.p99_ms) == (50.0, 99.0)
