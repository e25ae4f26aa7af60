"""How far the run is: a bar on a terminal, a line per trial elsewhere, always on standard error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Begin = Callable[[str], Callable[[], object]]


@contextmanager
def progress(steps: int, console: Console) -> Iterator[Begin]:
    """Show the progress of a run. Gives a function that begins a trial by its title, and returns what each step calls.

    Args:
        steps: how many the run has, over all trials.
        console: where to show it.
    """
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting the backend", total=steps)

        def begin(title: str) -> Callable[[], object]:
            bar.update(task, description=title)
            return lambda: bar.advance(task)

        yield begin


def _lines(console: Console) -> Begin:
    def begin(title: str) -> Callable[[], object]:
        console.print(title, highlight=False)
        return lambda: None

    return begin
