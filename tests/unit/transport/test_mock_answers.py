"""What a MockTransport answers with: the kinds of answers, scripts, copies, and what it refuses."""

import threading
from typing import Any

import pytest

import seawall
from seawall import MockTransport, Request, Response, Sent, UsageError
from seawall.testing import Choice, Delay, FakeClock, Garbage, LostAnswer, Reply
from seawall.transport import MockAnswer, MockCall
from tests.worlds import World

URL = "https://api.acme.example/v1"


async def ask(world: World, answer: Any, method: str = "GET", **options: Any) -> seawall.Response:
    """What a client makes of one answer."""
    transport = MockTransport()
    transport.route(method, "/v1/x", answer)
    async with world.client(URL, transport=transport, retry=False, clock=FakeClock()) as api:
        response: seawall.Response = await api.request(method, "/x", raise_for_status=False, **options)
        return response


async def fail(world: World, answer: Any, method: str = "GET") -> BaseException:
    """What a call raises for one answer."""
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - any kind may be scripted
        await ask(world, answer, method)
    return caught.value


def plain(request: Request) -> Response:
    return Response(200, content=request.method.encode())


async def slow(request: Request) -> Response:
    return plain(request)


class Greeting(MockAnswer):
    """An answer of a user's own."""

    async def answer(self, call: MockCall) -> dict[str, Any]:
        return {"hello": call.path}


ANSWERS: dict[str, tuple[Any, int, bytes, str | None]] = {
    "a response": (Response(201, content=b"x"), 201, b"x", None),
    "a status": (404, 404, b"", None),
    "a dict": ({"id": 7}, 200, b'{"id":7}', "application/json"),
    "an empty list": ([], 200, b"[]", "application/json"),
    "a function": (plain, 200, b"GET", None),
    "a coroutine function": (slow, 200, b"GET", None),
    "a function that gives a status": (lambda request: 503, 503, b"", None),
    "a function that gives a function": (lambda request: plain, 200, b"GET", None),
    "an answer of one's own": (Greeting(), 200, b'{"hello":"/v1/x"}', "application/json"),
    "a reply": (Reply(201, text="ü"), 201, "ü".encode(), "text/plain; charset=utf-8"),
    "a reply with a media type": (Reply(json=1, headers={"content-type": "a/b"}), 200, b"1", "a/b"),
    "a reply without content": (Reply(204, text="never"), 204, b"", "text/plain; charset=utf-8"),
    "a delayed reply": (Reply(text="x", delay=3), 200, b"x", "text/plain; charset=utf-8"),
    "a choice": (Choice(lambda call: {"seen": call.number}), 200, b'{"seen":1}', "application/json"),
    "a delay before a status": (Delay(5, 503), 503, b"", None),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_every_kind_of_answer(world: World, name: str) -> None:
    """Each kind of answer gives the response that it stands for."""
    answer, status, content, media_type = ANSWERS[name]
    response = await ask(world, answer)
    assert (response.status, response.content, response.headers.get("content-type")) == (status, content, media_type)


async def test_a_reply_to_head_has_no_body(world: World) -> None:
    """In memory, too, the answer to HEAD is a head."""
    assert (await ask(world, Reply(text="x"), "HEAD")).content == b""


async def test_a_problem_is_raised_with_the_request_it_ended(world: World) -> None:
    """A scripted problem is raised as a copy that names the request, so that a script can raise it often."""
    scripted = seawall.DisconnectProblem(sent=Sent.MAYBE)
    problem = await fail(world, scripted)
    assert isinstance(problem, seawall.DisconnectProblem)
    assert problem is not scripted
    assert (problem.method, problem.url, scripted.url) == ("GET", f"{URL}/x", None)


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        (seawall.ResolveProblem, Sent.NO),
        (seawall.ConnectTimeoutProblem, Sent.NO),
        (seawall.PoolTimeoutProblem, Sent.NO),
        (seawall.ReadTimeoutProblem, Sent.MAYBE),
        (seawall.DisconnectProblem, Sent.MAYBE),
    ],
)
async def test_a_class_of_problems_says_what_a_transport_would_say(
    world: World, kind: type[seawall.ApiProblem], sent: Sent
) -> None:
    """A problem given by its class is one that was sent, or not, as it is with real connections."""
    problem = await fail(world, kind)
    assert type(problem) is kind
    assert problem.sent is sent


@pytest.mark.parametrize("answer", [RuntimeError("a bug"), KeyError, lambda request: RuntimeError("a bug")])
async def test_any_exception_can_be_raised(world: World, answer: Any) -> None:
    """An exception that is no problem passes through the client as it is."""
    assert isinstance(await fail(world, answer), RuntimeError | KeyError)


async def test_a_lost_answer_takes_effect(world: World) -> None:
    """In memory a lost answer runs its effect, and ends as a disconnect that may have been sent."""
    seen: list[MockCall] = []
    problem = await fail(world, LostAnswer(seen.append), "POST")
    assert isinstance(problem, seawall.DisconnectProblem)
    assert problem.sent is Sent.MAYBE
    assert [call.method for call in seen] == ["POST"]


@pytest.mark.parametrize("answer", [None, True, "text", b"bytes", 1.5, 99, 600, Garbage(), seawall.NotFoundProblem], ids=str)
def test_what_is_no_answer_is_refused_at_once(answer: Any) -> None:
    """A script is checked when it is written, and not when a call comes to it."""
    with pytest.raises(UsageError):
        MockTransport().route("GET", "/x", answer)


@pytest.mark.parametrize("answer", [Reply(length=3), Reply(framed=False)])
async def test_lies_about_the_wire_need_a_wire(world: World, answer: Any) -> None:
    """A reply that lies about its framing is refused where there is none."""
    with pytest.raises(UsageError, match="no wire"):
        await ask(world, answer)


async def test_a_function_that_returns_no_answer(world: World) -> None:
    """A forgotten return is named, with what an answer may be."""
    with pytest.raises(UsageError, match="a mock cannot answer with a NoneType; give a Response, a status"):
        await ask(world, lambda request: None)


async def test_a_script_goes_on_with_its_last_answer(world: World) -> None:
    """Each call takes the next answer, the last one repeats, and the calls are numbered."""
    transport = MockTransport()
    route = transport.route("GET", "/v1/x", 500, *[503] * 2, {"ok": True})
    async with world.client(URL, transport=transport, retry=False, clock=FakeClock()) as api:
        statuses = [(await api.get("/x", raise_for_status=False)).status for _ in range(5)]
    assert statuses == [500, 503, 503, 200, 200]
    assert [call.number for call in route.calls] == [1, 2, 3, 4, 5]


async def test_one_response_serves_many_calls(world: World) -> None:
    """What a caller does to a response is not seen by the next one."""
    transport = MockTransport()
    transport.route("GET", "/v1/x", Response(200, content=b"x"))
    async with world.client(URL, transport=transport) as api:
        first, second = await api.get("/x"), await api.get("/x")
    assert first is not second
    assert first.request is not second.request


def test_threads_share_a_script() -> None:
    """Each step is handed out once, however many threads call at the same time."""
    transport = MockTransport()
    route = transport.route("GET", "/v1/x", *[Reply(text=str(step)) for step in range(400)])
    bodies: list[str] = []

    def work() -> None:
        bodies.extend([api.get("/x").text for _ in range(50)])

    with seawall.Client(URL, transport=transport) as api:
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(bodies, key=int) == [str(step) for step in range(400)]
    assert sorted(call.number for call in route.calls) == list(range(1, 401))


async def test_a_call_shows_what_was_asked(world: World) -> None:
    """A seen call has the names that a FaultServer's has, secrets wrapped."""
    transport = MockTransport()
    route = transport.route("POST", "/v1/teams/{team}/agents", 201)
    async with world.client(URL, transport=transport) as api:
        await api.post(
            "/teams/{team}/agents",
            path_params={"team": "a b"},
            params={"page": 2, "tag": ["x", "y"]},
            headers={"Authorization": "Bearer abc", "X-Tag": "1"},
            json={"name": "Ada"},
        )
    call = route.called_once()
    assert (call.method, call.path, call.query) == ("POST", "/v1/teams/a%20b/agents", "page=2&tag=x&tag=y")
    assert (call.target, call.path_params) == (f"{call.path}?{call.query}", {"team": "a b"})
    assert (call.json(), call.content, call.text) == ({"name": "Ada"}, b'{"name":"Ada"}', '{"name":"Ada"}')
    assert (call.query_params["tag"], call.query_params.get_list("tag"), "no" in call.query_params) == ("x", ["x", "y"], False)
    assert (call.headers["x-tag"], call.header("authorization"), call.header("none")) == ("1", "Bearer abc", None)
    assert dict(call.form) == {}
    assert len(call.query_params) == 2
    assert transport.calls == [call]
    assert "abc" not in repr(call.headers)
