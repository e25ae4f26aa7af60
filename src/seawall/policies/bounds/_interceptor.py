"""Reading a body within its bounds."""

import sys
from collections.abc import Awaitable, Callable

from seawall.chain import Next
from seawall.model import ByteStream, Request, Response, Sent
from seawall.problems import ApiProblem, NetworkProblem, OriginalError, ProtocolProblem, TooLargeProblem

from ._codings import Coding, accept_encoding, known_codings, named_codings
from ._options import Bounds
from ._streams import BoundedStream, HeldStream, Refuse, UnpackedStream

__all__ = ["BoundsInterceptor"]

_MAX_CODINGS = 4  # layers of compression: two are a curiosity, more are an attack
_EMPTY_STATUSES = frozenset({204, 304})


class BoundsInterceptor:
    """Asks for compressed bodies, unpacks them, and reads them into memory unless the caller streams.

    It stands just above the transport. A request with a Range asks for no compression, and a part (206) is not unpacked:
    ranges are counted in packed bytes, which a part of cannot be unpacked by itself (RFC 9110, section 14.2).

    Args:
        bounds: How much may be read.
    """

    name = "bounds"

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._body = bounds.body
        self._accept = accept_encoding() if bounds.decompress else None

    async def __call__(self, request: Request, call_next: Next, /) -> Response:
        """See `Interceptor`."""
        if self._accept is not None:
            headers = request.headers
            codings = "identity" if "range" in headers else self._accept
            request = request.with_headers(headers.with_default("Accept-Encoding", codings))
        response = await call_next(request)
        if (
            not response.is_streamed
            and response.headers.get("content-encoding") is None
            and len(response.content) <= self._body
            and request.call.options.on_download is None
        ):
            return response
        await self._receive(request, response)
        return response

    async def _receive(self, request: Request, response: Response) -> None:
        refuse = _refusing(request, response.status)
        try:
            wrap = self._filters(request, response, refuse)
        except ApiProblem as problem:
            problem.response = response
            await response.aclose()
            raise
        if not response.is_streamed:
            response.replace_content(await _gather(wrap(HeldStream(response.content)).read))
            return
        response.wrap_stream(wrap)
        if request.call.options.stream:
            response.read_limit = self._bounds.body
        else:
            response.replace_content(await _gather(response.next_piece, forgive=response.status >= 400))

    def _filters(self, request: Request, response: Response, refuse: Refuse) -> Callable[[ByteStream], ByteStream]:
        """Decide by the head what the body goes through.

        Raises:
            TooLargeProblem: The head announces more than the bound.
            ProtocolProblem: The head names too many codings.
        """
        bounds, options = self._bounds, request.call.options
        option, limit = ("bounds.stream", bounds.stream) if options.stream else ("bounds.body", bounds.body)
        codings: list[Coding] = []
        total: int | None = None
        if request.method != "HEAD" and response.status not in _EMPTY_STATUSES:
            codings = self._codings(response, refuse)
            total = None if codings else _announced(response)
        if total is not None and limit is not None and total > limit:
            raise refuse(TooLargeProblem, f"{option}: the body is of {total} bytes, over {limit}", None)

        def wrap(stream: ByteStream) -> ByteStream:
            for coding in codings:
                stream = UnpackedStream(stream, coding, bounds.piece, refuse)
            report = options.on_download
            in_pieces = options.stream or report is not None or codings  # else nobody sees them
            piece = bounds.piece if in_pieces else sys.maxsize
            return BoundedStream(stream, piece=piece, limit=limit, option=option, refuse=refuse, report=report, total=total)

        return wrap

    def _codings(self, response: Response, refuse: Refuse) -> list[Coding]:
        """What to undo, in this order; nothing when any of it is unknown, so that the caller gets the body as it came."""
        field = response.headers.get("content-encoding")
        if field is None or not self._bounds.decompress or response.status == 206:
            return []
        names = named_codings(field)
        if len(names) > _MAX_CODINGS:
            raise refuse(ProtocolProblem, f"the body is compressed {len(names)} times over; {_MAX_CODINGS} are allowed", None)
        known = known_codings()
        return [known[name] for name in reversed(names)] if all(name in known for name in names) else []


def _announced(response: Response) -> int | None:
    text: str = response.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def _refusing(request: Request, status: int) -> Refuse:
    """Make problems for a response, without holding it: it holds its stream, which holds this."""

    def refuse(kind: type[ApiProblem], detail: str, error: Exception | None) -> ApiProblem:
        problem = kind(status=status, sent=Sent.YES, detail=detail, method=request.method, url=request.redacted_url)
        if error is not None:
            problem.__cause__ = OriginalError.of(error)
        return problem

    return refuse


async def _gather(read: Callable[[], Awaitable[bytes]], *, forgive: bool = False) -> bytes:
    """Read a body to its end; `forgive` takes what came of one that broke off: an error's status says more than its body."""
    pieces: list[bytes] = []
    try:
        while piece := await read():
            pieces.append(piece)
    except BaseException as error:
        if forgive and isinstance(error, NetworkProblem | TooLargeProblem):
            return b"".join(pieces)
        pieces.clear()  # the traceback keeps this frame, and should not keep the body with it
        raise
    return b"".join(pieces)
