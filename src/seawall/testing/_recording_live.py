"""One exchange while it goes on: its bodies are copied as they pass."""

from pathlib import Path

from seawall.chain import drive
from seawall.chain.runtimes import BlockingRuntime
from seawall.model import Body, BodyReader, ByteStream, Call, Headers, Request, Response, Runtime
from seawall.policies import Bounds, BoundsInterceptor
from seawall.problems import ApiProblem, TooLargeProblem

from ._recording_file import Exchange, RecordingError
from ._recording_redaction import Redactor

__all__ = ["LiveExchange"]

_UNPACKED = frozenset({"content-encoding", "content-length"})


class LiveExchange:
    """Watches one request and what comes of it.

    Args:
        request: What is asked.
        path: The file, for errors.
        max_body: Bytes of the biggest body.

    Attributes:
        request: The request to send: the same, with a body that is copied while it is read.

    Raises:
        RecordingError: The request's body is over `max_body`.
    """

    def __init__(self, request: Request, path: Path, max_body: int) -> None:
        self._path = path
        self._max_body = max_body
        self._original = request
        self._sent = Copy(self, "request")
        self._received = Copy(self, "response")
        self._response: Response | None = None
        self._unpacked: tuple[Headers[str], bytes] | None = None
        self._problem: ApiProblem | None = None
        if request.body.data is not None:
            self._sent.add(request.body.data)
            self._sent.whole = True
            self.request = request
        else:
            self.request = request.with_body(_CopiedBody(request.body, self._sent))

    def fail(self, problem: ApiProblem) -> None:
        """Note what the transport raised, before the response or in its body."""
        self._problem = problem

    def attend(self, response: Response) -> Response:
        """Watch the response; a streamed body is copied piece by piece.

        Raises:
            RecordingError: Its body is over `max_body`.
        """
        self._response = response
        if response.is_streamed:
            response.wrap_stream(lambda stream: _CopiedStream(stream, self))
        else:
            self.receive(response.content)
            self.end()
        return response

    def receive(self, piece: bytes) -> None:
        """Copy a piece of the response's body."""
        self._received.add(piece)

    def end(self) -> None:
        """Note that the response's body is there as a whole."""
        self._received.whole = True
        assert self._response is not None
        self._unpacked = self._unpack(self._response, bytes(self._received.data))

    def too_large(self, which: str) -> RecordingError:
        """Return what to raise for a body over the bound."""
        request = self._original
        return RecordingError(
            f"{self._path}: max_body: the {which} body of {request.method} {request.redacted_url} is over {self._max_body} bytes"
        )

    @property
    def max_body(self) -> int:
        """Bytes of the biggest body."""
        return self._max_body

    def recorded(self, redactor: Redactor) -> Exchange | None:
        """Return the exchange as it is to be written; None for one that nothing came of yet."""
        response, problem = self._response, self._problem
        if response is None and problem is None:
            return None
        request = redactor.request(self._original, bytes(self._sent.data), cut=not self._sent.whole)
        described = None if problem is None else redactor.problem(problem)
        if response is None:
            return Exchange(request=request, problem=described)
        headers, content = self._unpacked or (response.headers, bytes(self._received.data))
        cut = not self._received.whole
        answer = redactor.response(response.status, response.http_version, headers, content, cut=cut)
        return Exchange(request=request, response=answer, problem=described)

    def _unpack(self, response: Response, content: bytes) -> tuple[Headers[str], bytes]:
        """Undo the content coding as a client does; a body that cannot be unpacked is recorded as it came."""
        if "content-encoding" not in response.headers:
            return response.headers, content
        try:
            unpacked = drive(_unpack(response, content, self._original.method, self._max_body))
        except TooLargeProblem:
            unpacked = None
        except ApiProblem:
            return response.headers, content
        if unpacked is None:
            raise self.too_large("unpacked response")
        return (response.headers, content) if unpacked == content else (response.headers.without(*_UNPACKED), unpacked)


async def _unpack(response: Response, content: bytes, method: str, max_body: int) -> bytes:
    """Send the packed response through the policy that unpacks it in every client."""

    async def answer(request: Request) -> Response:
        return Response(response.status, headers=response.headers, content=content)

    request = Request(method, "http://localhost", call=Call(BlockingRuntime()))
    return (await BoundsInterceptor(Bounds(body=max_body))(request, answer)).content


class Copy:
    """The copy of one body.

    Args:
        exchange: Whose body it is.
        which: "request" or "response".

    Attributes:
        data: What passed.
        whole: Whether it ended.
    """

    def __init__(self, exchange: LiveExchange, which: str) -> None:
        self._exchange = exchange
        self._which = which
        self.data = bytearray()
        self.whole = False

    def add(self, piece: bytes) -> None:
        """Copy a piece.

        Raises:
            RecordingError: The body is over `max_body` now.
        """
        if len(self.data) + len(piece) > self._exchange.max_body:
            raise self._exchange.too_large(self._which)
        self.data += piece


class _CopiedBody(Body):
    def __init__(self, body: Body, copy: Copy) -> None:
        self._body = body
        self._copy = copy
        self.length, self.media_type, self.secret = body.length, body.media_type, body.secret

    @property
    def replayable(self) -> bool:
        return self._body.replayable

    def open(self, runtime: Runtime) -> BodyReader:
        return _CopiedReader(self._body.open(runtime), self._copy)


class _CopiedReader:
    def __init__(self, inner: BodyReader, copy: Copy) -> None:
        self._inner = inner
        self._copy = copy

    async def read(self) -> bytes:
        piece = await self._inner.read()
        self._copy.add(piece)
        self._copy.whole = not piece
        return piece

    async def aclose(self) -> None:
        await self._inner.aclose()


class _CopiedStream:
    def __init__(self, inner: ByteStream, exchange: LiveExchange) -> None:
        self._inner = inner
        self._exchange = exchange

    async def read(self) -> bytes:
        try:
            piece = await self._inner.read()
        except ApiProblem as problem:
            self._exchange.fail(problem)
            raise
        self._exchange.receive(piece)
        if not piece:
            self._exchange.end()
        return piece

    async def aclose(self) -> None:
        await self._inner.aclose()
