"""A response, buffered or streamed, the same class in both worlds."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar, overload

from typing_extensions import TypeForm

from ._attempt import Attempt, Explanation
from ._charset import charset_of
from ._errors import UsageError
from ._headers import Headers
from ._links import Link, parse_links
from ._parsers import LineParser, ServerEvent, ServerEventParser, StreamLimitError
from ._pieces import Pieces, WholePieces
from ._stream import ByteStream, Completion, Decoder

if TYPE_CHECKING:
    from ._request import Request

__all__ = ["Response"]

T = TypeVar("T")
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


class Response:
    """An HTTP response.

    Who closes it: a buffered response needs no closing. A streamed one belongs to whoever asked for it (`with api.stream(...)`
    closes it); an interceptor that does not pass a response on closes it first.

    Args:
        status: HTTP status code.
        headers: Fields received.
        content: The whole body where it is known; None when `stream` gives it.
        stream: The body on its way.
        request: The request that it answers; the transport's `send` sets it.
        http_version: "HTTP/1.0", "HTTP/1.1" or "HTTP/2".
        connection: Which connection carried it, for the timeline.

    Attributes:
        problem: The server's error as an `ApiProblem`, or None; set by the statuses policy.
        read_limit: Most bytes that `read` gathers of a stream; set by the bounds policy.
        value: The body as `response_model` declares it, or None; set by the decode policy.
    """

    __slots__ = (
        "_completion", "_content", "_decoder", "_on_completion", "_request", "_size", "_stream", "connection", "headers",
        "http_version", "problem", "read_limit", "status", "value",
    )  # fmt: skip

    def __init__(
        self,
        status: int,
        *,
        headers: Headers[str] | Mapping[str, str] | Iterable[tuple[str, str]] = (),
        content: bytes | None = b"",
        stream: ByteStream | None = None,
        request: "Request | None" = None,
        http_version: str = "HTTP/1.1",
        connection: str | None = None,
    ) -> None:
        self.status = status
        self.headers: Headers[str] = headers if isinstance(headers, Headers) else Headers(headers)
        self.http_version = http_version
        self.connection = connection
        self.problem: Exception | None = None
        self.value: Any = None
        self.read_limit: int | None = None
        self._request = request
        self._stream = stream
        self._content = None if stream is not None else content
        self._completion = None if stream is not None else Completion("end", len(content or b""))
        self._on_completion: list[Callable[[Completion], object]] = []
        self._decoder: Decoder | None = None
        self._size = 0

    # -- what came ---------------------------------------------------------------------------------------------------
    @property
    def status_code(self) -> int:
        """The status, under the name that httpx and requests use."""
        return self.status

    @property
    def reason(self) -> str:
        """The standard phrase of the status, "" for unknown ones."""
        return _PHRASES.get(self.status, "")

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self.status < 400

    @property
    def request(self) -> "Request":
        """The request that this answers; after redirects, the last one sent."""
        if self._request is None:
            raise UsageError("this response was made by hand and answers no request")
        return self._request

    @property
    def is_answer(self) -> bool:
        """Whether it answers a request; one made by hand does not."""
        return self._request is not None

    @property
    def url(self) -> str:
        """The URL that answered; it may hold secrets, log `request.redacted_url`."""
        return self.request.url

    @property
    def content(self) -> bytes:
        """The whole body.

        Raises:
            UsageError: It is streamed and was not read yet.
        """
        if self._content is None:
            raise UsageError("the body is streamed; call read() (AsyncClient: aread()) or iterate over it")
        return self._content

    @property
    def text(self) -> str:
        """The whole body as text in the charset that the server named, else UTF-8; wrong bytes are replaced."""
        return self.content.decode(charset_of(self.headers.get("content-type", "")), "replace")

    @overload
    def json(self) -> Any: ...
    @overload
    def json(self, into: TypeForm[T]) -> T: ...
    def json(self, into: Any = Any) -> Any:
        """Decode the body as JSON into a type.

        Args:
            into: Any type that msgspec or pydantic can decode: `list[Agent]`, `Agent | None`, a dataclass, a TypedDict...

        Raises:
            DecodeProblem: The body is no JSON or not of that type; it names the place, never the value.
        """
        return self.decoder.decode(self, into)

    @property
    def links(self) -> dict[str, Link]:
        """The Link header by relation type (RFC 8288)."""
        return parse_links(", ".join(self.headers.get_list("link")))

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Every sending of the call so far."""
        return tuple(self.request.call.attempts)

    def explain(self) -> Explanation:
        """Return the call's timeline: each attempt, why it was repeated, how long was waited."""
        return self.request.call.explain(self.request)

    # -- reading a streamed body -------------------------------------------------------------------------------------
    def read(self) -> bytes:
        """Read the whole body into memory and return it (Client)."""
        return self.run(self.aread())

    async def aread(self) -> bytes:
        """Read the whole body into memory and return it (AsyncClient).

        Raises:
            TooLargeProblem: It is over the client's bound for bodies in memory.
            UsageError: An iterator took some of it before; what is left is not the body.
        """
        if self._content is None:
            if self._size:
                raise UsageError("the body was read in pieces already; read() gives all of it or nothing")
            pieces: list[bytes] = []
            while piece := await self.next_piece():
                pieces.append(piece)
                if self.read_limit is not None and self._size > self.read_limit:
                    await self.aclose()
                    raise self.decoder.too_large(self, StreamLimitError(f"bounds.body: over {self.read_limit} bytes"))
            self._content = b"".join(pieces)
        return self._content

    def iter_bytes(self) -> Iterator[bytes]:
        """Iterate over the body piece by piece, decompressed (Client)."""
        return Pieces(self, WholePieces())

    def aiter_bytes(self) -> AsyncIterator[bytes]:
        """Iterate over the body piece by piece, decompressed (AsyncClient)."""
        return Pieces(self, WholePieces())

    def iter_lines(self) -> Iterator[str]:
        """Iterate over the lines of a UTF-8 body, without their ends (Client)."""
        return Pieces(self, LineParser())

    def aiter_lines(self) -> AsyncIterator[str]:
        """Iterate over the lines of a UTF-8 body, without their ends (AsyncClient)."""
        return Pieces(self, LineParser())

    def iter_events(self) -> Iterator[ServerEvent]:
        """Iterate over server-sent events (Client)."""
        return Pieces(self, ServerEventParser(response=self))

    def aiter_events(self) -> AsyncIterator[ServerEvent]:
        """Iterate over server-sent events (AsyncClient)."""
        return Pieces(self, ServerEventParser(response=self))

    async def next_piece(self) -> bytes:
        """Return the next piece of a streamed body, `b""` at its end: the one door to the stream."""
        if self._stream is None or self._completion is not None:
            if self._completion is not None and self._completion.outcome != "end":
                raise UsageError("the body was closed before its end and cannot be read on")
            return b""
        try:
            piece = await self._stream.read()
        except BaseException as error:
            self._finish(Completion("error", self._size, error))
            raise
        self._size += len(piece)
        if not piece:
            await self._stream.aclose()
            self._finish(Completion("end", self._size))
        return piece

    def close(self) -> None:
        """Free the connection of a streamed response (Client); unread bytes are lost."""
        if self._completion is None:
            self.run(self.aclose())

    async def aclose(self) -> None:
        """Free the connection of a streamed response (AsyncClient); unread bytes are lost."""
        if self._completion is None and self._stream is not None:
            self._finish(Completion("closed", self._size))
            await self._stream.aclose()

    def _finish(self, completion: Completion) -> None:
        if self._completion is None:
            self._completion = completion
            callbacks, self._on_completion = self._on_completion, []
            for callback in callbacks:
                callback(completion)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Finish a coroutine in the call's world; only a response of Client can."""
        return self.request.call.runtime.run(coroutine)

    # -- for policies ------------------------------------------------------------------------------------------------
    @property
    def is_streamed(self) -> bool:
        """Whether the body is still to be read."""
        return self._content is None

    def on_completion(self, callback: Callable[[Completion], object]) -> None:
        """Have `callback` called once when the body has ended, failed or was closed; at once if that is past."""
        if self._completion is not None:
            callback(self._completion)
        else:
            self._on_completion.append(callback)

    def wrap_stream(self, wrap: Callable[[ByteStream], ByteStream]) -> None:
        """Put a filter (decompression, a bound, a progress report) between the body and its reader."""
        if self._stream is not None:
            self._stream = wrap(self._stream)

    def replace_content(self, content: bytes) -> None:
        """Put another whole body in place: what a bound or a decompression made of it."""
        self._content = content

    def answers(self, request: "Request") -> None:
        """Note which request this answers."""
        self._request = request

    @property
    def decoder(self) -> Decoder:
        """What `json()` decodes with."""
        if self._decoder is None:
            raise UsageError("this response was made by hand and has no decoder")
        return self._decoder

    def decode_with(self, decoder: Decoder) -> None:
        """Hand in what `json()` decodes with."""
        self._decoder = decoder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.aclose()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Response belongs to its call and cannot be pickled; keep .content and .headers")

    def __repr__(self) -> str:
        where = "" if self._request is None else f" for {self._request.method} {self._request.redacted_url}"
        return f"<Response {self.status}{where}>"
