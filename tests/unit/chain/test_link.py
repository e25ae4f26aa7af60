"""Linking interceptors: their order, their names, and the blame for their mistakes."""

import functools
from typing import Any

import pytest

from seawall.chain import Next, accept_interceptor, interceptor_name, link
from seawall.model import Request, Response, UsageError
from tests.worlds import World

REQUEST = Request("GET", "https://a.example/")


class Marks:
    """Notes when a request goes down and a response comes up."""

    def __init__(self, name: str, seen: list[str]) -> None:
        self.name = name
        self._seen = seen

    async def __call__(self, request: Request, call_next: Next, /) -> Response:
        self._seen.append(f"{self.name} down")
        response = await call_next(request.with_header(self.name, "x"))
        self._seen.append(f"{self.name} up")
        return response


async def send(request: Request) -> Response:
    return Response(200, headers=[("Seen", name) for name in request.headers])


async def test_the_first_is_the_outermost(world: World) -> None:
    """Requests go down in the order given and responses come up in the other."""
    seen: list[str] = []
    chain = link([Marks("a", seen), Marks("b", seen), Marks("c", seen)], send)
    response = await chain(REQUEST)
    assert seen == ["a down", "b down", "c down", "c up", "b up", "a up"]
    assert response.headers.get_list("seen") == ["a", "b", "c"]
    assert await link([], send)(REQUEST)


async def test_an_interceptor_may_answer_or_ask_again(world: World) -> None:
    """An interceptor may answer without asking below, or ask twice."""
    seen: list[str] = []

    async def twice(request: Request, call_next: Next) -> Response:
        await call_next(request)
        return await call_next(request)

    async def answers(request: Request, call_next: Next) -> Response:
        return Response(204)

    assert (await link([twice, Marks("a", seen), answers, Marks("b", seen)], send)(REQUEST)).status == 204
    assert seen == ["a down", "a up"] * 2


async def passes(request: Request, call_next: Next) -> Response:
    return await call_next(request)


async def prefixed(prefix: str, request: Request, call_next: Next) -> Response:
    return await call_next(request.with_header("X", prefix))


class Holder:
    async def method(self, request: Request, call_next: Next) -> Response:
        return await call_next(request)


@pytest.mark.parametrize("given", [passes, Marks("a", []), functools.partial(prefixed, "p"), Holder().method])
@pytest.mark.parametrize("blocking", [True, False])
async def test_async_interceptors_serve_both_worlds(given: Any, blocking: bool, world: World) -> None:
    """Functions, objects, methods and partials written with `async` are taken by both clients."""
    assert (await link([accept_interceptor(given, blocking=blocking)], send)(REQUEST)).status == 200


def plain(request: Request, call_next: Any) -> Response:
    return call_next(request.with_header("X", "y"))


async def test_a_plain_def_serves_the_blocking_world(world: World) -> None:
    """A plain `def` gets a response from its `call_next` on threads, and is refused by name for tasks."""
    if world.is_blocking:
        accepted = accept_interceptor(plain, blocking=True)
        assert (await link([accepted], send)(REQUEST)).headers.get_list("seen") == ["x"]
    with pytest.raises(UsageError, match="plain is a plain def"):
        accept_interceptor(plain, blocking=False)


async def forgets_await(request: Request, call_next: Next) -> Any:
    return call_next(request)


async def forgets_return(request: Request, call_next: Next) -> Any:
    await call_next(request)


async def returns_text(request: Request, call_next: Next) -> Any:
    return "response"


def plainly_forgets_return(request: Request, call_next: Any) -> Any:
    call_next(request)


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        (forgets_await, "returned a coroutine: write `return await"),
        (forgets_return, "returned NoneType"),
        (returns_text, "returned str"),
        (plainly_forgets_return, "returned NoneType"),
    ],
)
def test_a_result_that_is_no_response_is_blamed_by_name(given: Any, hint: str) -> None:
    """A forgotten await or return is told at once, with the name of the interceptor."""
    chain = link([accept_interceptor(given, blocking=True)], send)
    with pytest.raises(UsageError) as caught:
        chain(REQUEST).send(None)
    assert f"the interceptor {given.__name__} {hint}" in str(caught.value)


@pytest.mark.parametrize(
    ("given", "hint"), [(Marks, "Marks is not an interceptor; give an instance, Marks()"), (7, "int"), (None, "NoneType")]
)
def test_what_is_no_interceptor_is_refused(given: Any, hint: str) -> None:
    """A class, or what cannot be called, is refused when the client is built."""
    for blocking in (True, False):
        with pytest.raises(UsageError, match=r"^interceptors: ") as caught:
            accept_interceptor(given, blocking=blocking)
        assert hint in str(caught.value)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (passes, "passes"),
        (Holder().method, "Holder.method"),
        (Marks("retry", []), "retry"),
        (Holder(), "Holder"),
        (Marks, "Marks"),
        (type("Odd", (), {"name": 7})(), "Odd"),
    ],
)
def test_interceptors_have_names(given: Any, name: str) -> None:
    """A name is the object's own, else that of its function or class."""
    assert interceptor_name(given) == name
