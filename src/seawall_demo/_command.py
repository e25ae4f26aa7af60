"""The sub-command `seawall demo`."""

import json
import os
from typing import Annotated

import typer
from rich.console import Console

import seawall

from ._auth_report import AUTH_LABELS, STORM_LABELS, auth_conclusions, auth_table
from ._language import of_environment, served
from ._progress import progress
from ._report import LABELS, conclusions, table
from ._words_report import readings, writable
from .auth_trial import FULL_SIZE, QUICK_SIZE, AuthRun, count_waves, run_auth_storms
from .console import speak
from .trial import FULL_CALLS, PHASES, QUICK_CALLS, SUBJECTS, DemoRun, run_demo

DEFAULT_SEED = 7
_INTERRUPTED = 130  # 128 + SIGINT, as shells count

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


def _language(tag: str | None) -> str:
    """The language to speak, by the option or the environment."""
    locales = speak().locales
    if tag is None:
        return of_environment(os.environ, locales)
    if (found := served(tag, locales)) is None:
        raise typer.BadParameter(f"{tag[:40]!r} is not spoken here; {', '.join(sorted(locales))} are", param_hint="'--locale'")
    return found


@app.command()
def demo(
    headless: Annotated[bool, typer.Option("--headless", help="Without screens, in this terminal.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the figures, as JSON.")] = False,
    seed: Annotated[int, typer.Option(help="Which storm; the same seed spoils the same requests.")] = DEFAULT_SEED,
    quick: Annotated[
        bool, typer.Option("--quick", help=f"{QUICK_CALLS} calls a job instead of {FULL_CALLS}, and fewer calls at once.")
    ] = False,
    locale: Annotated[
        str | None,
        typer.Option(metavar="TAG", help="Language of the messages to people, such as de; by default the environment's."),
    ] = None,
) -> None:
    """Run the same job through plain httpx2, httpx2 with tenacity, and Seawall, in calm and in storm; then strike at tokens.

    A backend of its own is started on free loopback ports and stopped at the end. Each client does the same reads and
    creates; in the storm, connections are reset, answers lost, cut short or replaced, before or after the request took
    effect. The database then says what really happened, and the last lines what people read of it, in their language.

    In the second part, three apps log in by e-mail and one-time code and make many calls at once, while their tokens expire
    all together, the answers to refreshes get lost, sessions are revoked, and two processes share one store. The backend
    then says how often it was asked for tokens, and how many sessions it had to revoke.
    """
    language = _language(locale)
    news = Console(stderr=True)
    if not headless:
        news.print("Screens come later; this run is headless.")
    try:
        with seawall.use_locale(language):
            run, auth_run = _run(seed, news, quick=quick)
    except KeyboardInterrupt:
        news.print("Interrupted; the backend is stopped.")
        raise typer.Exit(_INTERRUPTED) from None
    if as_json:
        typer.echo(json.dumps({**run.figures(), "auth": auth_run.figures()}, indent=2))
        return
    _print(Console(), run, auth_run)


def _print(console: Console, run: DemoRun, auth_run: AuthRun) -> None:
    for drawn, sentences in ((table(run), conclusions(run)), (auth_table(auth_run), auth_conclusions(auth_run))):
        console.print(drawn)
        console.print()
        for sentence in sentences:
            console.print(sentence, highlight=False)
        console.print()
    for line in readings(run):
        console.print(writable(line, console.encoding), highlight=False, markup=False)


def _run(seed: int, news: Console, *, quick: bool) -> tuple[DemoRun, AuthRun]:
    calls, size = (QUICK_CALLS, QUICK_SIZE) if quick else (FULL_CALLS, FULL_SIZE)
    steps = calls * len(PHASES) * len(SUBJECTS) + count_waves(size)
    with progress(steps, news) as begin:
        run = run_demo(seed, calls, lambda phase, name: begin(f"{phase}: {calls} calls with {LABELS[name]}"))
        auth_run = run_auth_storms(seed, size, lambda storm, name: begin(f"{STORM_LABELS[storm]}: {AUTH_LABELS[name]}"))
    return run, auth_run
