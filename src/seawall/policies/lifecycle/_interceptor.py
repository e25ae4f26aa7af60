"""Telling listeners once what every answer repeats."""

from collections.abc import Hashable

from seawall.chain import Next
from seawall.model import Request, Response

from ._announcements import Announcement, announcements

__all__ = ["LifecycleInterceptor"]

MAX_TOLD = 1_000  # remembered, so that a server with endless resources cannot fill the memory; what is beyond is not told


class LifecycleInterceptor:
    """Emits `Deprecated`, `SunsetAnnounced` and `ServerWarning`; in the chain only when somebody listens."""

    name = "lifecycle"

    def __init__(self) -> None:
        self._told: set[Hashable] = set()

    async def __call__(self, request: Request, call_next: Next, /) -> Response:
        """See `Interceptor`."""
        response = await call_next(request)
        headers = response.headers
        if "deprecation" in headers or "sunset" in headers or "warning" in headers:
            for announcement in announcements(headers, request.redacted_url, request.call.runtime.wall()):
                self._tell(request, announcement)
        return response

    def _tell(self, request: Request, announcement: Announcement) -> None:
        kind, facts = announcement
        resource = request.call.route or request.target.partition("?")[0]
        subject = (request.origin, resource, kind, *facts.values())
        if subject not in self._told and len(self._told) < MAX_TOLD:
            self._told.add(subject)
            request.call.announce(kind, request, **facts)
