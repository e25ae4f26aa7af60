"""Does the job through one subject and judges the result."""

import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from seawall_demo.subjects import Subject

from ._backend_process import BackendProcess
from ._job import FOREIGN_SESSION, Kind, Step
from ._result import Audit, Outcome, Result, audit, result

WORKERS = 8


@dataclass(frozen=True)
class Trial:
    """One subject's job in one phase, done.

    Args:
        result: the figures.
        audit: by name what was found.
        words: what the user read, and how often.
    """

    result: Result
    audit: Audit
    words: Mapping[str, int]


def run_trial(
    backend: BackendProcess,
    name: str,
    seed: int | None,
    make_subject: Callable[[str], Subject],
    steps: Sequence[Step],
    advance: Callable[[], object] = lambda: None,
    minimum: str | None = None,
) -> Trial:
    """Do the job against a console of its own.

    Args:
        backend: where the console is opened.
        name: the console's name.
        seed: the storm's seed; None is calm.
        make_subject: builds the subject from the console's URL.
        steps: the job; at least one.
        advance: called after each step.
        minimum: the oldest version of an app that the console takes; None takes all.
    """
    site = backend.open(name, seed, minimum)
    outcomes = []
    with make_subject(site.url) as subject:
        for outcome in perform(subject, steps):
            outcomes.append(outcome)
            advance()
    tally = backend.tally(site)
    found = audit(outcomes, _stored_names(site.database))
    words = Counter(outcome.words for outcome in outcomes if outcome.words)
    return Trial(result(outcomes, found, tally.requests, tally.spoiled), found, words)


def perform(subject: Subject, steps: Sequence[Step]) -> Iterator[Outcome]:
    """Do all steps, eight at a time, and give each outcome as it comes.

    When the caller stops early, no further step begins, and nothing waits for those that run.
    """
    waiting: SimpleQueue[Step] = SimpleQueue()
    done: SimpleQueue[Outcome] = SimpleQueue()
    for step in steps:
        waiting.put(step)
    for _ in range(WORKERS):
        # In the caller's context, because that holds the language that people are spoken to in.
        threading.Thread(target=copy_context().run, args=(_work, subject, waiting, done), daemon=True).start()
    try:
        for _ in steps:
            yield done.get()
    finally:
        _empty(waiting)


def _work(subject: Subject, waiting: SimpleQueue[Step], done: SimpleQueue[Outcome]) -> None:
    while True:
        try:
            step = waiting.get_nowait()
        except Empty:
            return
        done.put(_outcome(subject, step))


def _outcome(subject: Subject, step: Step) -> Outcome:
    """Do one step. Any exception at all is an outcome: that is what is measured here."""
    start, error = time.perf_counter(), None
    try:
        _do(subject, step)
    except Exception as raised:
        error = raised
    seconds = time.perf_counter() - start
    if error is None:
        return Outcome(step, seconds)
    if not isinstance(error, subject.typed_errors):
        return Outcome(step, seconds, crashed=True)
    expected = step.kind is Kind.FORBIDDEN and subject.is_forbidden(error)
    return Outcome(step, seconds, shown=not expected, words=subject.words(error))


def _do(subject: Subject, step: Step) -> None:
    match step.kind:
        case Kind.CREATE:
            subject.create_agent(step.name, keyed=step.keyed, headers=step.headers)
        case Kind.LIST:
            subject.list_agents(headers=step.headers)
        case Kind.READ:
            subject.read_agent(step.agent, headers=step.headers)
        case Kind.FORBIDDEN:
            subject.close_session(FOREIGN_SESSION, headers=step.headers)


def _empty(queue: SimpleQueue[Step]) -> None:
    try:
        while True:
            queue.get_nowait()
    except Empty:
        return


def _stored_names(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM agents")]
