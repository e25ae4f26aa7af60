"""Lines on a developer's terminal."""

import io
import logging
import re
from typing import Any

import pytest

from seawall import problems
from seawall.model import UsageError
from seawall.observe import Levels, print_calls
from tests.unit.observe.events import ended, sent

LINE = "#7 GET https://api.acme.example/v1/agents/{id}: 200 in 0.250s\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No wish about colours from outside."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def printed(stream: io.StringIO, **options: Any) -> str:
    print_calls(stream, **options)(ended())
    return stream.getvalue()


def test_lines_need_no_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    """Without any set-up of logging the lines are on stderr, attempts too, and the app's loggers hear nothing."""
    listener = print_calls()
    listener(sent())
    listener(ended())
    attempt, call = capsys.readouterr().err.splitlines(keepends=True)
    assert attempt.startswith("#7 attempt 1 GET https://api.acme.example/v1/agents/7?team=blue: 200")
    assert call == LINE


def test_the_apps_logging_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    """Printing takes part neither in the app's tree of loggers nor in its list of names."""
    known = set(logging.Logger.manager.loggerDict)
    with caplog.at_level(logging.DEBUG):
        printed(io.StringIO())
    assert caplog.records == []
    assert set(logging.Logger.manager.loggerDict) == known


def test_the_least_level_is_asked() -> None:
    """What is below the level is not printed."""
    stream = io.StringIO()
    listener = print_calls(stream, level=logging.INFO)
    listener(sent())
    assert stream.getvalue() == ""
    listener(ended())
    assert stream.getvalue() == LINE


def test_levels_can_be_chosen() -> None:
    """The levels of outcomes are those of `log_calls`."""
    assert printed(io.StringIO(), level=logging.INFO, levels=Levels(success=logging.DEBUG)) == ""


@pytest.mark.parametrize(
    ("problem", "colour"),
    [
        (None, "\x1b[32m"),
        (problems.BadRequestProblem(status=400), "\x1b[33m"),
        (problems.ConnectProblem(), "\x1b[31m"),
    ],
)
def test_colours_go_by_level(problem: BaseException | None, colour: str) -> None:
    """On a terminal a line has the colour of its level, from its first character to its last."""
    stream = Terminal()
    print_calls(stream)(ended(problem))
    assert re.fullmatch(rf"{re.escape(colour)}#7 .*\x1b\[0m\n", stream.getvalue())
    assert stream.getvalue().count("\x1b") == 2


def test_lines_below_info_are_dim() -> None:
    """Attempts step back behind calls."""
    stream = Terminal()
    print_calls(stream)(sent())
    assert stream.getvalue().startswith("\x1b[2m")


@pytest.mark.parametrize(
    ("stream", "environment", "colour", "coloured"),
    [
        (io.StringIO, {}, None, False),
        (io.StringIO, {}, True, True),
        (Terminal, {}, None, True),
        (Terminal, {}, False, False),
        (Terminal, {"NO_COLOR": "1"}, None, False),
        (Terminal, {"NO_COLOR": ""}, None, True),
        (Terminal, {"NO_COLOR": "1"}, True, True),
        (Terminal, {"TERM": "dumb"}, None, False),
    ],
)
def test_colours_only_where_they_are_wanted(
    stream: type[io.StringIO], environment: dict[str, str], colour: bool | None, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Colour is for terminals whose user has not refused it, unless the app decides."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b" in printed(stream(), colour=colour)) is coloured


@pytest.mark.parametrize("wrong", [{"stream": "log.txt"}, {"level": "INFO"}, {"levels": None}])
def test_a_wrong_argument_is_refused(wrong: dict[str, Any]) -> None:
    """Misuse is told when the listener is made, by the name of the argument."""
    with pytest.raises(UsageError, match=next(iter(wrong))):
        print_calls(**wrong)
