"""Which transport fits which client."""

from seawall.chain import Transport
from seawall.model import UsageError

__all__ = ["check_world"]


def check_world(transport: Transport, *, is_blocking: bool) -> None:
    """Refuse a transport of the other world: it would block an event loop, or miss one. One that does not say is taken.

    Args:
        transport: What a client was given.
        is_blocking: Whether the client is the one for threads.

    Raises:
        UsageError: It is for the other client.
    """
    if getattr(transport, "is_blocking", is_blocking) != is_blocking:
        other, wanted = ("AsyncClient", "Httpx2Transport") if is_blocking else ("Client", "AsyncHttpx2Transport")
        raise UsageError(f"transport: {type(transport).__name__} is for {other}; give {wanted}")
