"""What the tests of sources share: what a token endpoint says, what a browser does, and all that a crash report shows."""

import http.client
import queue
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from seawall import Secret, Tokens
from seawall.auth.sources import TokenSource
from seawall.testing import Reply

CANARY = "canary-7d1f0a"
TOKENS = Tokens(access=Secret("access-1"), refresh=Secret("refresh-1"))
GRANTED = {"access_token": "access-2", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "refresh-2", "scope": "read"}


def refused(error: str, status: int = 400, **members: Any) -> Reply:
    """An error of RFC 6749, section 5.2."""
    return Reply(status, json={"error": error, **members})


async def refresh(api: Any, source: TokenSource, tokens: Tokens | None = TOKENS) -> Tokens:
    """Let a source refresh through a client."""
    fresh: Tokens = await api.run(lambda calls: source.refresh(tokens, calls))
    return fresh


async def revoke(api: Any, source: TokenSource, tokens: Tokens = TOKENS) -> None:
    """Let a source revoke through a client."""
    await api.run(lambda calls: source.revoke(tokens, calls))


def told(error: BaseException) -> str:
    """All that a crash report shows of an exception and its causes: words, facts, and the locals of our own frames."""
    whole = traceback.TracebackException.from_exception(error, capture_locals=True)
    seen, lines = [whole], []
    while seen:
        one = seen.pop()
        lines += [frame_text(frame) for frame in one.stack if "/seawall/" in frame.filename]
        lines += list(one.format_exception_only())
        seen += [other for other in (one.__cause__, one.__context__) if other is not None]
    facts = {name: value for name, value in vars(error).items() if name != "response"}
    return "\n".join([*lines, str(error), repr(error), repr(facts)])


def frame_text(frame: traceback.FrameSummary) -> str:
    """The locals of a frame, as a crash report shows them."""
    return f"{frame.filename} {frame.name} {frame.locals}"


class Browser:
    """Comes back at once to where it is sent, with what it is told to bring.

    Args:
        params: What it brings besides the state.
    """

    def __init__(self, **params: str) -> None:
        self._params = params
        self.asked: dict[str, str] = {}
        self.pages: queue.SimpleQueue[tuple[int, str, str]] = queue.SimpleQueue()

    def __call__(self, url: str) -> None:
        """Be shown the authorization endpoint's page, and come back."""
        self.asked = {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}
        self.visit(self.asked["redirect_uri"], state=self.asked["state"], **self._params)

    def visit(self, url: str, method: str = "GET", **params: str) -> tuple[int, str, str]:
        """Ask for a page of the app's own; give its status, its fields and its text."""
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        try:
            connection.request(method, f"{parts.path}?{urlencode(params)}")
            response = connection.getresponse()
            page = (response.status, str(response.headers), response.read().decode())
        finally:
            connection.close()
        self.pages.put(page)
        return page


class Wanderer(Browser):
    """A browser that does something else first, at the address that it is to come back to."""

    def __init__(self, first: Callable[[str], object], **params: str) -> None:
        super().__init__(**params)
        self._first = first

    def __call__(self, url: str) -> None:
        """Do the other thing, and come back."""
        self._first(parse_qs(urlsplit(url).query)["redirect_uri"][0])
        super().__call__(url)
