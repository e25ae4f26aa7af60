"""A well-formed answer, and what every behaviour is."""

import json as json_module
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any, ClassVar, Self

from seawall.model import Response, UsageError
from seawall.transport import MockAnswer, MockCall
from seawall.transport.routes import RouteCall

from ._connection import Connection
from ._seen_call import SeenCall

__all__ = ["ANSWER", "Behaviour", "Reply", "Step", "behaviour_for", "check_step"]

CHUNK = 8 * 1024
"""Bytes in one chunk of a chunked reply."""

_PHRASES = {status.value: status.phrase for status in HTTPStatus}


class Behaviour(ABC):
    """What a FaultServer does with one call. Subclass it for misbehaviour of your own."""

    needs_body: ClassVar[bool] = True
    """Whether the server reads the request's body before it acts."""

    @abstractmethod
    def act(self, connection: Connection, call: SeenCall) -> None:
        """Answer, or do worse.

        *When*: after the call was written down. *Available*: the connection, owned until this returns; left open, it is read
        for the next request. *Errors*: `ConnectionGone` passes through; anything else is raised by `FaultServer.close`.

        Args:
            connection: Where to act.
            call: What was asked.
        """


Step = Behaviour | int | dict[str, Any] | list[Any] | Callable[[SeenCall], Any]
"""One step of a route's script: a behaviour, a status, a dict or list (as JSON), or a function of the call that returns one."""


def check_step(step: object) -> None:
    """Refuse what can be no step of a script.

    Raises:
        UsageError: It says what a step may be.
    """
    if isinstance(step, bool) or not (isinstance(step, Behaviour | int | dict | list) or callable(step)):
        kinds = "a behaviour, a status, a dict or list (as JSON), or a function of the call"
        raise UsageError(f"a FaultServer cannot answer with a {type(step).__name__}; give {kinds}")
    if isinstance(step, int) and not 100 <= step <= 599:
        raise UsageError(f"a FaultServer cannot answer with the status {step}")


def behaviour_for(step: Step, call: SeenCall) -> Behaviour:
    """What a step means for a call.

    Raises:
        UsageError: A function returned what is no step.
    """
    if isinstance(step, Behaviour):
        return step
    check_step(step)
    if isinstance(step, int):
        return Reply(step)
    return Reply(json=step) if isinstance(step, dict | list) else behaviour_for(step(call), call)


@dataclass(frozen=True)
class Reply(Behaviour, MockAnswer):
    """An answer; honest unless told to lie. A MockTransport takes it too, as long as it is honest.

    A body is given as `json`, `text` or `body`; answers to HEAD and those with status 204 and 304 carry none. A field in
    `headers` takes the place of the one of that name that the reply would add; two lengths, or a length beside chunks, can be
    sent.

    Args:
        status: The status code.
        json: The body as a JSON document; its media type is application/json.
        text: The body as UTF-8; its media type is text/plain.
        body: The body as bytes, without a media type.
        headers: More header fields, as a mapping or as pairs.
        delay: Seconds to wait before the answer.
        chunked: Send the body in chunks.
        close: Say `Connection: close`, and close.
        length: The Content-Length to state instead of the true one, also beside chunks and where no body may be.
        framed: False sends neither a length nor chunks: the end of the connection ends the body.
        http_version: The version in the status line; after HTTP/1.0 the connection is closed.
        reason: The reason phrase instead of the usual one.
    """

    status: int = 200
    _: KW_ONLY
    json: Any = ...
    text: str | None = None
    body: bytes | None = None
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = ()
    delay: float = 0.0
    chunked: bool = False
    close: bool = False
    length: int | None = None
    framed: bool = True
    http_version: str = "HTTP/1.1"
    reason: str | None = None

    def __post_init__(self) -> None:
        if (self.json is not ...) + (self.text is not None) + (self.body is not None) > 1:
            raise UsageError("a Reply takes one of json, text and body")

    @classmethod
    def problem(
        cls,
        status: int,
        code: str | None = None,
        *,
        detail: str | None = None,
        title: str | None = None,
        type: str = "about:blank",
        retry_after: int | str | datetime | None = None,
        headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        **members: Any,
    ) -> Self:
        """Make an error answer in the form of RFC 9457.

        Args:
            status: The status code.
            code: The member `code`.
            detail: What happened this time.
            title: What kind of problem it is; by default the status's own phrase.
            type: The problem type's URI.
            retry_after: The field Retry-After: seconds, a moment with a time zone, or text as it is.
            headers: More header fields.
            members: More members of the document, such as `errors` or `params`.
        """
        known = {"title": title or _PHRASES.get(status), "status": status, "detail": detail, "code": code, **members}
        document = {"type": type, **{name: value for name, value in known.items() if value is not None}}
        fields = [("Content-Type", "application/problem+json"), *(headers.items() if isinstance(headers, Mapping) else headers)]
        if isinstance(retry_after, datetime):
            retry_after = format_datetime(retry_after, usegmt=True)
        if retry_after is not None:
            fields.append(("Retry-After", str(retry_after)))
        return cls(status, json=document, headers=fields)

    @classmethod
    def redirect(cls, location: str, status: int = 307) -> Self:
        """Make an answer that leads elsewhere.

        Args:
            location: A path or a URL.
            status: 301, 302, 303, 307 or 308.
        """
        return cls(status, headers={"Location": location})

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Send the answer, and close if it says so."""
        self.send(connection, call)
        if self.closes(call):
            connection.fin()

    def send(self, connection: Connection, call: SeenCall, extra: bytes = b"") -> None:
        """Send the answer after its delay, and leave the connection as it is.

        Args:
            connection: Where to send.
            call: What is answered.
            extra: Bytes that go out in the same packet.
        """
        connection.wait(self.delay)
        connection.send(self.head(call), self.payload(call), extra)

    async def answer(self, call: MockCall) -> Response:
        """Answer in memory; see `MockAnswer`.

        Raises:
            UsageError: The answer lies about its length, which only a wire can tell.
        """
        if self.length is not None or not self.framed:
            raise UsageError("a MockTransport has no wire: Reply(length=...) and Reply(framed=False) are for a FaultServer")
        if self.delay:
            await call.wait(self.delay)
        content = self.content() if self._has_body(call) else b""
        given = {name.lower() for name, _ in self.pairs}
        added = [(name, value) for name, value in self._media_type() if name.lower() not in given]
        return Response(self.status, headers=[*self.pairs, *added], content=content, http_version=self.http_version)

    def head(self, call: SeenCall) -> bytes:
        """The status line and the header fields, with the empty line."""
        reason = _PHRASES.get(self.status, "") if self.reason is None else self.reason
        fields = "".join(f"{name}: {value}\r\n" for name, value in (*self.pairs, *self._added(call)))
        return f"{self.http_version} {self.status} {reason}\r\n{fields}\r\n".encode("latin-1")

    def payload(self, call: SeenCall) -> bytes:
        """The body in its framing, as it follows the head; nothing where none may be."""
        if not self._has_body(call):
            return b""
        content = self.content()
        if not self.chunked:
            return content
        pieces = [content[start : start + CHUNK] for start in range(0, len(content), CHUNK)]
        return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (*pieces, b""))

    def content(self) -> bytes:
        """The body without its framing."""
        if self.json is not ...:
            return json_module.dumps(self.json, ensure_ascii=False).encode()
        return self.text.encode() if self.text is not None else self.body or b""

    def closes(self, call: SeenCall) -> bool:
        """Whether the connection is closed after the answer."""
        options = {name.lower(): value.lower() for name, value in self.pairs}.get("connection")
        if options is not None:
            return "close" in options
        return self.close or not self.framed or self.http_version == "HTTP/1.0" or not call.keep_alive

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The header fields that were given, without those that the reply adds."""
        return tuple(self.headers.items() if isinstance(self.headers, Mapping) else self.headers)

    def _has_body(self, call: RouteCall) -> bool:
        return call.method != "HEAD" and self._may_have_body()

    def _may_have_body(self) -> bool:
        return self.status >= 200 and self.status not in (204, 304)

    def _added(self, call: SeenCall) -> Iterator[tuple[str, str]]:
        given = {name.lower() for name, _ in self.pairs}
        for name, value in (*self._media_type(), *self._framing()):
            if name.lower() not in given:
                yield name, value
        if self.status >= 200 and self.closes(call) and "connection" not in given:
            yield "Connection", "close"

    def _media_type(self) -> Iterator[tuple[str, str]]:
        if self.json is not ...:
            yield "Content-Type", "application/json"
        if self.text is not None:
            yield "Content-Type", "text/plain; charset=utf-8"

    def _framing(self) -> Iterator[tuple[str, str]]:
        frames = self.framed and self._may_have_body()
        if self.length is not None:
            yield "Content-Length", str(self.length)
        elif frames and not self.chunked:
            yield "Content-Length", str(len(self.content()))
        if frames and self.chunked:
            yield "Transfer-Encoding", "chunked"


ANSWER = Reply(json={"id": 7, "name": "Ada"})
"""What the behaviours answer that are given no reply of their own."""
