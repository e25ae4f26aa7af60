"""No context variable of one call is seen by another, nor by a refresh."""

import contextvars
import threading
from typing import Any

import seawall
from seawall import NestedCalls, Tokens
from seawall.testing import FakeClock, Gate
from tests.behaviours.auth.crowds import Crowd, get, outcomes
from tests.behaviours.auth.server import AuthServer, refresh

tenant = contextvars.ContextVar("tenant", default="nobody")


def _as(name: str, **options: Any) -> Any:
    """A call by a caller that has set a variable; it returns what that is afterwards, and what else was changed."""

    async def job(api: Any) -> tuple[str, dict[Any, Any]]:
        tenant.set(name)
        before = dict(contextvars.copy_context().items())
        await api.get("/agents", **options)
        after = dict(contextvars.copy_context().items())
        return tenant.get(), {key: value for key, value in after.items() if before.get(key) is not value}

    return job


def test_a_refresh_sees_no_callers_variables(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """R13: a refresh runs in an empty context, whoever leads it, waited for or not; what it sets stays there."""
    seen: list[str] = []

    async def looking(tokens: Tokens, api: NestedCalls) -> Tokens:
        seen.append(tenant.get())
        tenant.set("the refresh")
        return await refresh(tokens, api)

    crowd.connect(server.url, source=looking, clock=clock).sign_in(server.login())
    server.tokens.expire_all()
    assert crowd.run(*[_as(f"tenant {number}") for number in range(20)]) == [(f"tenant {n}", {}) for n in range(20)]
    clock.advance(3400)  # advised
    assert crowd.one(_as("ada")) == ("ada", {})
    crowd.settle()
    clock.advance(3599)  # required
    assert crowd.one(_as("bob")) == ("bob", {})
    assert seen == ["nobody"] * 3


def test_an_ambient_deadline_is_the_callers_alone(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """R13: a caller's ambient deadline ends its own wait for a refresh, and not the refresh."""
    gate = Gate(then=server.tokens.token_endpoint())
    server.refresh_by(gate)
    crowd.connect(server.url, clock=clock).sign_in(server.login())
    server.tokens.expire_all()

    async def hurried(api: Any) -> Any:
        with seawall.deadline(0.3):
            return await api.get("/agents")

    in_a_hurry = crowd.start(hurried)
    gate.reached.wait()
    patient = crowd.start(get())
    clock.advance(1)
    assert isinstance(outcomes(in_a_hurry)[0], seawall.DeadlineProblem)
    gate.open()
    assert outcomes(patient)[0].status == 200
    assert (len(server.token.calls), server.tokens.refreshes) == (1, 1)


def test_a_refresh_keeps_its_own_tries(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """R13: a refresh that a nested call leads is no nested call, and is tried again like any other."""
    server.refresh_by(503, server.tokens.token_endpoint())
    flags = server.server.route("GET", "/flags", {})

    async def asking(request: seawall.Request, call_next: seawall.Next) -> seawall.Response:
        if request.url.endswith("/flags"):
            home = crowd.homes[0 if request.call.runtime.is_blocking else -1]
            await home.api.get("/agents")
        return await call_next(request)

    crowd.connect(server.url, clock=clock, client={"interceptors": [asking]}).sign_in(server.login())
    server.tokens.expire_all()
    assert crowd.one(lambda api: api.get("/flags")).status == 200
    assert (len(server.token.calls), len(flags.calls)) == (2, 1)


def test_observers_run_in_the_thread_that_signed_in(crowd: Crowd, server: AuthServer) -> None:
    """R13: observers hear of a sign-in in the thread of the sign-in, and in its context."""
    heard: list[tuple[int, str]] = []
    crowd.connect(server.url)
    crowd.session.state_changed.connect(lambda state: heard.append((threading.get_ident(), tenant.get())))

    async def sign_in(api: Any) -> int:
        tenant.set("ada")
        signed_in = crowd.session.sign_in(server.login())
        if signed_in is not None:
            await signed_in
        return threading.get_ident()

    (thread,) = outcomes([crowd.homes[-1].start(sign_in)])
    assert heard == [(thread, "ada")]
