"""Signing in on another device, for machines without a browser: by a code that a person types in there (RFC 8628)."""

from collections.abc import Callable, Collection
from typing import Annotated

import msgspec

from seawall.model import Cancel, NestedCalls, Secret
from seawall.problems import ApiProblem, CancelledProblem

from .._tokens import Tokens
from ._oauth2 import OAuth2
from ._oauth_client import Fields, check_endpoint, check_fields, scope_text
from ._outcome import denied, expired

__all__ = ["DeviceCode", "DevicePrompt"]

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
DEFAULT_INTERVAL = 5.0  # seconds between two questions where the server names none: RFC 8628, section 3.2
MIN_INTERVAL = 1.0  # seconds: whatever a server says, it is not asked without a pause
SLOWER = 5.0  # seconds more for each "slow_down": section 3.5
MAX_WAIT = 3600.0  # seconds: codes live for 15 minutes as a rule
_DENIED = frozenset({"ACCESS_DENIED", "AUTHORIZATION_DECLINED"})  # the second is Microsoft's

_Seconds = float | Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,12})?$")]  # some servers write them as text
_Url = Annotated[str, msgspec.Meta(pattern=r"^https?://[!-~]+$", max_length=2048)]


class DevicePrompt(msgspec.Struct, frozen=True):
    """What to show to the person who signs in.

    Attributes:
        user_code: To be typed in at `verification_uri`, as it is.
        verification_uri: To be opened on any device.
        verification_uri_complete: The same with the code in it, for a QR code or a button; None where the server has none.
        expires_in: Seconds until the code is of no use any more.
    """

    user_code: str
    verification_uri: str
    verification_uri_complete: str | None
    expires_in: float

    def __repr__(self) -> str:
        return f"<DevicePrompt for {self.verification_uri}>"


class _Answer(msgspec.Struct):
    """A device authorization response (RFC 8628, section 3.2); Google writes `verification_url`."""

    device_code: Secret
    user_code: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    expires_in: _Seconds
    interval: _Seconds = DEFAULT_INTERVAL
    verification_uri: _Url | None = None
    verification_url: _Url | None = None
    verification_uri_complete: _Url | None = None

    def __post_init__(self) -> None:
        if self.address is None:
            raise ValueError("there is no verification_uri")
        if float(self.expires_in) <= 0 or float(self.interval) < 0:
            raise ValueError("expires_in is not above 0 seconds, or interval is below")

    @property
    def address(self) -> str | None:
        return self.verification_uri or self.verification_url

    def __repr__(self) -> str:
        return f"<device authorization for {self.address}>"


class DeviceCode:
    """A sign-in flow: shows a code, and asks until somebody has typed it in.

    Args:
        server: The authorization server.
        device_url: Its device authorization endpoint: absolute, or a path below the client's base URL.
        scope: What the tokens are to allow.
        extra: More fields for the first request.

    Raises:
        UsageError: An argument is wrong; the message names it.
    """

    def __init__(
        self, server: OAuth2, device_url: str, *, scope: str | Collection[str] | None = None, extra: Fields | None = None
    ) -> None:
        self._server = server
        self._device_url = check_endpoint("device_url", device_url, allow_http=server.allow_http)
        self._fields = {"scope": scope_text(scope), **check_fields("extra", extra)}

    async def sign_in(self, api: NestedCalls, *, show: Callable[[DevicePrompt], object], cancel: Cancel | None = None) -> Tokens:
        """Sign in, and return the tokens.

        Args:
            api: Calls without a credential; `client.run(flow.sign_in, show=...)` hands them in.
            show: Called once with what the person has to see; it returns at once.
            cancel: Ends the wait from outside.

        Raises:
            SignInDeniedProblem: The person said no.
            SignInExpiredProblem: Nobody typed the code in while there was time.
            CancelledProblem: `cancel` was used.
            ApiProblem: The server refused for another reason, or could not be asked.
        """
        begun = await self._server.client.ask(api, self._device_url, self._fields, _Answer, cancel)
        lifetime = float(begun.expires_in)
        ends = api.runtime.monotonic() + min(lifetime, MAX_WAIT)
        show(DevicePrompt(begun.user_code, begun.address or "", begun.verification_uri_complete, lifetime))
        interval, problem = max(float(begun.interval), MIN_INTERVAL), None
        while True:
            if api.runtime.monotonic() + interval >= ends:
                raise expired(problem)
            if not await api.runtime.sleep(interval, cancel):
                raise CancelledProblem()
            try:
                return await self._server.grant(api, GRANT, {"device_code": begun.device_code}, cancel=cancel)
            except ApiProblem as failure:
                problem = failure
            interval = _next_interval(interval, problem)


def _next_interval(interval: float, problem: ApiProblem) -> float:
    """Return the seconds to wait before the next question, or raise the end of it all (RFC 8628, section 3.5)."""
    if problem.code == "AUTHORIZATION_PENDING":
        longer = interval
    elif problem.code == "SLOW_DOWN":
        longer = interval + SLOWER
    elif problem.code in _DENIED:
        raise denied(problem)
    elif problem.code == "EXPIRED_TOKEN":
        raise expired(problem)
    elif problem.retryable:
        longer = interval * 2  # a network that fails is asked less often
    else:
        raise problem
    return max(longer, problem.retry_after or 0.0)
