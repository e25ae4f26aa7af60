"""`Idempotency-Key` for any ASGI app."""

import asyncio
import logging
from collections.abc import Callable, Collection
from functools import partial
from typing import TypeVar

from .._built_in import StatusError
from .._statuses import CLIENT_GONE
from .._texts import texts
from ..idempotency import Claim, ClaimLost, IdempotencyStore, StoredAnswer, fingerprint
from ._wire import App, Message, Receive, Scope, Send, decoded, joined, raw

__all__ = ["IdempotencyMiddleware"]

R = TypeVar("R")
NO_CONTENT = 204
MAX_BODY = 1024 * 1024  # bytes, of the request and of a kept answer
_OF_THE_BODY = frozenset({
    "content-disposition", "content-encoding", "content-language", "content-type", "etag", "last-modified",
})  # fmt: skip
_KEPT = _OF_THE_BODY | {
    "cache-control", "content-location", "expires", "link", "location", "preference-applied", "retry-after", "vary",
}  # fmt: skip
_log = logging.getLogger("seawall_server")


class IdempotencyMiddleware:
    """Runs a request with an `Idempotency-Key` once, and answers its repetitions with the kept answer.

    An answer of status 400 or above gives the key back: such a request must have left no effect. Cookies are not kept. An answer
    over the bound, or of a file that the server sends by itself, is repeated without its body. Effects that must never happen
    twice, even if the process dies in the middle, go through `IdempotencyStore.once` instead, in one transaction with their key.

    It belongs inside `ProblemMiddleware`, and below whatever authenticates: a repetition never reaches the app.

    Args:
        app: The app.
        store: Where keys and answers are kept.
        owner: Names who asks, from the scope of the request. It must authenticate, or raise a `ProblemError`: whoever it names
            gets that owner's answers. The name must outlive a renewed token.
        methods: The methods whose keys are honoured.
        max_body: Bytes of a request with a key, above which it is answered 413, and of an answer that is kept.

    Raises:
        TypeError: `methods` is one text.
    """

    def __init__(
        self,
        app: App,
        *,
        store: IdempotencyStore,
        owner: Callable[[Scope], str],
        methods: Collection[str] = ("POST", "PATCH"),
        max_body: int = MAX_BODY,
    ) -> None:
        self._app, self._store, self._owner, self._max_body = app, store, owner, max_body
        self._methods = frozenset(texts("methods", methods))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        key = joined(scope, b"idempotency-key") if scope["type"] == "http" and scope["method"] in self._methods else None
        if key is None:
            await self._app(scope, receive, send)
            return
        owner = self._owner(scope)
        body = await _whole(receive, self._max_body)
        mark = fingerprint(scope["method"], _target(scope), body)
        found = await _claimed(partial(self._store.claim, owner, key, mark))
        if isinstance(found, StoredAnswer):
            await _repeat(found, send)
            return
        recorder = _Recorder(send, found, self._max_body)
        try:
            await self._app(scope, _replaying(body, receive), recorder)
        finally:
            if not recorder.settled:
                await asyncio.shield(_in_a_thread(found.release))


class _Recorder:
    """Holds a response back until its answer is kept: whoever has got it may ask again at once.

    Attributes:
        settled: Whether it is decided what becomes of the key.
    """

    def __init__(self, send: Send, claim: Claim, limit: int) -> None:
        self._send, self._claim, self._limit = send, claim, limit
        self._held: list[Message] = []
        self._body = bytearray()
        self._whole = True
        self.settled = False

    async def __call__(self, message: Message) -> None:
        """Take a message of the app."""
        begins = message["type"] == "http.response.start"
        if self.settled or not (self._held or begins):  # before the head there are hints
            await self._send(message)
            return
        self._held.append(message)
        if begins or not self._ends(message):
            return
        self.settled = True  # the thread goes to its end, even if this request is cancelled meanwhile
        await asyncio.shield(_in_a_thread(self._settle))
        for held in self._held:
            await self._send(held)

    def _ends(self, message: Message) -> bool:
        """Take a piece, and return whether more of them need not be waited for."""
        self._body += message.get("body", b"")
        self._whole = message["type"] == "http.response.body" and len(self._body) <= self._limit
        return not (self._whole and message.get("more_body", False))

    def _settle(self) -> None:
        head = self._held[0]
        if head["status"] >= 400:
            self._claim.release()
        else:
            names = _KEPT if self._whole else _KEPT - _OF_THE_BODY
            kept = tuple((name, value) for name, value in decoded(head.get("headers", ())) if name.lower() in names)
            try:
                self._claim.complete(StoredAnswer(head["status"], kept, bytes(self._body) if self._whole else b""))
            except ClaimLost:
                _log.warning("a request with an Idempotency-Key ran longer than its lease")


def _in_a_thread(work: Callable[[], R]) -> "asyncio.Future[R]":
    return asyncio.get_running_loop().run_in_executor(None, work)


async def _claimed(claim: Callable[[], Claim | StoredAnswer]) -> Claim | StoredAnswer:
    """Claim a key; if the request is cancelled before it has it, nobody shall have to wait for the lease."""
    claiming = _in_a_thread(claim)
    try:
        return await asyncio.shield(claiming)
    except asyncio.CancelledError:
        claiming.add_done_callback(_give_back)
        raise


def _give_back(claiming: "asyncio.Future[Claim | StoredAnswer]") -> None:
    if claiming.exception() is None and isinstance(found := claiming.result(), Claim):
        _in_a_thread(found.release)


async def _whole(receive: Receive, limit: int) -> bytes:
    """The body. Half a request, of a client that left, must not be done."""
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise StatusError(CLIENT_GONE)
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            raise StatusError(413)
    return bytes(body)


def _replaying(body: bytes, receive: Receive) -> Receive:
    """Hand the app the body that was read already; after it, whatever the server says."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return left.pop() if left else await receive()

    return replay


def _target(scope: Scope) -> str:
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    return (path + b"?" + query).decode("latin-1")


async def _repeat(found: StoredAnswer, send: Send) -> None:
    fields = found.fields if found.status == NO_CONTENT else [*found.fields, ("Content-Length", str(len(found.body)))]
    await send({"type": "http.response.start", "status": found.status, "headers": raw(fields)})
    await send({"type": "http.response.body", "body": found.body})
