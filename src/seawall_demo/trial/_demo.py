"""The whole demo: three subjects in calm and in storm."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any, Literal, get_args

from seawall_demo.subjects import PlainScript, SeawallApp, Subject, TenacityScript

from ._backend_process import BackendProcess
from ._job import job
from ._trial import WORKERS, Trial, run_trial

Phase = Literal["calm", "storm"]
Name = Literal["plain", "tenacity", "seawall"]
Watch = Callable[[Phase, Name], Callable[[], object]]

PHASES: tuple[Phase, ...] = get_args(Phase)
SUBJECTS: Mapping[Name, Callable[[str], Subject]] = {
    "plain": PlainScript,
    "tenacity": TenacityScript,
    "seawall": SeawallApp,
}
NEWER_VERSION = "2.0.0"
FULL_CALLS = 300
QUICK_CALLS = 120


@dataclass(frozen=True)
class DemoRun:
    """All trials of one run.

    Args:
        seed: the storm's seed.
        trials: by phase and subject.
        outdated: one call of Seawall's app at a backend that takes newer versions only.
    """

    seed: int
    trials: Mapping[Phase, Mapping[Name, Trial]]
    outdated: Trial

    def figures(self) -> dict[Phase, dict[Name, dict[str, Any]]]:
        """What `--json` prints."""
        return {
            phase: {name: asdict(trial.result) for name, trial in subjects.items()} for phase, subjects in self.trials.items()
        }


def run_demo(seed: int, calls: int, watch: Watch = lambda phase, name: lambda: None) -> DemoRun:
    """Run all subjects one after the other, each against a console of its own.

    Args:
        seed: the storm's seed.
        calls: how many calls each job has.
        watch: called before each trial; what it returns is called after each step.
    """
    steps = job(calls)
    with BackendProcess() as backend:
        for name, make_subject in SUBJECTS.items():  # imports and first connections shall not be charged to anyone
            run_trial(backend, f"warm-up-{name}", None, make_subject, job(WORKERS))
        trials: dict[Phase, dict[Name, Trial]] = {}
        for phase, name in product(PHASES, SUBJECTS):
            storm = seed if phase == "storm" else None
            trial = run_trial(backend, f"{phase}-{name}", storm, SUBJECTS[name], steps, watch(phase, name))
            trials.setdefault(phase, {})[name] = trial
        outdated = run_trial(backend, "outdated", None, SeawallApp, job(1), minimum=NEWER_VERSION)
    return DemoRun(seed, trials, outdated)
