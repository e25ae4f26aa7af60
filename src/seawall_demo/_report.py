"""The run in one table and three sentences; the sentences are made of the figures alone."""

from collections.abc import Mapping, Sequence

from rich import box
from rich.table import Table

from .trial import DemoRun, Name, Result

LABELS: Mapping[Name, str] = {"plain": "plain httpx2", "tenacity": "httpx2 + tenacity", "seawall": "Seawall"}
_COLUMNS = ("errors", "crashes", "twice", "lost", "ghosts", "sent", "spoiled", "p50 ms", "p99 ms")


def table(run: DemoRun) -> Table:
    """All figures, a row per phase and subject."""
    calls = run.trials["calm"]["seawall"].result.calls
    drawn = Table(
        title=f"The same {calls} calls through three clients; the storm has seed {run.seed}",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=0,
        show_edge=False,
    )
    drawn.add_column("", no_wrap=True)
    for column in _COLUMNS:
        drawn.add_column(column, justify="right", no_wrap=True)
    for phase, trials in run.trials.items():
        drawn.add_row(phase, style="bold")
        for name, trial in trials.items():
            drawn.add_row(LABELS[name], *_cells(trial.result))
    return drawn


def conclusions(run: DemoRun) -> tuple[str, str, str]:
    """What the figures say: about errors, about creates, and about the price."""
    storm: dict[Name, Result] = {name: trial.result for name, trial in run.trials["storm"].items()}
    return _errors(storm), _creates(run, storm), _price(run, storm)


def _cells(result: Result) -> tuple[str, ...]:
    counts = (
        result.shown_errors,
        result.crashes,
        result.duplicate_creates,
        result.lost_creates,
        result.ghost_creates,
        result.requests_sent,
        result.spoiled,
    )
    return (*map(str, counts), f"{result.p50_ms:.0f}", f"{result.p99_ms:.0f}")


def _errors(storm: Mapping[Name, Result]) -> str:
    told = [
        f"{_count(each.shown_errors, 'error')} and {_count(each.crashes, 'crash', 'crashes')} with {LABELS[name]}"
        for name, each in storm.items()
    ]
    least = min(each.shown_errors for each in storm.values())
    best = [LABELS[name] for name, each in storm.items() if each.shown_errors == least]
    return f"In the storm the user met {listed(told)}; the fewest errors came from {listed(best)}."


def _creates(run: DemoRun, storm: Mapping[Name, Result]) -> str:
    ghosts = run.trials["storm"]["seawall"].audit.ghosts
    keyed = sum(name.endswith("-keyed") for name in ghosts)
    share = f"; of Seawall's ghosts {keyed} had an idempotency key" if ghosts else ""
    return (
        f"In the same order, {_all(storm, 'duplicate_creates')} agents too many were created, "
        f"{_all(storm, 'lost_creates')} were confirmed but are not in the database (lost), and "
        f"{_all(storm, 'ghost_creates')} are in it though the user was told that it failed (ghosts){share}."
    )


def _price(run: DemoRun, storm: Mapping[Name, Result]) -> str:
    beyond = listed([str(each.requests_sent - each.calls) for each in storm.values()])
    calm = listed([f"{trial.result.p50_ms:.0f}" for trial in run.trials["calm"].values()])
    return (
        f"That took {beyond} requests beyond one per call, for {_all(storm, 'spoiled')} that the storm spoiled; "
        f"in calm the median call took {calm} ms."
    )


def _all(results: Mapping[Name, Result], figure: str) -> str:
    return listed([str(getattr(each, figure)) for each in results.values()])


def listed(parts: Sequence[str]) -> str:
    """Join with commas and an "and"."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
