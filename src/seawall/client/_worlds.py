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
        other, wanted = ("AsyncClient", "WireTransport") if is_blocking else ("Client", "AsyncWireTransport")
        name = type(transport).__name__
        if "Httpx2" in name:
            wanted = wanted.replace("Wire", "Httpx2")
        raise UsageError(f"transport: {name} is for {other}; give {wanted}")
