"""Letting go of a response that nobody will see."""

from seawall.model import Response
from seawall.problems import ApiProblem

__all__ = ["discard"]

DRAIN = 64 * 1024  # bytes: reading this much costs less than a new connection; closing is cheaper beyond


async def discard(response: Response) -> None:
    """Read a short rest of a response so that its connection can be used again; close a longer one."""
    read = 0
    try:
        while response.is_streamed and read <= DRAIN:
            piece = await response.next_piece()
            if not piece:
                return
            read += len(piece)
    except ApiProblem:
        return  # nobody was to see this response, nor what became of it
    await response.aclose()
