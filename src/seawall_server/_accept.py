"""Which form of a problem document a client wants (RFC 9110, section 12.5.1)."""

import re
from functools import lru_cache

__all__ = ["JSON", "XML", "preferred"]

JSON = "application/problem+json"
XML = "application/problem+xml"
MAX_ACCEPT = 1000  # characters; whoever sends more gets JSON
# A client that asks for JSON or XML in general means this form of it too; the more specific range counts.
_RANGES = {
    JSON: (("application/problem+json",), ("application/json",), ("application/*",), ("*/*",)),
    XML: (("application/problem+xml",), ("application/xml", "text/xml"), ("application/*", "text/*"), ("*/*",)),
}
_QUALITY = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.ASCII).fullmatch


def preferred(accept: str | None) -> str:
    """Return the media type to answer with: XML where it is wanted more than JSON, else JSON.

    Args:
        accept: The `Accept` field. What it excludes altogether is sent all the same, as JSON: an error in an unwanted form
            tells more than a 406.
    """
    if accept is None or accept == "*/*" or len(accept) > MAX_ACCEPT:
        return JSON
    return _preferred(accept)


@lru_cache(maxsize=256)
def _preferred(accept: str) -> str:
    qualities = _qualities(accept)
    return XML if _quality(XML, qualities) > _quality(JSON, qualities) else JSON


def _qualities(accept: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for item in accept.lower().split(","):
        media_range, *parameters = [part.strip() for part in item.split(";")]
        if (weight := _weight(parameters)) is not None:
            found[media_range] = max(weight, found.get(media_range, 0.0))
    return found


def _weight(parameters: list[str]) -> float | None:
    """The quality of one range; None where it is malformed, so that the range is passed over."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return float(value) if _QUALITY(value := value.strip()) else None
    return 1.0


def _quality(media_type: str, qualities: dict[str, float]) -> float:
    for equals in _RANGES[media_type]:
        named = [qualities[name] for name in equals if name in qualities]
        if named:
            return max(named)
    return 0.0
