"""Errors on their way up: problems as they are, everything else logged and wrapped."""

import asyncio
import logging
from typing import Any, cast

import pytest

import seawall
from seawall import l10n
from seawall.auth.stores import FileStore, MemoryStore, StoredSession, StoreError
from seawall.testing import FaultServer, Reply
from seawall_demo.console import Agent, AgentForbidden, Console, speak
from seawall_demo.console.api import AgentsApi
from seawall_demo.console.repositories import AgentsRepository, ConsoleError
from tests.unit.demo.console.conftest import FORBIDDEN, Run, log_in


class Broken(AgentsApi):
    """Calls that raise whatever they are told to."""

    def __init__(self, error: Exception) -> None:
        super().__init__(cast("seawall.AsyncClient", None))
        self._error = error

    async def first(self) -> list[Agent]:
        raise self._error

    async def create(self, name: str) -> Agent:
        raise self._error


class FullStore(MemoryStore):
    """A store on a disk that is full."""

    def swap(self, expected: str | None, session: StoredSession | None) -> bool:
        raise StoreError("the disk is full")


def raised(error: Exception) -> BaseException:
    """What the repository makes of an error of the API."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is what the tests look at
        asyncio.run(AgentsRepository(Broken(error)).first())
    return caught.value


def test_a_problem_passes_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    """A problem reaches the state as the very object that was raised, and is not logged as a surprise."""
    problem = seawall.ForbiddenProblem(status=403, code="AGENT_FORBIDDEN")
    assert raised(problem) is problem
    assert caplog.records == []


def test_the_unexpected_is_logged_and_wrapped(caplog: pytest.LogCaptureFixture) -> None:
    """Anything else becomes the app's own error, with its cause, one line in the log, and a text that gives nothing away."""
    bug = KeyError("name")
    error = raised(bug)
    assert isinstance(error, ConsoleError)
    assert error.__cause__ is bug
    assert error.user_message() == "Something went wrong. Please try again."
    (record,) = caplog.records
    assert (record.name, record.levelno, record.getMessage()) == ("agents_console", logging.ERROR, "reading agents failed")
    assert record.exc_info is not None
    assert record.exc_info[1] is bug


def test_the_unexpected_is_told_in_the_readers_language() -> None:
    """Once the app speaks, its own error does too."""
    speak()
    try:
        with seawall.use_locale("de"):
            assert ConsoleError().user_message() == "Etwas ist schiefgegangen. Bitte versuchen Sie es noch einmal."
    finally:
        l10n.uninstall()


def test_a_cancelled_call_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    """A screen that is closed while it loads cancels its call, and nothing is logged or wrapped."""
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(AgentsRepository(Broken(cast("Exception", asyncio.CancelledError()))).first())
    assert caplog.records == []


def test_a_form_gets_the_backends_code(server: FaultServer, run: Run) -> None:
    """A refused create reaches the screen as the class that the error contract has for it."""
    server.route("POST", "/v1/agents", FORBIDDEN)

    async def create(console: Console) -> seawall.ApiProblem:
        with pytest.raises(AgentForbidden) as caught:
            await console.agents().create("Ada")
        return caught.value

    assert run(create).code == "AGENT_FORBIDDEN"


def test_a_log_in_that_cannot_be_kept_fails_cleanly(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    """When the store is full nobody is logged in, the screen gets the app's error, and no token is in the log."""

    async def enter(console: Console) -> tuple[BaseException, object]:
        with pytest.raises(ConsoleError) as caught:
            await log_in(console)
        return caught.value, console.session.value

    error, state = run(enter, FullStore())
    assert isinstance(error.__cause__, StoreError)
    assert type(state).__name__ == "Unauthenticated"
    assert "logging in failed" in caplog.text
    assert not any(secret in caplog.text for secret in ("access-1", "refresh-1", "123456"))


def test_a_wrong_code_is_the_forms_to_show(server: FaultServer, run: Run) -> None:
    """A refused code comes as the problem that names the field, and nobody is logged in."""
    refused = {"code": "CODE_INVALID", "status": 422, "errors": [{"pointer": "#/otp", "code": "CODE_INVALID", "detail": "no"}]}
    media_type = {"Content-Type": "application/problem+json"}
    server.route("POST", "/v1/auth/login", Reply(422, json=refused, headers=media_type))

    async def enter(console: Console) -> seawall.ApiProblem:
        with pytest.raises(seawall.ValidationProblem) as caught:
            await log_in(console)
        return caught.value

    problem = run(enter)
    assert (problem.code, [error.pointer for error in problem.field_errors]) == ("CODE_INVALID", ["/otp"])


def test_the_session_is_kept_for_the_next_run(run: Run, store: FileStore) -> None:
    """What was logged in to is found again by another console on the same store."""
    run(log_in, store)

    async def look(console: Console) -> Any:
        return console.session.value

    assert run(look, store).user.name == "ada"
