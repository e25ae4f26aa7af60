"""All auth storms: three apps through five storms."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any, Literal

from seawall_demo.trial import BackendProcess

from ._naive import NaiveScript
from ._result import AuthResult
from ._ride import ride
from ._seawall import AsyncioApp, ThreadsApp
from ._storms import NO_GRACE, StormName, storms
from ._subject import MakeAuthSubject
from ._two_processes import ride_in_two_processes

SubjectName = Literal["naive", "seawall-asyncio", "seawall-threads"]
AuthStormName = StormName | Literal["processes"]
AuthWatch = Callable[[AuthStormName, SubjectName], Callable[[], object]]

SUBJECTS: Mapping[SubjectName, MakeAuthSubject] = {
    "naive": NaiveScript,
    "seawall-asyncio": AsyncioApp,
    "seawall-threads": ThreadsApp,
}


@dataclass(frozen=True)
class AuthSize:
    """How big the storms are.

    Args:
        calls: calls of one wave, all at once.
        waves: waves of a storm that does not end the session.
    """

    calls: int
    waves: int


# A sixth wave in half a minute would meet what `RefreshOptions.cap` is there for: a server that refuses what it has just
# handed out. The storms show Seawall with its defaults.
FULL_SIZE = AuthSize(calls=60, waves=5)
QUICK_SIZE = AuthSize(calls=30, waves=2)


@dataclass(frozen=True)
class AuthRun:
    """All storms of one run.

    Args:
        size: how big they were.
        results: by storm and app.
    """

    size: AuthSize
    results: Mapping[AuthStormName, Mapping[SubjectName, AuthResult]]

    def figures(self) -> dict[AuthStormName, dict[SubjectName, dict[str, Any]]]:
        """What `--json` prints."""
        return {storm: {name: asdict(each) for name, each in apps.items()} for storm, apps in self.results.items()}


def count_waves(size: AuthSize) -> int:
    """How many waves a run has, over all storms and apps."""
    return (sum(len(storm.blows) for storm in storms(0, size.waves)) + size.waves) * len(SUBJECTS)


def run_auth_storms(seed: int, size: AuthSize, watch: AuthWatch = lambda storm, name: lambda: None) -> AuthRun:
    """Take all apps through all storms, one after the other, each against a console of its own.

    Args:
        seed: decides which refresh answers are lost.
        size: how big the storms are.
        watch: called before each storm of each app; what it returns is called after each wave.
    """
    with BackendProcess() as backend:
        return AuthRun(size, asyncio.run(_run(backend, seed, size, watch)))


async def _run(
    backend: BackendProcess, seed: int, size: AuthSize, watch: AuthWatch
) -> Mapping[AuthStormName, Mapping[SubjectName, AuthResult]]:
    results: dict[AuthStormName, dict[SubjectName, AuthResult]] = {}
    for storm, (name, make_subject) in product(storms(seed, size.waves), SUBJECTS.items()):
        advance = watch(storm.name, name)
        site = backend.open_guarded(f"{storm.name}-{name}", storm.grace)
        result = await ride(backend, site, storm, make_subject, size.calls, advance)
        results.setdefault(storm.name, {})[name] = result
    for name, make_subject in SUBJECTS.items():
        advance = watch("processes", name)
        site = backend.open_guarded(f"processes-{name}", NO_GRACE)
        result = await ride_in_two_processes(backend, site, name, make_subject, size.calls, size.waves, advance)
        results.setdefault("processes", {})[name] = result
    return results
