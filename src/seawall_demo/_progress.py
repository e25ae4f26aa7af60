"""How far the run is: a bar on a terminal, a line per trial elsewhere, always on standard error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ._report import LABELS
from .trial import PHASES, SUBJECTS, Name, Phase, Watch


@contextmanager
def progress(calls: int, console: Console) -> Iterator[Watch]:
    """Show the progress of a run.

    Args:
        calls: how many calls each trial has.
        console: where to show it.
    """
    if not console.is_terminal:
        yield _lines(calls, console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting the backend", total=calls * len(PHASES) * len(SUBJECTS))

        def watch(phase: Phase, name: Name) -> Callable[[], object]:
            bar.update(task, description=f"{phase}: {LABELS[name]}")
            return lambda: bar.advance(task)

        yield watch


def _lines(calls: int, console: Console) -> Watch:
    def watch(phase: Phase, name: Name) -> Callable[[], object]:
        console.print(f"{phase}: {calls} calls with {LABELS[name]}")
        return lambda: None

    return watch
