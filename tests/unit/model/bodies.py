"""Reading bodies in tests."""

from seawall.chain import drive
from seawall.chain.runtimes import BlockingRuntime
from seawall.model import Body, Runtime


async def read(body: Body, runtime: Runtime) -> bytes:
    """Send a body once, as a transport does, and return what went out."""
    reader = body.open(runtime)
    pieces = []
    try:
        while piece := await reader.read():
            pieces.append(piece)
    finally:
        await reader.aclose()
        await reader.aclose()
    return b"".join(pieces)


def sent(body: Body) -> bytes:
    """Send a body once on threads."""
    return drive(read(body, BlockingRuntime()))
