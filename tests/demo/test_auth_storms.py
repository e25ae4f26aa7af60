"""The auth storms: what Seawall promises of sessions, read from the backend's own counts, beside what the naive app does."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from seawall_demo.auth_trial import (
    NO_GRACE,
    SUBJECTS,
    AuthResult,
    AuthStormName,
    AuthSubject,
    Storm,
    SubjectName,
    errands,
    ride,
    ride_in_two_processes,
    storms,
)
from seawall_demo.trial import BackendProcess

CALLS, WAVES = 24, 3
SEAWALL: list[SubjectName] = ["seawall-asyncio", "seawall-threads"]
_numbers = count()


@pytest.fixture(scope="module")
def backend() -> Iterator[BackendProcess]:
    """A backend process for all storms."""
    with BackendProcess() as process:
        yield process


def storm_of(name: str, seed: int) -> Storm:
    """A storm by its name."""
    return next(storm for storm in storms(seed, WAVES) if storm.name == name)


def run(backend: BackendProcess, name: AuthStormName, subject: SubjectName, seed: int = 7) -> AuthResult:
    """Take an app through a storm."""
    if name == "processes":
        site = backend.open_guarded(f"{name}-{next(_numbers)}", NO_GRACE)
        return asyncio.run(ride_in_two_processes(backend, site, subject, SUBJECTS[subject], CALLS, WAVES))
    storm = storm_of(name, seed)
    site = backend.open_guarded(f"{name}-{next(_numbers)}", storm.grace)
    return asyncio.run(ride(backend, site, storm, SUBJECTS[subject], CALLS))


@pytest.mark.parametrize("subject", SEAWALL)
def test_mass_expiry_causes_one_refresh_each_time(backend: BackendProcess, subject: SubjectName) -> None:
    """However many calls meet expired tokens, each wave causes one refresh, and no call and no session is lost."""
    result = run(backend, "expiry", subject)
    assert result.refreshes == (1,) * WAVES
    assert (result.calls, result.lost, result.told, result.sign_ins) == (CALLS * WAVES, 0, 0, 1)
    assert (result.replays, result.refused, result.revoked) == (0, 0, 0)
    assert all(0 < refused <= CALLS for refused in result.unauthorized)


def test_mass_expiry_costs_the_naive_app_its_session(backend: BackendProcess) -> None:
    """An app whose calls each refresh for themselves presents used tokens, has its session revoked, and logs in again."""
    result = run(backend, "expiry", "naive")
    assert result.revoked == WAVES
    assert result.sign_ins == WAVES
    assert result.lost > 0
    assert result.told > WAVES


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in (2, 3))])
@pytest.mark.parametrize("subject", SEAWALL)
def test_a_lost_answer_is_had_again_within_the_grace(backend: BackendProcess, subject: SubjectName, seed: int) -> None:
    """When a refresh's answer is lost, it is asked for once more, and nobody notices."""
    result = run(backend, "lost", subject, seed)
    losses = sum(blow.loses_answer for blow in storm_of("lost", seed).blows)
    assert 0 < losses < WAVES
    assert (result.refreshes, result.replays) == ((1,) * WAVES, losses)
    assert (result.lost, result.told, result.sign_ins, result.refused, result.revoked) == (0, 0, 1, 0, 0)


def test_a_lost_answer_costs_the_naive_app_a_call(backend: BackendProcess) -> None:
    """The naive app loses the call whose refresh got no answer, and asks for tokens far more often than they expire."""
    result = run(backend, "lost", "naive")
    assert result.lost > 0
    assert sum(result.refreshes) + result.replays > CALLS


@pytest.mark.parametrize("subject", SEAWALL)
def test_without_a_grace_the_session_ends_once(backend: BackendProcess, subject: SubjectName) -> None:
    """Without a grace a lost answer ends the session, with its reason for every call, one notice, and no further request."""
    result = run(backend, "lost-late", subject)
    assert (result.lost, result.reasons, result.told) == (2 * CALLS, ("refresh_answer_lost",), 1)
    assert (result.refreshes, result.refused, result.revoked) == ((1, 0), 1, 1)
    assert result.unauthorized[1] == 0


@pytest.mark.parametrize("subject", SEAWALL)
def test_a_revoked_session_ends_once(backend: BackendProcess, subject: SubjectName) -> None:
    """Every call fails for the same reason, the user hears once, and one refresh is tried, not one for each call."""
    result = run(backend, "revocation", subject)
    assert (result.lost, result.reasons, result.told) == (2 * CALLS, ("revoked",), 1)
    assert (result.refreshes, result.refused, result.revoked) == ((0, 0), 1, 0)
    assert result.unauthorized[1] == 0


def test_a_revoked_session_makes_the_naive_app_storm(backend: BackendProcess) -> None:
    """Each call of the naive app tries a refresh of its own, and tells the user, now and later."""
    result = run(backend, "revocation", "naive")
    assert result.refused == result.told == result.lost == 2 * CALLS


@pytest.mark.parametrize("subject", SEAWALL)
def test_two_processes_refresh_once(backend: BackendProcess, subject: SubjectName) -> None:
    """Two processes on one store cause one refresh each time that the tokens expire, and lose nothing."""
    result = run(backend, "processes", subject)
    assert result.refreshes == (1,) * WAVES
    assert (result.calls, result.lost, result.told, result.sign_ins) == (CALLS * WAVES, 0, 0, 1)
    assert (result.refused, result.revoked) == (0, 0)


def test_two_naive_processes_lose_their_session(backend: BackendProcess) -> None:
    """Two processes of the naive app take each other for thieves."""
    result = run(backend, "processes", "naive")
    assert result.revoked == 1
    assert result.lost > 0


@pytest.mark.parametrize("subject", SUBJECTS)
def test_apps_do_what_they_say(backend: BackendProcess, subject: SubjectName, tmp_path: Path) -> None:
    """Each app really creates an agent for each errand that says so, in its own user's name, and ends its session."""
    site = backend.open_guarded(f"honest-{next(_numbers)}", 0.0)
    wave = errands(9, "honest")

    async def work() -> AuthSubject:
        async with SUBJECTS[subject](site.url, tmp_path / "session") as app:
            await app.log_in("grace@acme.example", lambda: backend.mailed_code(site, "grace@acme.example"))
            await asyncio.gather(*map(app.run, wave))
            await app.log_out()
        return app

    app = asyncio.run(work())
    assert (app.signed_in, app.ends) == (False, [])
    with closing(sqlite3.connect(site.database)) as connection:
        rows = connection.execute("SELECT name, owner FROM agents WHERE name LIKE 'honest-%'").fetchall()
        ended = connection.execute("SELECT ended FROM families").fetchall()
    assert Counter(rows) == Counter({(errand.name, "grace"): 1 for errand in wave if errand.kind.name == "CREATE"})
    assert len(rows) == 3
    assert ended == [("signed out",)]


def test_no_create_is_lost_or_doubled(backend: BackendProcess) -> None:
    """Creates that met an expired token are in the database once each."""
    site = backend.open_guarded(f"creates-{next(_numbers)}", NO_GRACE)
    asyncio.run(ride(backend, site, storm_of("expiry", 7), SUBJECTS["seawall-asyncio"], CALLS))
    with closing(sqlite3.connect(site.database)) as connection:
        rows = [row for (row,) in connection.execute("SELECT name FROM agents WHERE name LIKE 'wave-%'")]
    expected = [errand.name for wave in range(WAVES) for errand in errands(CALLS, f"wave-{wave}") if errand.kind.name == "CREATE"]
    assert sorted(rows) == sorted(expected)
