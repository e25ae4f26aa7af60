"""A cookie jar, by the standard library's rules (RFC 6265 in spirit); only there when asked for."""

from collections.abc import Iterator
from email.message import Message
from http.cookiejar import Cookie, DefaultCookiePolicy
from http.cookiejar import CookieJar as StandardJar
from typing import Any
from urllib.request import Request as UrllibRequest

from seawall.model import Request, Response

__all__ = ["CookieJar"]


class CookieJar:
    """Keeps the cookies that servers set and sends them back where they belong. Safe over threads.

    `repr` shows how many there are, never their values.
    """

    def __init__(self) -> None:
        # Python's default lets an IP address or "localhost" set cookies only in its own odd way; strict domain rules fit both.
        self._jar = StandardJar(DefaultCookiePolicy(strict_ns_domain=DefaultCookiePolicy.DomainStrictNonDomain))
        self._has_learned = False

    def header_for(self, request: Request) -> str | None:
        """Return the Cookie field for a request, or None."""
        if not self._has_learned:  # asking the standard library's jar takes long, also when it is empty
            return None
        asking = UrllibRequest(request.url, method=request.method)
        self._jar.add_cookie_header(asking)
        return asking.get_header("Cookie")

    def learn(self, request: Request, response: Response) -> None:
        """Keep what the response sets."""
        message = Message()
        for value in response.headers.get_list("set-cookie"):
            message["Set-Cookie"] = value
        self._has_learned = True
        self._jar.extract_cookies(_Info(message), UrllibRequest(request.url, method=request.method))  # type: ignore[arg-type]

    def clear(self) -> None:
        """Forget all cookies."""
        self._jar.clear()

    def __iter__(self) -> Iterator[Cookie]:
        return iter(list(self._jar))

    def __len__(self) -> int:
        return len(self._jar)

    def __repr__(self) -> str:
        return f"<CookieJar of {len(self)} cookies>"

    def __getstate__(self) -> dict[str, Any]:
        return {}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__()  # type: ignore[misc]


class _Info:
    """What `http.cookiejar` wants to see of a response."""

    def __init__(self, message: Message) -> None:
        self._message = message

    def info(self) -> Message:
        return self._message
