"""Ten storms: what Seawall promises holds in each of them, beside what the other clients do."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from seawall_demo.trial import QUICK_CALLS, SUBJECTS, BackendProcess, job, run_trial

SEEDS = range(1, 11)
CALLS = 60  # one whole burst, and every other fault


@pytest.fixture(scope="module")
def backend() -> Iterator[BackendProcess]:
    """A backend process for all storms."""
    with BackendProcess() as process:
        yield process


@pytest.mark.parametrize("calls", [CALLS, pytest.param(QUICK_CALLS, marks=pytest.mark.soak)])
@pytest.mark.parametrize("seed", SEEDS)
def test_seawall_survives_the_storm(backend: BackendProcess, seed: int, calls: int) -> None:
    """In every storm Seawall loses and doubles nothing, shows the fewest errors, and sends little for it."""
    steps = job(calls)
    with ThreadPoolExecutor() as executor:
        running = {
            name: executor.submit(run_trial, backend, f"{name}-{seed}-{calls}", seed, make_subject, steps)
            for name, make_subject in SUBJECTS.items()
        }
    trials = {name: future.result() for name, future in running.items()}
    results = {name: trial.result for name, trial in trials.items()}
    ours = results["seawall"]
    assert (ours.crashes, ours.duplicate_creates, ours.lost_creates) == (0, 0, 0)
    assert ours.shown_errors < min(results["plain"].shown_errors, results["tenacity"].shown_errors)
    assert ours.requests_sent - ours.calls <= 1.3 * ours.spoiled
    assert all(name.endswith("-unkeyed") for name in trials["seawall"].audit.ghosts)
    assert all(each.calls == calls and each.spoiled > 0 for each in results.values())


def test_the_storm_bites(backend: BackendProcess) -> None:
    """The same storm doubles creates of the retry decorator and leaves ghosts of the plain script."""
    steps = job(CALLS)
    plain = run_trial(backend, "plain-bitten", 7, SUBJECTS["plain"], steps).result
    tenacity = run_trial(backend, "tenacity-bitten", 7, SUBJECTS["tenacity"], steps).result
    assert plain.ghost_creates > 0
    assert plain.crashes > 0
    assert tenacity.duplicate_creates > 0


def test_a_create_without_a_key_may_leave_a_ghost(backend: BackendProcess) -> None:
    """Over ten storms some of Seawall's creates without a key took effect though they failed: no client can know."""
    steps = [step for step in job(QUICK_CALLS) if not step.keyed]
    with ThreadPoolExecutor() as executor:
        running = [executor.submit(run_trial, backend, f"unkeyed-{seed}", seed, SUBJECTS["seawall"], steps) for seed in SEEDS]
    assert any(future.result().audit.ghosts for future in running)
