"""`Idempotency-Key` before any ASGI app, message by message."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest

from seawall_server import StatusError
from seawall_server.asgi import IdempotencyMiddleware
from seawall_server.idempotency import Claim, IdempotencyInProgress, IdempotencyStore, StoredAnswer, fingerprint
from tests.unit.seawall_server.kit import Seen, ask, feed, respond, scope_of

KEYED = {"Idempotency-Key": "key"}


class App:
    """Counts its runs, and answers as it is told."""

    def __init__(self, status: int = 201, *pieces: bytes, **headers: str) -> None:
        self.bodies: list[bytes] = []
        self._status, self._pieces, self._headers = status, pieces or (b"one", b"two"), headers

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        assert not message.get("more_body", False)
        self.bodies.append(message["body"])
        await respond(send, self._status, *self._pieces, **self._headers)


@pytest.fixture
def store(tmp_path: Path) -> IdempotencyStore:
    return IdempotencyStore(tmp_path / "keys.sqlite")


def around(app: Any, store: IdempotencyStore, **options: Any) -> IdempotencyMiddleware:
    return IdempotencyMiddleware(app, store=store, owner=lambda scope: "ada", **options)


def test_a_repetition_does_not_reach_the_app(store: IdempotencyStore) -> None:
    """The app reads the whole body once, and its answer comes twice, without the fields that are not its own."""
    app = App(201, content_type="text/plain", location="/agents/7", set_cookie="a=b")
    first, second = [ask(around(app, store), "POST", headers=KEYED, body=b"hello") for _ in range(2)]
    assert app.bodies == [b"hello"]
    assert (first.body, second.body, second.status) == (b"onetwo", b"onetwo", 201)
    assert second.headers == {
        "content-type": "text/plain",
        "location": "/agents/7",
        "content-length": "6",
        "idempotency-replayed": "true",
    }


def test_a_repetition_without_content_has_no_length(store: IdempotencyStore) -> None:
    """RFC 9110, section 8.6, forbids the field with 204."""
    first, second = [ask(around(App(204, b""), store), "POST", headers=KEYED) for _ in range(2)]
    assert (first.status, second.status, second.body) == (204, 204, b"")
    assert second.headers == {"idempotency-replayed": "true"}


@pytest.mark.parametrize(("method", "headers"), [("GET", KEYED), ("PUT", KEYED), ("POST", {})])
def test_other_requests_are_handed_on(store: IdempotencyStore, method: str, headers: dict[str, str]) -> None:
    """Without a key, or of a method that may be repeated anyway, nothing is kept."""
    app = App()
    for _ in range(2):
        feed(around(app, store), scope_of(method, headers=headers), {"type": "http.request", "body": b""})
    assert len(app.bodies) == 2


def test_one_method_alone_is_no_collection(store: IdempotencyStore) -> None:
    """A text would honour keys of every method that it has within it."""
    with pytest.raises(TypeError, match=r"methods: a list is wanted, not the text 'POST'"):
        around(App(), store, methods="POST")


@pytest.mark.parametrize("status", [400, 422, 500, 503])
def test_an_error_gives_the_key_back(store: IdempotencyStore, status: int) -> None:
    """The request may be mended or tried again."""
    ask(around(App(status), store), "POST", headers=KEYED)
    assert ask(around(App(), store), "POST", headers=KEYED, body=b"mended").status == 201


@pytest.mark.parametrize("error", [RuntimeError, asyncio.CancelledError])
def test_a_failure_gives_the_key_back(store: IdempotencyStore, error: type[BaseException]) -> None:
    """Half an answer is none: the key is free again, and the failure goes on its way."""

    async def failing(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 201, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise error

    with pytest.raises(error):
        ask(around(failing, store), "POST", headers=KEYED)
    assert ask(around(App(), store), "POST", headers=KEYED).status == 201


def test_nothing_is_sent_before_the_answer_is_kept(store: IdempotencyStore) -> None:
    """Whoever has seen the answer may ask again at once, and finds it."""
    found: list[bool] = []

    class Looking(Seen):
        async def send(self, message: Any) -> None:
            kept = await asyncio.to_thread(store.claim, "ada", "key", fingerprint("POST", "/?", b""))
            found.append(isinstance(kept, StoredAnswer))

    async def run() -> None:
        seen = Looking()
        messages = [{"type": "http.request", "body": b""}]

        async def receive() -> Any:
            return messages.pop(0)

        await around(App(), store)(scope_of("POST", headers=KEYED), receive, seen.send)

    asyncio.run(run())
    assert found == [True, True, True]


def test_half_a_request_is_not_done(store: IdempotencyStore) -> None:
    """A client that leaves in the middle of its body has asked for nothing."""
    app = App()
    half = {"type": "http.request", "body": b"half", "more_body": True}
    with pytest.raises(StatusError) as caught:
        feed(around(app, store), scope_of("POST", headers=KEYED), half)
    assert (app.bodies, caught.value.status) == ([], 499)


def test_what_is_held_in_memory_is_bounded(store: IdempotencyStore) -> None:
    """A request over the bound is refused; an answer over it is sent whole, and repeated without its body."""
    with pytest.raises(StatusError) as caught:
        ask(around(App(), store, max_body=4), "POST", headers=KEYED, body=b"hello")
    assert caught.value.status == 413
    app = App(201, b"one", b"two", b"three", content_type="text/plain")
    first, second = [ask(around(app, store, max_body=4), "POST", headers=KEYED, body=b"a") for _ in range(2)]
    assert (first.body, second.body, second.status, len(app.bodies)) == (b"onetwothree", b"", 201, 1)


def test_what_just_fits_is_kept(store: IdempotencyStore) -> None:
    """The bound itself is within it, for the request and for the answer."""
    first, second = [
        ask(around(App(201, b"12", b"34"), store, max_body=4), "POST", headers=KEYED, body=b"body") for _ in range(2)
    ]
    assert (first.body, second.body) == (b"1234", b"1234")


def test_an_answer_over_the_bound_is_not_held_back(store: IdempotencyStore) -> None:
    """From the bound onward the pieces go out as they come, so that memory holds no more of them."""
    out: list[int] = []

    async def endless(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(4):
            await send({"type": "http.response.body", "body": b"piece", "more_body": True})
            out.append(len(seen.messages))
        await send({"type": "http.response.body", "body": b"end"})

    seen = Seen()
    messages = [{"type": "http.request", "body": b""}]

    async def receive() -> Any:
        return messages.pop(0)

    asyncio.run(around(endless, store, max_body=9)(scope_of("POST", headers=KEYED), receive, seen.send))
    assert out == [0, 3, 4, 5]
    assert seen.body == b"piece" * 4 + b"end"


def test_an_answer_that_came_too_late_is_sent_all_the_same(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Its effect has happened: the client hears of it, and the developers of the lease."""
    times = iter([0.0, 0.0, 0.0, 100.0, 100.0, 100.0])
    store = IdempotencyStore(tmp_path / "keys.sqlite", lease=10, now=lambda: next(times, 100.0))

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        found = await asyncio.to_thread(store.claim, "ada", "key", "another request")
        assert isinstance(found, Claim)
        await respond(send, 201, b"late")

    assert ask(around(slow, store), "POST", headers=KEYED).body == b"late"
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_a_request_that_is_running_is_refused(store: IdempotencyStore) -> None:
    """The second of two at once does not reach the app."""
    inner: list[int] = []

    async def twice(scope: Any, receive: Any, send: Any) -> None:
        inner.append(1)
        with pytest.raises(IdempotencyInProgress):
            await around(twice, store)(scope, receive_nothing, send)
        await respond(send, 201, b"done")

    async def receive_nothing() -> Any:
        return {"type": "http.request", "body": b""}

    assert ask(around(twice, store), "POST", headers=KEYED).body == b"done"
    assert inner == [1]
