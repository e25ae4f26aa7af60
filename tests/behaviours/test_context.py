"""Context variables stay where they belong."""

import contextvars
from typing import Any

import seawall
from seawall.chain import SingleFlight
from seawall.model import Runtime
from seawall.testing import FakeClock
from tests.behaviours.kit import URL, Script, outcome
from tests.worlds import World

tenant: contextvars.ContextVar[str] = contextvars.ContextVar("tenant", default="nobody")


def _variables() -> dict[str, Any]:
    return {variable.name: value for variable, value in contextvars.copy_context().items()}


async def test_no_variable_changes_with_a_call(world: World, clock: FakeClock) -> None:
    """R13: after a call, good or bad, whole or streamed, every variable has the value that it had."""
    tenant.set("acme")
    async with world.client(URL, transport=Script(404, 200, 503), clock=clock) as api:
        before = _variables()
        await outcome(api.get("/agents"))
        await outcome(api.get("/agents"))
        async with api.stream("GET", "/agents", raise_for_status=False):
            assert _variables() == before
    assert _variables() == before


async def test_misuse_changes_no_variable(world: World, clock: FakeClock) -> None:
    """R13: an interceptor that raises what nobody expects leaves the variables alone, too."""

    async def failing(request: seawall.Request, call_next: seawall.Next) -> seawall.Response:
        raise ZeroDivisionError

    async with world.client(URL, transport=Script(200), clock=clock, interceptors=[failing]) as api:
        before = _variables()
        try:
            await api.get("/agents")
        except ZeroDivisionError:
            pass
    assert _variables() == before


async def test_the_callers_variables_reach_interceptors(world: World, clock: FakeClock) -> None:
    """R13: an interceptor runs in the context of the call's own caller, and of no other caller."""

    async def tagging(request: seawall.Request, call_next: seawall.Next) -> seawall.Response:
        return await call_next(request.with_header("X-Tenant", tenant.get()))

    transport = Script(200)
    async with world.client(URL, transport=transport, clock=clock, interceptors=[tagging]) as api:

        async def call(name: str) -> str:
            tenant.set(name)
            response = await api.get("/agents")
            return response.request.headers["x-tenant"]

        names = [f"tenant-{number}" for number in range(20)]
        assert await world.gather(*[lambda name=name: call(name) for name in names]) == names


async def test_spawned_work_has_an_empty_context(world: World) -> None:
    """R13: no variable of the caller leaks into work that is started beside it."""
    tenant.set("acme")
    seen: list[dict[str, Any]] = []

    async def work() -> None:
        seen.append(_variables())

    await world.runtime().spawn(work).aclose()
    assert seen == [{}]


async def test_a_shared_flight_has_an_empty_context(world: World) -> None:
    """R13: a refresh that serves many callers holds the context of none of them."""
    seen: list[str] = []

    async def work(runtime: Runtime) -> None:
        seen.append(tenant.get())

    flight = SingleFlight(work)
    runtime = world.runtime()

    async def join(name: str) -> None:
        tenant.set(name)
        await flight.join(runtime)

    await world.gather(*[lambda name=name: join(name) for name in ("ada", "bob", "cleo")])
    assert set(seen) == {"nobody"}


async def test_spawned_work_knows_no_ambient_deadline(world: World, clock: FakeClock) -> None:
    """R13: the ambient deadline of a caller does not end a poll that it started."""
    limits: list[float | None] = []

    def answer(request: seawall.Request) -> seawall.Response:
        limits.append(request.call.clocks.left())
        return seawall.Response(200)

    async with world.client(URL, transport=Script(answer), clock=clock) as api:
        with seawall.deadline(1.0):
            await world.runtime().spawn(lambda: api.get("/flags")).aclose()
    assert limits == [30.0]


async def test_the_locale_is_the_callers(world: World, clock: FakeClock) -> None:
    """R13: `use_locale` speaks for the calls inside it and for none after it."""
    transport = Script(200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        with seawall.use_locale("pt-BR"):
            await api.get("/agents")
        await api.get("/agents")
    assert transport.seen("accept-language") == ["pt-BR", None]
