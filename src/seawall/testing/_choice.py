"""A step that is chosen when the call comes, on a socket and in memory."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from seawall.transport import MockAnswer, MockCall
from seawall.transport.routes import RouteCall

from ._connection import Connection
from ._reply import Behaviour, behaviour_for
from ._seen_call import SeenCall

__all__ = ["Choice"]


@dataclass(frozen=True)
class Choice(Behaviour, MockAnswer):
    """What a function says, of calls of a FaultServer and of a MockTransport alike.

    Args:
        choose: Given the call, it returns a step of the script.
    """

    choose: Callable[[RouteCall], Any]

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Ask, and do it."""
        behaviour_for(self.choose(call), call).act(connection, call)

    async def answer(self, call: MockCall) -> Any:
        """Ask; see `MockAnswer`."""
        return self.choose(call)
