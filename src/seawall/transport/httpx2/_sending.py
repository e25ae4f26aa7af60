"""One exchange over httpcore2, and the engine that carries it."""

from seawall.model import Clocks, Headers, Origin, Request, Response, Runtime
from seawall.problems import ProtocolProblem

from ..sockets import Exchange, Fault, Options, ProxyAddress
from ._download import Download
from ._engine import AsyncioEngine, BlockingEngine
from ._errors import SERIALISED, judge
from ._pool import pool_arguments
from ._request import raw_request

__all__ = ["SERIALISED", "Engine", "begin", "judge", "make_engine", "send"]

Engine = BlockingEngine | AsyncioEngine
_VERSIONS = frozenset({"HTTP/1.0", "HTTP/1.1", "HTTP/2"})


def make_engine(options: Options, kind: tuple[ProxyAddress | None, bool], *, is_blocking: bool) -> Engine:
    """Make the connections of one event loop, or of all threads.

    Args:
        options: The transport's.
        kind: The proxy, and whether the origins speak TLS.
        is_blocking: Whether they are for threads.
    """
    pool = pool_arguments(options, *kind)
    return BlockingEngine(options, pool) if is_blocking else AsyncioEngine(options, pool)


def begin(runtime: Runtime, clocks: Clocks, engine: Engine, origin: Origin, proxy: ProxyAddress | None) -> Exchange:
    """Make the exchange of a request."""
    if proxy is None:
        return Exchange(runtime, clocks, engine.wait, layers=1 if origin.scheme == "https" else 0)
    layers, greetings = proxy.layers(origin), proxy.greetings(origin)
    return Exchange(runtime, clocks, engine.wait, layers=layers, greetings=greetings, proxied=True)


async def send(request: Request, exchange: Exchange, engine: Engine, proxy: ProxyAddress | None) -> Response:
    """Send a request, and return the response with its body on the way."""
    reader = request.body.open(exchange.runtime) if request.body.data is None else None
    try:
        raw = await engine.handle(raw_request(request, reader, exchange, engine.hush, proxy))
    finally:
        if reader is not None:
            await reader.aclose()
    version = raw.extensions["http_version"].decode("ascii", "replace")
    exchange.answered = version in _VERSIONS
    download = Download(raw, engine, request, exchange)
    headers = Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw.headers])
    doubt = "the response has both a Content-Length and a Transfer-Encoding" if _is_ambiguous(headers) else ""
    if doubt or not exchange.answered:
        await download.aclose()
        raise Fault(ProtocolProblem, detail=doubt or "the response is of an unknown version of HTTP")
    return Response(
        raw.status,
        headers=headers,
        stream=download,
        request=request,
        http_version=version,
        connection=None if exchange.stream is None else exchange.stream.label,
    )


def _is_ambiguous(headers: Headers[str]) -> bool:
    """Whether two readers could see different ends of the body: the seam that response smuggling needs (RFC 9112, 11.2)."""
    return "transfer-encoding" in headers and "content-length" in headers
