"""`Idempotency-Key` when a request is cancelled, or its response is not made of a head and pieces alone."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from seawall_server.asgi import IdempotencyMiddleware
from seawall_server.idempotency import Claim, IdempotencyKeyInvalid, IdempotencyStore, StoredAnswer, fingerprint
from tests.unit.seawall_server.kit import Seen, ask, feed, respond, scope_of

KEYED = {"Idempotency-Key": "key"}
MARK = fingerprint("POST", "/?", b"")


@pytest.fixture
def store(tmp_path: Path) -> IdempotencyStore:
    return IdempotencyStore(tmp_path / "keys.sqlite")


def around(app: Any, store: IdempotencyStore, **options: Any) -> IdempotencyMiddleware:
    return IdempotencyMiddleware(app, store=store, owner=lambda scope: "ada", **options)


async def answering(scope: Any, receive: Any, send: Any) -> None:
    await respond(send, 201, b"done")


class Held:
    """A step of the store that begins, and goes on when it is told."""

    def __init__(self, work: Callable[..., Any]) -> None:
        self.begun, self.go_on, self.ended = threading.Event(), threading.Event(), threading.Event()
        self._work = work

    def __call__(self, *arguments: Any) -> Any:
        self.begun.set()
        self.go_on.wait(30)
        try:
            return self._work(*arguments)
        finally:
            self.ended.set()


async def cancel_in(step: Held, app: Any) -> None:
    """Cancel a request, twice as anyio does, while the store is at work, and let the store finish then."""

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    request = asyncio.create_task(app(scope_of("POST", headers=KEYED), receive, Seen().send))
    await asyncio.to_thread(step.begun.wait, 30)
    for _ in range(2):
        request.cancel()
        await asyncio.sleep(0)
    step.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await request
    await asyncio.to_thread(step.ended.wait, 30)


def test_an_answer_is_kept_though_its_request_is_cancelled(store: IdempotencyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The effect has happened: the repetition gets its answer instead of a second effect."""
    step = Held(store.keep)
    monkeypatch.setattr(store, "keep", step)
    asyncio.run(cancel_in(step, around(answering, store)))
    assert isinstance(store.claim("ada", "key", MARK), StoredAnswer)


def test_a_key_is_free_when_its_request_is_cancelled_before_it_began(
    store: IdempotencyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing has happened: the repetition need not wait for the lease."""
    claiming, releasing = Held(store.claim), Held(store.forget)
    releasing.go_on.set()
    monkeypatch.setattr(store, "claim", claiming)
    monkeypatch.setattr(store, "forget", releasing)

    async def run() -> None:
        await cancel_in(claiming, around(answering, store))
        await asyncio.to_thread(releasing.ended.wait, 30)

    asyncio.run(run())
    monkeypatch.undo()
    assert isinstance(store.claim("ada", "key", MARK), Claim)


def test_a_key_is_free_when_its_request_is_cancelled_in_the_app(store: IdempotencyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also if it is cancelled again while the key is given back."""
    step = Held(store.forget)
    monkeypatch.setattr(store, "forget", step)

    async def stuck(scope: Any, receive: Any, send: Any) -> None:
        raise asyncio.CancelledError

    asyncio.run(cancel_in(step, around(stuck, store)))
    assert isinstance(store.claim("ada", "key", MARK), Claim)


@pytest.mark.parametrize(("fails", "found"), [(False, StoredAnswer), (True, Claim)])
def test_what_waits_for_a_thread_is_done_all_the_same(store: IdempotencyStore, fails: bool, found: type) -> None:
    """Where all threads are taken, a request that is cancelled still has its answer kept, or its key given back."""
    free, reached = threading.Event(), asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        asyncio.get_running_loop().run_in_executor(None, free.wait, 30)  # the only thread
        reached.set()
        if fails:
            raise RuntimeError
        await answering(scope, receive, send)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def run() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        request = asyncio.create_task(around(app, store)(scope_of("POST", headers=KEYED), receive, Seen().send))
        await reached.wait()
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        free.set()

    asyncio.run(run())  # which waits for its threads
    assert isinstance(store.claim("ada", "key", MARK), found)


def test_what_comes_before_the_head_is_handed_on(store: IdempotencyStore) -> None:
    """Early hints, and what test clients are told of templates, are no part of the answer."""

    async def hinting(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.debug", "info": {}})
        await answering(scope, receive, send)

    first = ask(around(hinting, store), "POST", headers=KEYED)
    assert [message["type"] for message in first.messages] == [
        "http.response.debug",
        "http.response.start",
        "http.response.body",
    ]
    assert ask(around(hinting, store), "POST", headers=KEYED).body == b"done"


def test_a_file_that_the_server_sends_is_not_waited_for(store: IdempotencyStore) -> None:
    """Its bytes are not seen here: it is sent, and repeated without its body and without fields about that."""

    async def sending(scope: Any, receive: Any, send: Any) -> None:
        fields = [(b"content-type", b"text/csv"), (b"content-encoding", b"gzip"), (b"location", b"/exports/7")]
        await send({"type": "http.response.start", "status": 201, "headers": fields})
        await send({"type": "http.response.pathsend", "path": "/exports/7.csv"})

    first, second = [ask(around(sending, store), "POST", headers=KEYED) for _ in range(2)]
    assert [message["type"] for message in first.messages] == ["http.response.start", "http.response.pathsend"]
    assert second.headers == {"location": "/exports/7", "content-length": "0", "idempotency-replayed": "true"}


def test_two_keys_are_none(store: IdempotencyStore) -> None:
    """Nobody can say which of them another server on the way goes by."""
    scope = scope_of("POST", headers=KEYED)
    scope["headers"].append((b"idempotency-key", b"other"))
    with pytest.raises(IdempotencyKeyInvalid):
        feed(around(answering, store), scope, {"type": "http.request", "body": b""})


def test_fields_for_caches_are_kept(store: IdempotencyStore) -> None:
    """What must not be stored on the way must not be so the second time either."""

    async def private(scope: Any, receive: Any, send: Any) -> None:
        await respond(send, 200, b"token", cache_control="no-store", vary="Accept", x_private="a", set_cookie="a=b")

    first, second = [ask(around(private, store), "POST", headers=KEYED) for _ in range(2)]
    assert first.headers["x-private"] == "a"
    assert second.headers == {
        "cache-control": "no-store",
        "vary": "Accept",
        "content-length": "5",
        "idempotency-replayed": "true",
    }


def test_an_owner_never_gets_anothers_answer(store: IdempotencyStore) -> None:
    """The same key with the same request of somebody else runs for itself."""
    served: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        served.append(scope["user"])
        await respond(send, 201, scope["user"].encode())

    async def authenticating(scope: Any, receive: Any, send: Any) -> None:
        (scope["user"],) = [value.decode() for name, value in scope["headers"] if name == b"x-user"]
        middleware = IdempotencyMiddleware(app, store=store, owner=lambda scope: str(scope["user"]))
        await middleware(scope, receive, send)

    bodies = [ask(authenticating, "POST", headers={**KEYED, "X-User": user}).body for user in ("ada", "eve", "ada", "eve")]
    assert bodies == [b"ada", b"eve", b"ada", b"eve"]
    assert served == ["ada", "eve"]
