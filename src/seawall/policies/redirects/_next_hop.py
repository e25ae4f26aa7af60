"""The decision: what the next request of a redirect is. Pure."""

from urllib.parse import quote, urljoin, urlsplit

import msgspec

from seawall.model import EMPTY, Request, UsageError

__all__ = ["Refusal", "next_hop"]

STATUSES = frozenset({301, 302, 303, 307, 308})
_CONTENT_FIELDS = ("content-type", "content-length", "content-encoding", "content-language", "transfer-encoding", "digest")
_URL_SAFE = "/?#[]@!$&'()*+,;=:%~-._"


class Refusal(msgspec.Struct, frozen=True):
    """The redirect must not be followed.

    Attributes:
        reason: Why, for developers.
    """

    reason: str


def next_hop(request: Request, status: int, location: str) -> Request | Refusal:
    """Return the request to send next.

    303, and 301 or 302 after POST, become GET without a body; 307 and 308 keep method and body (RFC 9110, section 15.4). On
    the way to another origin every secret field is dropped; a body that holds a secret does not go there at all.

    Args:
        request: What was sent.
        status: 301, 302, 303, 307 or 308.
        location: The Location field, absolute or relative.
    """
    url = _resolve(request.url, location)
    if isinstance(url, Refusal):
        return url
    following = msgspec.structs.replace(request, url=url, secret_names=request.secret_names)
    crosses = following.origin != request.origin
    if _becomes_get(request.method, status):
        method = "HEAD" if request.method == "HEAD" else "GET"
        following = msgspec.structs.replace(
            following, method=method, body=EMPTY, headers=following.headers.without(*_CONTENT_FIELDS)
        )
    elif not request.body.replayable:
        return Refusal("the body was sent and cannot be made again")
    elif crosses and request.body.secret:
        return Refusal("the body holds a secret and does not go to another origin")
    if crosses:
        following = following.with_headers(following.headers.without_secrets().without("host"))
    return following


def _becomes_get(method: str, status: int) -> bool:
    if status == 303:
        return method not in ("GET", "HEAD")
    return status in (301, 302) and method == "POST"


def _resolve(base: str, location: str) -> str | Refusal:
    try:
        url = urljoin(base, quote(location.strip(), safe=_URL_SAFE)).partition("#")[0]
        if "@" in urlsplit(url).netloc:
            return Refusal("the Location holds a user name or a password")
        Request("GET", url).target  # noqa: B018 - raises on what cannot be sent
    except (ValueError, UsageError):
        return Refusal("the Location is no http or https URL")
    return url
