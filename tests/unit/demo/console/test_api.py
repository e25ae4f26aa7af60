"""What the console sends, and what it makes of the answers."""

from typing import Any

from seawall.testing import FaultServer, LostAnswer, Reply
from seawall_demo.console import Agent, AgentSession, Console
from seawall_demo.console.state import Ready
from tests.unit.demo.console.conftest import LATER, LIST, USER, Run, log_in, seen


def test_log_in_goes_without_a_credential(server: FaultServer, run: Run) -> None:
    """Code and log-in are sent as the backend wants them, and carry no token, even of somebody who is logged in."""

    async def twice(console: Console) -> None:
        await log_in(console)
        await log_in(console)

    run(twice)
    assert [call.json() for call in seen(server, "POST", "/auth/code")] == [{"email": USER["email"]}] * 2
    assert [call.json() for call in seen(server, "POST", "/auth/login")] == [{"email": USER["email"], "otp": "123456"}] * 2
    assert not any("authorization" in call.headers for call in server.calls)


def test_lists_are_typed(server: FaultServer, run: Run) -> None:
    """Lists come as what this app knows of each thing, whatever else the backend sends."""

    async def load(console: Console) -> list[Any]:
        screens = [console.agents(), console.agent_sessions()]
        for screen in screens:
            await screen.load()
        return [screen.value for screen in screens]

    assert run(load) == [Ready([Agent(1, "Ada", "blue")]), Ready([AgentSession(1, "A", "open")])]


def test_calls_name_the_app_and_carry_the_token(server: FaultServer, run: Run) -> None:
    """After log-in each call has the token, and the app's version."""

    async def load(console: Console) -> None:
        await log_in(console)
        await console.agents().load()

    run(load)
    (call,) = seen(server, "GET", "/agents")
    assert (call.headers["authorization"], call.headers["x-app-version"]) == ("Bearer access-1", "1.0.0")


def test_an_agent_is_created_once(server: FaultServer, run: Run) -> None:
    """When the answer to a create is lost, it is sent again with the same key."""
    server.route("POST", "/v1/agents", LostAnswer(), Reply(201, json=LIST[0]))

    async def create(console: Console) -> Agent:
        return await console.agents().create("Ada")

    assert run(create) == Agent(1, "Ada", "blue")
    calls = seen(server, "POST", "/agents")
    assert [call.json() for call in calls] == [{"name": "Ada"}] * 2
    assert len({call.headers["idempotency-key"] for call in calls}) == 1


def test_a_refused_token_is_refreshed(server: FaultServer, run: Run) -> None:
    """On 401 the refresh token buys the next tokens, and the call is sent again with the new one."""
    challenge = Reply(401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    server.route("GET", "/v1/agents", challenge, Reply(json=LIST))

    async def load(console: Console) -> Any:
        await log_in(console)
        screen = console.agents()
        await screen.load()
        return screen.value

    assert run(load) == Ready([Agent(1, "Ada", "blue")])
    assert [call.json() for call in seen(server, "POST", "/auth/refresh")] == [{"refresh_token": "refresh-1"}]
    tokens = [call.headers["authorization"] for call in seen(server, "GET", "/agents")]
    assert tokens == ["Bearer access-1", f"Bearer {LATER['access_token']}"]


def test_log_out_tells_the_backend(server: FaultServer, run: Run) -> None:
    """Logging out ends the session at the backend, too, and later calls carry no token."""

    async def leave(console: Console) -> None:
        await log_in(console)
        await console.session.log_out()
        await console.agents().load()

    run(leave)
    assert [call.json() for call in seen(server, "POST", "/auth/logout")] == [{"refresh_token": "refresh-1"}]
    assert not any("authorization" in call.headers for call in server.calls)
