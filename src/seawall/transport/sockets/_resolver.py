"""The user's own way from names to addresses: a service registry, a name server of his choice, a list."""

import inspect
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from seawall.model import UsageError
from seawall.problems import ResolveProblem

from ._exchange import Fault

__all__ = ["Address", "Answer", "Resolver", "addresses_of", "check_resolver", "is_async", "numeric"]

Address: TypeAlias = tuple[int, int, int, str, Any]  # as `socket.getaddrinfo` gives them
Answer: TypeAlias = Sequence[str | tuple[str, int]] | None
Resolver: TypeAlias = Callable[[str, int], Answer | Awaitable[Answer]]
_SHAPE = "resolver: it must return a list of IP addresses as text, or of (address, port), or None to leave the host to the system"


def is_async(resolver: object) -> bool:
    """Whether a call of it must be awaited."""
    return inspect.iscoroutinefunction(resolver) or inspect.iscoroutinefunction(type(resolver).__call__)


def check_resolver(resolver: object, *, is_blocking: bool) -> None:
    """Raise a `UsageError` where something cannot be a transport's resolver.

    Args:
        resolver: What was given; None is fine.
        is_blocking: Whether it is for `Client`.
    """
    if resolver is None:
        return
    if not callable(resolver):
        raise UsageError(f"resolver: give a function of host and port, not {type(resolver).__name__}")
    if is_blocking and is_async(resolver):
        raise UsageError("resolver: an async function needs AsyncClient; give Client a plain one")


def numeric(host: str, port: int) -> list[Address]:
    """Return the address that a text is; nothing if it is a name."""
    try:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST))
    except (OSError, UnicodeError):
        return []


def addresses_of(answer: object, port: int) -> list[Address]:
    """Read what a resolver returned.

    Args:
        answer: See `Answer`.
        port: The port of those that name none.

    Raises:
        UsageError: It has another shape.
        Fault: There are none, or one of them is no IP address.
    """
    if inspect.iscoroutine(answer):
        answer.close()
    if not isinstance(answer, list | tuple):
        raise UsageError(f"{_SHAPE}, not {type(answer).__name__}")
    return [address for entry in answer for address in _read(entry, port)]


def _read(entry: object, port: int) -> list[Address]:
    match (entry, port) if isinstance(entry, str) else entry:
        case (str(host), int(port)) if 0 < port < 65536:
            found = numeric(host, port) if host else []
        case _:
            raise UsageError(_SHAPE)
    if not found:
        raise Fault(ResolveProblem, detail="resolver: it returned a text that is no IP address")
    return found
