"""A host's requests as calls of our client."""

from typing import Any, cast

from msgspec.structs import replace

from seawall.model import Request, Response, UsageError
from seawall.problems import ApiProblem

from ._client_options import CopyOptions
from ._core import Core
from ._sdk_error_bodies import UnpackedErrors
from ._sdk_errors import EXTENSION, host_error
from ._sdk_host import Host, host_of
from ._sdk_request import keep_clocks, own_request

__all__ = ["HostCalls", "guest_options"]

_SCHEMES = frozenset({"http", "https"})


def guest_options(core: Core, *, own_retries: bool, own_timeout: bool) -> CopyOptions:
    """Return what a client leaves to the host: redirects, cookies, credentials, content codings, statuses, most retries.

    Args:
        core: The client's.
        own_retries: Whether the client repeats what may have been sent.
        own_timeout: Whether the client was given clocks. The total that clients have unasked is for people who wait before a
            screen, and would cut off models that think for minutes.
    """
    settings = core.settings
    return CopyOptions(
        attempt_interceptors=[*cast("Any", settings.attempt_interceptors), UnpackedErrors(settings.bounds)],
        auth=None,
        bounds=replace(settings.bounds, decompress=False),
        cookies=False,
        headers=settings.headers.without_secrets(),
        raise_for_status=False,
        redirects=False,
        retry=settings.retry if own_retries else replace(settings.retry, unsent_only=True),
        timeout=settings.timeout if own_timeout else replace(settings.timeout, total=None),
    )


class HostCalls:
    """Sends the requests of a host.

    Args:
        core: Of a client with `guest_options`.
        idempotent: Whether every request may be repeated, or None to go by the method.
    """

    def __init__(self, core: Core, *, idempotent: bool | None) -> None:
        self._core = core
        self._idempotent = idempotent

    async def send(self, theirs: Any) -> Any:
        """Send a request of the host, and return a response of the host.

        Raises:
            Exception: One of the host's own, whose cause is the problem.
            UsageError: The program is wrong, not the request: an interceptor that cannot be one, a request of another library.
        """
        host = host_of(theirs)
        request = self._adopt(theirs, host)
        try:
            response = await self._core.send(request)
        except ApiProblem as problem:
            failure = host_error(problem, host.library)
        else:
            return self._hand_on(response, host)
        raise failure

    def _adopt(self, theirs: Any, host: Host) -> Request:
        if theirs.url.scheme not in _SCHEMES:
            raise host.library.UnsupportedProtocol("the URL must begin with https:// or http://")
        if "target" in theirs.extensions:
            raise host.library.LocalProtocolError("extensions: no other target can be sent than the path and query of the URL")
        try:
            request = self._core.preparer.adopt(own_request(theirs, host), {"idempotent": self._idempotent}, stream=True)
        except UsageError as error:
            refusal = str(error)
        else:
            keep_clocks(request.call, theirs.extensions)
            return request
        raise host.library.LocalProtocolError(refusal)

    def _hand_on(self, response: Response, host: Host) -> Any:
        kind = host.blocking if self._core.runtime.is_blocking else host.asynchronous
        return host.library.Response(
            response.status,
            headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.items()],
            stream=kind(response, lambda problem: host_error(problem, host.library)),
            extensions={"http_version": response.http_version.encode("ascii"), EXTENSION: response},
        )
