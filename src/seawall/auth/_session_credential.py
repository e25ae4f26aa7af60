"""A machine's tokens as a credential."""

from collections.abc import Collection

import msgspec

from seawall.model import Request, Response

from ._machine import TokenMachine
from ._states import Held

__all__ = ["SessionCredential"]


class SessionCredential:
    """Attaches a machine's current tokens, and renews them when a server refuses them.

    Args:
        machine: Holds the tokens.
        origins: URLs of the origins they are for; by default that of the client's base URL.
        allow_http: Whether they may go over plain HTTP to other machines.
    """

    scheme = "bearer"

    def __init__(self, machine: TokenMachine, *, origins: Collection[str] = (), allow_http: bool = False) -> None:
        self._machine = machine
        self.origins = tuple([origins] if isinstance(origins, str) else origins)
        self.allow_http = allow_http

    async def attach(self, request: Request, /) -> tuple[Request, object]:
        """See `Credential.attach`; a field that the caller set stays."""
        held = self._machine.ready(request.call.runtime)
        if held is None:
            if "authorization" in request.headers:
                return request, None
            held = await self._machine.current(request.call)
            if held is None:
                return request, None
        headers = request.headers.with_default("Authorization", held.header)
        if headers is request.headers:
            return request, None
        return msgspec.structs.replace(request, headers=headers), held

    async def renew(self, request: Request, mark: object, refusal: Response, /) -> Request | None:
        """See `Credential.renew`."""
        assert isinstance(mark, Held)
        self._machine.server_clock.hear(refusal, request.call.runtime.wall())
        held = await self._machine.renew(request.call, mark)
        return None if held is None else request.with_header("Authorization", held.header)
