"""From header fields to announcements, and nothing else: pure, so that a table can test it. What is malformed is skipped.

Deprecation: RFC 9745 (`@1688169599`), and its drafts (`true`, an HTTP date). Sunset: RFC 8594. Warning: RFC 7234, section 5.5,
of which only 299, "miscellaneous persistent warning", concerns the resource rather than a cache.
"""

import re
from typing import Any
from urllib.parse import urljoin

from seawall.model import Deprecated, Event, Headers, ServerWarning, SunsetAnnounced, parse_links, redact_url
from seawall.problems import parse_http_date

__all__ = ["announcements"]

MAX_AGENT = 100  # characters
MAX_TEXT = 200  # characters
MAX_WARNINGS = 4  # of one response
MAX_FIELD = 4096  # characters that are looked at
_MOMENT = re.compile(r"@(-?[0-9]{1,12})(?:\s*;.*)?", re.ASCII).fullmatch
_WARNING = re.compile(r'(?:^|,)\s*299\s+([^\s",]+)\s+"((?:[^"\\]|\\.)*)"')
_ESCAPED = re.compile(r"\\(.)")

Announcement = tuple[type[Event], dict[str, Any]]


def announcements(headers: Headers, url: str, now: float) -> list[Announcement]:
    """Return what a response announces: the kind of event, and its members.

    Args:
        headers: Of the response.
        url: Where it came from, redacted; links are resolved against it.
        now: Seconds since 1970, for dates with two-digit years.
    """
    found: list[Announcement] = []
    if (field := headers.get("deprecation")) is not None:
        found += [(Deprecated, {"since": since, "link": _link(headers, "deprecation", url)}) for since in _since(field, now)]
    if (field := headers.get("sunset")) is not None and (moment := parse_http_date(field, now)) is not None:
        found.append((SunsetAnnounced, {"moment": moment, "link": _link(headers, "sunset", url)}))
    if (field := headers.get("warning")) is not None:
        pairs = _WARNING.findall(field[:MAX_FIELD])[:MAX_WARNINGS]
        found += [(ServerWarning, {"agent": _tidy(agent, MAX_AGENT), "text": _tidy(text, MAX_TEXT)}) for agent, text in pairs]
    return found


def _since(field: str, now: float) -> list[float | None]:
    """The moment, or none for the drafts' `true`, as a list of one; an empty list for what says neither."""
    text = field[:MAX_FIELD].strip()
    if (moment := _MOMENT(text)) is not None:
        return [float(moment.group(1))]
    if text.lower() in ("true", "?1"):
        return [None]
    date = parse_http_date(text.strip('"'), now)
    return [] if date is None else [date]


def _link(headers: Headers, relation: str, url: str) -> str | None:
    link = parse_links(", ".join(headers.get_list("link"))).get(relation)
    if link is None:
        return None
    try:
        return redact_url(urljoin(url, link.url))[:MAX_FIELD]
    except ValueError:  # for example "http://[::1"
        return None


def _tidy(text: str, limit: int) -> str:
    plain = _ESCAPED.sub(r"\1", text)[:limit]
    return "".join([letter if letter.isprintable() else "?" for letter in plain])
