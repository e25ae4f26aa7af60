"""Doing what was asked for: one call, many of the same, or only its curl command."""

import warnings
from pathlib import Path
from typing import Any

from seawall import Cancel, Client

from .._json import show_document
from .._terminal import safe, write
from ._answer import Answer
from ._asked import Asked
from ._document import document
from ._exit import FAILED, INTERRUPTED, OK, exit_code
from ._output import show_answer
from ._plan import Plan
from ._progress import calls_bar, download_bar
from ._repeat import repeat
from ._send import curl_command, fetch, save
from ._tally import Tally
from ._tally_view import show_tally
from ._trace import tracing

__all__ = ["run"]


def run(asked: Asked, plan: Plan) -> int:
    """Do what was asked for, and return the exit code.

    Args:
        asked: How to send, and what to show.
        plan: What to send.

    Raises:
        UsageError: The call cannot be made like this.
    """
    if asked.as_curl:
        command = curl_command(_client, plan)
        show_document({"curl": command}) if asked.as_json else write(safe(command))
        return OK
    return _once(asked, plan) if asked.repeat is None else _many(asked, plan, asked.repeat)


def _client(**options: Any) -> Client:
    if options.get("verify") is False:
        write("--no-verify: anybody on the way can read and change what is sent.", error=True, style="yellow")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # which says the same with a line of our code
        return Client(**options)


def _once(asked: Asked, plan: Plan) -> int:
    tracers = tracing() if asked.verbose else {}
    with _client(**plan.client, **tracers) as client:
        if asked.output is None:
            answer = fetch(client, plan)
        else:
            try:
                answer = _saved(client, plan, asked.output)
            except OSError as error:
                write(f"--output: the file cannot be written: {error.strerror or type(error).__name__}", error=True)
                return FAILED
    if asked.as_json:
        show_document(document(answer, timeline=asked.explain))
    else:
        show_answer(answer, head=asked.include or plan.method == "HEAD", timeline=asked.explain)
    return exit_code(answer.problem)


def _saved(client: Client, plan: Plan, path: Path) -> Answer:
    with download_bar() as report:
        return save(client, plan, path, report)


def _many(asked: Asked, plan: Plan, calls: int) -> int:
    cancel = Cancel()
    cancellable = Plan(plan.method, plan.url, {**plan.options, "cancel": cancel}, plan.client, plan.into, plan.body)
    tally = Tally(calls)
    with _client(**plan.client) as client, calls_bar(calls) as watch:
        repeat(lambda: fetch(client, cancellable), tally, concurrency=asked.concurrency, abort=cancel.cancel, watch=watch)
    if asked.as_json:
        show_document(tally.figures())
    else:
        show_tally(tally)
    if tally.interrupted:
        return INTERRUPTED
    return FAILED if tally.problems else OK
