"""The listener and the standard library's logging: who is asked, what is built, what is spoiled."""

import json
import logging
import logging.handlers
import pickle
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest

from seawall import problems
from seawall.model import (
    CallStarted,
    Deprecated,
    Event,
    RedirectFollowed,
    RetryStopped,
    SchemaDrift,
    StopReason,
    StreamFinished,
    UsageError,
)
from seawall.observe import JsonFormatter, Levels, log_calls
from tests.unit.observe.events import Keeper, again, ended, listening, made, sent

NAME = "tests.acme"
EVENTS: dict[str, list[Event]] = {
    "a call": [ended()],
    "a failed call": [ended(problems.UnavailableProblem(status=503, code="BUSY"), 503)],
    "an attempt": [sent()],
    "a retried attempt": [sent("UnavailableProblem", 503), again()],
    "a failed attempt": [sent("UnavailableProblem", 503), made(RetryStopped, reason=StopReason.RETRY_OFF)],
    "a redirect": [made(RedirectFollowed, status=302, location="https://b.example/", crossed_origin=True)],
    "a stream": [made(StreamFinished, outcome="end", size=1)],
    "an announcement": [made(Deprecated, since=None, link=None)],
    "drift": [made(SchemaDrift, pointer="/x", kind="unknown_field")],
}
each_event = pytest.mark.parametrize("events", EVENTS.values(), ids=EVENTS)


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    """A handler on the loggers of these tests."""
    handler = Keeper()
    with listening(NAME, handler):
        yield handler


def functions_of(work: Callable[[], object]) -> list[str]:
    """The names of Seawall's functions that run meanwhile."""
    names: list[str] = []

    def note(frame: FrameType, kind: str, _: object) -> None:
        if kind == "call" and "/seawall/" in frame.f_code.co_filename:
            names.append(frame.f_code.co_name)

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return names


@each_event
def test_nothing_is_built_for_a_logger_that_is_off(keeper: Keeper, events: list[Event]) -> None:
    """Where the level is not enabled no field is read, no line is made and no record: only the decision costs."""
    listener, work = log_calls(NAME), {"line_of", "_write", "_about", "public_url", "one_line"}
    logging.getLogger(NAME).setLevel(logging.CRITICAL)
    cheap = functions_of(lambda: [listener(event) for event in events])
    assert len(cheap) <= 4 * len(events)
    assert not work & set(cheap)
    logging.getLogger(NAME).setLevel(logging.DEBUG)
    assert work <= set(functions_of(lambda: [listener(event) for event in events]))
    assert len(keeper.records) == 1


def test_what_began_is_not_told(keeper: Keeper) -> None:
    """One line per call and per attempt: their beginnings make none, nor do events that are not known."""

    class Unknown(Event, frozen=True, kw_only=True):
        pass

    listener = log_calls(NAME)
    listener(made(CallStarted))
    listener(made(Unknown))
    assert keeper.records == []


@pytest.mark.parametrize(
    ("events", "logger", "level"),
    [
        ("a call", "call", logging.INFO),
        ("a failed call", "call", logging.ERROR),
        ("an attempt", "attempt", logging.DEBUG),
        ("a retried attempt", "attempt", logging.WARNING),
        ("a failed attempt", "attempt", logging.DEBUG),
        ("a redirect", "attempt", logging.DEBUG),
        ("a stream", "call", logging.DEBUG),
        ("an announcement", "lifecycle", logging.WARNING),
        ("drift", "lifecycle", logging.INFO),
    ],
)
def test_who_writes_what(keeper: Keeper, events: str, logger: str, level: int) -> None:
    """Each event has its logger and its level, as the docs show."""
    listener = log_calls(NAME)
    for event in EVENTS[events]:
        listener(event)
    (record,) = keeper.records
    assert (record.name, record.levelno) == (f"{NAME}.{logger}", level)


@each_event
def test_levels_can_be_chosen(keeper: Keeper, events: list[Event]) -> None:
    """Each of the levels is asked for, none is written down twice."""
    names = [name for name in Levels.__struct_fields__ if name != "expected_statuses"]
    listener = log_calls(NAME, levels=Levels(**dict.fromkeys(names, 17)))
    for event in events:
        listener(event)
    assert [record.levelno for record in keeper.records] == [17]


def test_the_loggers_have_seawalls_name() -> None:
    """Without a name the loggers are below `seawall`."""
    keeper = Keeper()
    with listening("seawall", keeper):
        log_calls()(ended())
    assert [record.name for record in keeper.records] == ["seawall.call"]


@pytest.mark.parametrize("wrong", [{"logger": None}, {"logger": logging.getLogger(NAME)}, {"levels": None}, {"levels": "INFO"}])
def test_a_wrong_argument_is_refused(wrong: dict[str, Any]) -> None:
    """Misuse is told when the listener is made, by the name of the argument."""
    with pytest.raises(UsageError, match=next(iter(wrong))):
        log_calls(**wrong)


def test_each_attempt_gets_its_own_decision(keeper: Keeper) -> None:
    """Attempts of calls that run at the same time wait for their decisions apart."""
    listener = log_calls(NAME)
    listener(sent("A", call=1))
    listener(sent("B", call=2))
    listener(again(call=2, reason="b"))
    listener(again(call=1, reason="a"))
    listener(again(call=1, reason="nothing waits"))
    told = [(record.__dict__["call"], record.__dict__["problem"], record.__dict__["retried"]) for record in keeper.records]
    assert told == [(2, "B", "b"), (1, "A", "a")]


def test_an_attempt_without_a_decision_is_told_with_its_call(keeper: Keeper) -> None:
    """Where an interceptor raised, nobody decides; the attempt is told before the call, and not kept."""
    listener = log_calls(NAME)
    listener(sent("ValueError", None))
    listener(ended(ValueError(), None))
    listener(ended())
    assert [record.__dict__["event"] for record in keeper.records] == ["attempt", "call", "call"]


def test_what_waits_is_bounded(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts for which no decision ever comes fill no memory."""
    monkeypatch.setattr("seawall.observe._log_calls.MAX_OPEN", 3)
    listener = log_calls(NAME)
    for call in range(10):
        listener(sent("A", call=call))
    for call in range(10):
        listener(again(call=call))
    assert [record.__dict__["call"] for record in keeper.records] == [0, 1, 2]


def test_many_threads_share_a_listener(keeper: Keeper) -> None:
    """No line is lost or mixed up when many calls end at the same time."""
    listener = log_calls(NAME)

    def work(call: int) -> None:
        for _ in range(50):
            listener(sent("A", call=call))
            listener(again(call=call))

    threads = [threading.Thread(target=work, args=(call,)) for call in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(record.__dict__["call"] for record in keeper.records) == sorted(list(range(8)) * 50)


class Broken(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        raise RuntimeError("canary")


@each_event
def test_a_broken_handler_spoils_nothing(events: list[Event], capsys: pytest.CaptureFixture[str]) -> None:
    """A handler that raises is named on stderr, without its words, and the listener raises nothing."""
    with listening(NAME, Broken()):
        listener = log_calls(NAME)
        for event in events:
            listener(event)
    assert capsys.readouterr().err == "seawall: logging a call raised RuntimeError\n"


def test_a_broken_handler_can_be_silent(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """`logging.raiseExceptions`, the switch of the standard library, holds here too; a missing stderr is survived."""
    with listening(NAME, Broken()):
        monkeypatch.setattr(logging, "raiseExceptions", False)
        log_calls(NAME)(ended())
        assert capsys.readouterr().err == ""
        monkeypatch.setattr(logging, "raiseExceptions", True)
        monkeypatch.setattr(sys, "stderr", None)
        log_calls(NAME)(ended())


def test_filters_are_asked(keeper: Keeper) -> None:
    """A filter of the app sees the fields and may refuse the record."""
    logger = logging.getLogger(f"{NAME}.call")

    def refuse(record: logging.LogRecord) -> bool:
        return record.__dict__["status"] != 204

    logger.addFilter(refuse)
    try:
        log_calls(NAME)(ended(status=204))
        log_calls(NAME)(ended(status=200))
    finally:
        logger.removeFilter(refuse)
    assert [record.__dict__["status"] for record in keeper.records] == [200]


def test_what_the_apps_record_factory_sets_stays(keeper: Keeper) -> None:
    """An app that names each record's trace keeps its own name, and loses no line by it."""
    before = logging.getLogRecordFactory()

    def factory(*args: Any, **options: Any) -> logging.LogRecord:
        record = before(*args, **options)
        record.trace_id = record.call = "of the app"
        return record

    logging.setLogRecordFactory(factory)
    try:
        log_calls(NAME)(ended(problems.BadRequestProblem(status=400, code="NO", trace_id="theirs"), 400))
    finally:
        logging.setLogRecordFactory(before)
    (record,) = keeper.records
    assert (record.__dict__["trace_id"], record.__dict__["call"], record.__dict__["code"]) == ("of the app", "of the app", "NO")


@each_event
def test_no_field_has_a_name_of_logging(keeper: Keeper, events: list[Event]) -> None:
    """The fields could all be given as `extra=`, which refuses the names of a record's own attributes."""
    listener = log_calls(NAME)
    for event in events:
        listener(event)
    others = {"message", "asctime", *vars(logging.makeLogRecord({}))}  # the former two are set by formatters
    extra = {name: value for name, value in vars(keeper.records[0]).items() if name not in others}
    assert len(extra) > 5
    logging.getLogger(NAME).error("again", extra=extra)
    assert keeper.records[1].__dict__["event"] == extra["event"]


def test_records_travel(keeper: Keeper) -> None:
    """Records can be pickled and put into a queue, as handlers do that hand them to another thread or process."""
    log_calls(NAME)(ended())
    (record,) = keeper.records
    copy = pickle.loads(pickle.dumps(record))
    assert copy.getMessage() == record.getMessage()
    lines: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    logging.handlers.QueueHandler(lines).handle(record)
    assert json.loads(JsonFormatter().format(lines.get()))["status"] == 200
