"""The sub-command `seawall demo`."""

import json
from typing import Annotated

import typer
from rich.console import Console

from ._progress import progress
from ._report import conclusions, table
from .trial import FULL_CALLS, QUICK_CALLS, run_demo

DEFAULT_SEED = 7
_INTERRUPTED = 130  # 128 + SIGINT, as shells count

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command()
def demo(
    headless: Annotated[bool, typer.Option("--headless", help="Without screens, in this terminal.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the figures, as JSON.")] = False,
    seed: Annotated[int, typer.Option(help="Which storm; the same seed spoils the same requests.")] = DEFAULT_SEED,
    quick: Annotated[bool, typer.Option("--quick", help=f"{QUICK_CALLS} calls a job instead of {FULL_CALLS}.")] = False,
) -> None:
    """Run the same job through plain httpx2, httpx2 with tenacity, and Seawall, in calm and in storm.

    A backend of its own is started on free loopback ports and stopped at the end. Each client does the same reads and
    creates; in the storm, connections are reset, answers lost, cut short or replaced, before or after the request took
    effect. The database then says what really happened.
    """
    news = Console(stderr=True)
    if not headless:
        news.print("Screens come later; this run is headless.")
    calls = QUICK_CALLS if quick else FULL_CALLS
    try:
        with progress(calls, news) as watch:
            run = run_demo(seed, calls, watch)
    except KeyboardInterrupt:
        news.print("Interrupted; the backend is stopped.")
        raise typer.Exit(_INTERRUPTED) from None
    if as_json:
        typer.echo(json.dumps(run.figures(), indent=2))
        return
    console = Console()
    console.print(table(run))
    console.print()
    for sentence in conclusions(run):
        console.print(sentence, highlight=False)
