"""Progress bars on standard error, where that is a terminal; elsewhere nothing is shown until it is done."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from seawall import Progress as Transfer
from seawall.model import OnProgress

from .._terminal import console

__all__ = ["calls_bar", "download_bar"]


@contextmanager
def calls_bar(calls: int) -> Iterator[Callable[[], object]]:
    """Show how many of so many calls are done; call what it gives after each."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    with _bar(MofNCompleteColumn(), TimeRemainingColumn()) as bar:
        task = bar.add_task("calls", total=calls)
        yield lambda: bar.advance(task)


@contextmanager
def download_bar() -> Iterator[OnProgress | None]:
    """Show how much of a download is there; hand what it gives to the client."""
    if not sys.stderr.isatty():
        yield None
        return
    with _bar(DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()) as bar:
        task = bar.add_task("download", total=None)

        def report(transfer: Transfer) -> None:
            bar.update(task, completed=transfer.done, total=transfer.total)

        yield report


def _bar(*columns: ProgressColumn) -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), *columns, console=console(error=True), transient=True)
