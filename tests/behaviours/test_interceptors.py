"""One's own steps in the chain: their order, their two spellings, and their mistakes."""

import asyncio
import warnings
from typing import Any

import pytest

import seawall
from seawall import AppInfo, CookieJar, Next, Request, Response
from seawall.testing import FakeClock
from tests.behaviours.kit import URL, Script, fail, outcome, reply
from tests.worlds import World


class Tag:
    """Notes when it is passed, on the way in and on the way out."""

    def __init__(self, name: str, passed: list[str]) -> None:
        self.name = name
        self._passed = passed

    async def __call__(self, request: Request, call_next: Next) -> Response:
        self._passed.append(f">{self.name}")
        response = await call_next(request.with_header(f"X-{self.name}", "yes"))
        self._passed.append(f"<{self.name}")
        return response


async def test_the_order_is_fixed(world: World, clock: FakeClock) -> None:
    """Interceptors run in the order given, those of the call once and those of the attempt once per attempt."""
    passed: list[str] = []
    options: dict[str, Any] = {
        "interceptors": [Tag("a", passed), Tag("b", passed)],
        "attempt_interceptors": [Tag("c", passed), Tag("d", passed)],
    }
    transport = Script(503, 200)
    async with world.client(URL, transport=transport, clock=clock, **options) as api:
        await api.get("/agents")
    attempt = [">c", ">d", "<d", "<c"]
    assert passed == [">a", ">b", *attempt, *attempt, "<b", "<a"]
    assert transport.seen("x-d") == ["yes", "yes"]


def test_the_pipeline_shows_the_order(world: World) -> None:
    """`client.pipeline` names every stage, outermost first, and only those that are configured."""
    plain = world.client(URL, transport=Script(200), redirects=False).pipeline
    options: dict[str, Any] = {"interceptors": [Tag("mine", [])], "attempt_interceptors": [Tag("own", [])]}
    full = world.client(URL, transport=Script(200), cookies=True, listeners=[print], **options).pipeline
    assert plain.call == ("deadline", "headers", "idempotency", "decode", "retry")
    assert full.call == ("emit", "deadline", "headers", "idempotency", "mine", "decode", "retry")
    assert plain.attempt == ("attempts", "attempt clock", "statuses", "bounds")
    assert full.attempt == ("attempts", "attempt clock", "statuses", "lifecycle", "redirects", "own", "cookies", "bounds")
    assert str(full).startswith("call: emit -> deadline")
    assert full.transport == "Script"


def test_a_plain_function_serves_client_only() -> None:
    """A plain `def` works in Client and is refused by name for AsyncClient."""

    def plain(request: Request, call_next: Any) -> Response:
        response: Response = call_next(request.with_header("X-Plain", "1"))
        assert response.status == 200
        return response

    transport = Script(200)
    with seawall.Client(URL, transport=transport, interceptors=[plain], attempt_interceptors=[plain]) as api:
        assert api.get("/agents").status == 200
    assert transport.seen("x-plain") == ["1"]
    with pytest.raises(seawall.UsageError, match=r"plain.*async def"):
        seawall.AsyncClient(URL, transport=transport, interceptors=[plain])


@pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning")
async def test_a_forgotten_await_is_blamed(world: World, clock: FakeClock) -> None:
    """An interceptor that returns a coroutine, nothing, or something else is named in the error."""

    async def forgetful(request: Request, call_next: Next) -> Any:
        return call_next(request)

    async def silent(request: Request, call_next: Next) -> Any:
        await call_next(request)

    async def confused(request: Request, call_next: Next) -> Any:
        return (await call_next(request)).content

    for wrong, says in ((forgetful, "await"), (silent, "NoneType"), (confused, "bytes")):
        async with world.client(URL, transport=Script(200), clock=clock, interceptors=[wrong]) as api:
            with pytest.raises(seawall.UsageError, match=rf"{wrong.__name__}.*{says}"):
                await api.get("/agents")


def test_real_io_in_a_client_is_named() -> None:
    """Awaiting an event loop in Client raises an error that names the line, for each way to do it."""

    async def sleeping(request: Request, call_next: Next) -> Response:
        await asyncio.sleep(0)
        return await call_next(request)

    async def waiting(request: Request, call_next: Next) -> Response:
        asyncio.get_running_loop()
        return await call_next(request)

    for wrong in (sleeping, waiting):
        says = rf"{wrong.__name__}.*test_interceptors\.py.*AsyncClient"
        with (
            seawall.Client(URL, transport=Script(200), interceptors=[wrong]) as api,
            pytest.raises(seawall.UsageError, match=says),
        ):
            api.get("/agents")


async def test_before_and_after(world: World, clock: FakeClock) -> None:
    """`before_request` may change the request, `after_response` the response, and neither has to; async functions work too."""
    seen: list[Any] = []

    async def tag(request: Request) -> Request:
        return request.with_header("X-Tag", "1")

    def note(what: Any) -> None:
        seen.append(what)

    def other(response: Response) -> Response | None:
        return Response(299, request=response.request) if response.request.url.endswith("/other") else None

    interceptors = [
        seawall.before_request(tag), seawall.before_request(note), seawall.after_response(note), seawall.after_response(other)
    ]  # fmt: skip
    transport = Script(200)
    async with world.client(URL, transport=transport, clock=clock, interceptors=interceptors) as api:
        assert (await api.get("/agents")).status == 200
        assert (await api.get("/other")).status == 299
    assert transport.seen("x-tag") == ["1", "1"]
    assert [type(what) for what in seen] == [Request, Response] * 2
    assert [what.status for what in seen if isinstance(what, Response)] == [200, 299]


@pytest.mark.parametrize("raises", [True, False])
@pytest.mark.parametrize("answer", [404, fail(seawall.CertificateProblem)])
async def test_on_problem_sees_all(world: World, clock: FakeClock, answer: Any, raises: bool) -> None:
    """`on_problem` hears of raised problems and of those that stay at the response, once each, with their attempts."""
    seen: list[seawall.ApiProblem] = []

    async def slow(problem: seawall.ApiProblem) -> None:
        assert len(problem.attempts) == 1
        seen.append(problem)

    options: dict[str, Any] = {"interceptors": [seawall.on_problem(slow)], "raise_for_status": raises}
    async with world.client(URL, transport=Script(answer), clock=clock, **options) as api:
        result = await outcome(api.get("/agents"))
    assert [type(problem) for problem in seen] == [type(result.problem if isinstance(result, Response) else result)]


async def test_on_problem_hears_of_decode_errors_outside(world: World, clock: FakeClock) -> None:
    """`on_problem` stands above decode, so that it hears of answers of the wrong type."""
    seen: list[seawall.ApiProblem] = []
    transport = Script(reply(200, b"<html>"))
    async with world.client(URL, transport=transport, clock=clock, interceptors=[seawall.on_problem(seen.append)]) as api:
        await outcome(api.get("/agents", response_model=int))
    assert [type(problem) for problem in seen] == [seawall.DecodeProblem]


async def test_listeners_get_settled_problems(world: World, clock: FakeClock) -> None:
    """The problem in a CallFinished event explains the call as the raised one does."""
    seen: list[str] = []

    def listen(event: Any) -> None:
        if type(event).__name__ == "CallFinished":
            seen.append(str(event.problem.explain()))

    async with world.client(URL, transport=Script(503), clock=clock, listeners=[listen]) as api:
        problem = await outcome(api.get("/agents"))
    assert seen == [str(problem.explain())]
    assert "attempt 3" in seen[0]


async def test_a_replaced_stream_is_closed(world: World, clock: FakeClock) -> None:
    """A streamed response that `after_response` replaces is closed, since nobody will see it."""

    class Stream:
        closed = False

        async def read(self) -> bytes:
            return b"x"

        async def aclose(self) -> None:
            self.closed = True

    stream = Stream()
    replacing = seawall.after_response(lambda response: Response(299, request=response.request))
    answer = Script(lambda request: Response(200, stream=stream))
    async with (
        world.client(URL, transport=answer, clock=clock, interceptors=[replacing]) as api,
        api.stream("GET", "/agents") as response,
    ):
        assert response.status == 299
    assert stream.closed


async def test_a_jar_keeps_cookies_by_their_rules(world: World, clock: FakeClock) -> None:
    """A jar sends cookies back to their host and path only, drops what the server deletes, and yields to a call's own."""
    set_a = reply(200, Set_Cookie="a=1; Path=/")
    set_b = reply(200, Set_Cookie="b=2; Path=/admin; Secure; HttpOnly")
    drop_a = reply(200, Set_Cookie="a=; Path=/; Max-Age=0")
    transport = Script(set_a, set_b, 200, 200, 200, drop_a, 200)
    jar = CookieJar()
    async with world.client(URL, transport=transport, clock=clock, cookies=jar) as api:
        for path in ("/one", "/admin/x", "/admin/y", "/two"):
            await api.get(path)
        await api.get("/two", cookies={"own": "1"})
        await api.get("/three")
        await api.get("/four")
    assert [cookie.name for cookie in jar] == ["b"]
    sent = [None if value is None else sorted(value.split("; ")) for value in transport.seen("cookie")]
    assert sent == [None, ["a=1"], ["a=1", "b=2"], ["a=1"], ["own=1"], ["a=1"], None]
    jar.clear()
    assert len(jar) == 0


async def test_without_a_jar_no_cookie_is_kept(world: World, clock: FakeClock) -> None:
    """Cookies are kept only if asked for."""
    transport = Script(reply(200, Set_Cookie="a=1; Path=/"))
    async with world.client(URL, transport=transport, clock=clock) as api:
        await api.get("/one")
        await api.get("/two")
    assert transport.seen("cookie") == [None, None]


async def test_a_curl_command_says_the_same(world: World, clock: FakeClock) -> None:
    """`as_curl` quotes for a shell what was sent, without its secrets."""
    async with world.client(URL, transport=Script(200), clock=clock, app=AppInfo("x", "1")) as api:
        response = await api.post("/agents", params={"q": "it's", "token": "canary"}, json={"name": "O'Neil"})
    command = response.request.as_curl()
    assert command.startswith("curl -X POST -H ")
    assert "'X-App-Version: 1'" in command
    assert """--data-raw '{"name":"O'"'"'Neil"}'""" in command
    assert command.endswith("token=[redacted]'")
    assert "canary" not in command


def test_a_client_in_an_event_loop_warns_once() -> None:
    """Client warns when it blocks a running event loop, once, at the caller's line, and AsyncClient does not."""

    async def misuse() -> list[Any]:
        with seawall.Client(URL, transport=Script(200)) as api, warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            api.get("/agents")
            api.get("/agents")
        return caught

    (warning,) = asyncio.run(misuse())
    assert issubclass(warning.category, RuntimeWarning)
    assert "AsyncClient" in str(warning.message)
    assert warning.filename == __file__
    with seawall.Client(URL, transport=Script(200)) as api:
        assert api.get("/agents").status == 200
