"""Redacting one side of an exchange: URLs, fields, bodies. What is hidden here is remembered by `Secrets`."""

import json
import re
from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import unquote_plus

from seawall.model import REDACTED, HeaderValue, Secret, mask_path, redact_url, reveal

from ._recording_body import MAX_DEPTH, RecordedBody, load_text
from ._recording_secrets import Secrets

__all__ = ["ContentRedactor", "split_url_text"]

BOUNDARY = "seawall-boundary"  # stands for the boundary of every multipart body, which is another one each time
# Fields that differ from run to run and from machine to machine, or speak of a framing that a recording does not have.
_OMITTED = frozenset({"connection", "date", "keep-alive", "transfer-encoding"})
_OMITTED_OF_REQUESTS = _OMITTED | {"accept-encoding", "host", "traceparent", "tracestate", "user-agent", "x-request-id"}
_URL_FIELDS = frozenset({"content-location", "location", "referer"})
_COOKIE_FIELDS = frozenset({"cookie", "set-cookie"})
_COOKIE = re.compile(r"(?:^|(?<=[;\s]))(?P<name>[^=;\s]+)=(?P<value>[^;]*)")
_SCHEME = re.compile(r"((?:Basic|Bearer|Digest|DPoP|Negotiate|Token) )?.*", re.IGNORECASE | re.DOTALL)
_PAIR = re.compile(r"(?:^|(?<=[&;]))(?P<name>[^&;=]*)=(?P<value>[^&;]*)")
_FORM = re.compile(r"[\w.\[\]%+-]+=[^\s&]*(?:&[\w.\[\]%+-]+=[^\s&]*)*").fullmatch
_URL = re.compile(r"(?i:https?)://[^\s\"'<>\\]+")
_TOKEN = re.compile(r"(?<![\w-])eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*")  # a JSON Web Token, under whatever name
_BOUNDARY = re.compile(r"boundary=\"?([^\";,\s]{1,70})").search
_PART = re.compile(
    r'\bname="(?P<name>[^"\r\n]{1,200})"[^\r\n]{0,1000}(?:\r\n[^\r\n]{1,1000}){0,9}\r\n\r\n(?P<value>.*?)(?=\r\n--|\Z)', re.DOTALL
)
# Where a name and its value stand in a text that is not read as a whole: JSON that was cut, lines of JSON, XML, pages with
# forms. Each looks within bounds: a body may be made to be slow to search.
_MEMBERS = (
    re.compile(r'"(?P<name>[^"\\\n]{1,200})"\s{0,100}:\s{0,100}"(?P<value>(?:[^"\\\n]|\\.)*)'),
    re.compile(r"<(?:[\w.-]{1,100}:)?(?P<name>[\w.-]{1,200})(?:\s[^<>]{0,1000})?>(?P<value>[^<>]+)(?=</)"),
    re.compile(r'\bname="(?P<name>[^"<>\r\n]{1,200})"[^<>]{0,200}?\bvalue="(?P<value>[^"]*)'),
)


class ContentRedactor:
    """Redacts what stands in requests, or what stands in answers.

    Args:
        secrets: Which names and values are secret.
        asked: Whether this is the side of the requests; see `Secrets.hides`.
    """

    def __init__(self, secrets: Secrets, *, asked: bool) -> None:
        self._secrets = secrets
        self._asked = asked
        self._omitted = _OMITTED_OF_REQUESTS if asked else _OMITTED

    def url(self, url: str, typed: Collection[str] = ()) -> str:
        """Redact a URL; its query as if it were asked for, because that is what URLs are for. The fragment is dropped.

        Of a path in a request that is hidden, too, which looks like a token or an address: webhooks and links for a new password
        are secret as a whole. An app takes the paths in answers apart, so there only names and known values count.

        Args:
            url: Absolute or not.
            typed: Names of parameters that were given as `Secret`.
        """
        base, mark, query = url.partition("#")[0].partition("?")
        origin, path = split_url_text(redact_url(base))
        path = mask_path(path) if self._asked else _TOKEN.sub(REDACTED, path)
        return origin + self._secrets.hide_patterns(path + mark + self._pairs(query, typed=typed, asked=True))

    def fields(self, fields: Iterable[tuple[str, HeaderValue]]) -> list[str]:
        """Return header fields as redacted lines, without those that say nothing about the exchange."""
        return [
            f"{name}: {self._field(name, value)}"
            for name, value in fields
            if name.lower() not in self._omitted or self._secrets.keeps(name)
        ]

    def text(self, text: str) -> str:
        """Redact any text: tokens, URLs with secret parameters, members with secret names, what the user's patterns find."""
        text = _URL.sub(lambda found: self.url(found.group()), _TOKEN.sub(REDACTED, text))
        for members in _MEMBERS:
            text = members.sub(self._hide_secret, text)
        return self._secrets.hide_patterns(text)

    def body(self, data: bytes, content_type: str, *, cut: bool = False, everything: bool = False) -> RecordedBody | None:
        """Redact a body and choose the form that it is kept in.

        Args:
            data: What was read of it.
            content_type: Its media type, or "".
            cut: Whether there was more.
            everything: Whether it holds a `Secret` somewhere: then all its values are hidden.
        """
        if not data:
            return RecordedBody(cut=True) if cut else None
        data = _without_boundary(data, content_type)
        text = load_text(data, content_type)
        if text is None:
            return self._binary(data, content_type, cut=cut, everything=everything)
        try:
            value = json.loads(text)
            redacted = self._members(value, MAX_DEPTH, hidden=everything)
        except (ValueError, RecursionError):
            return RecordedBody.of_text(self._named(text, content_type, everything=everything), cut=cut)
        if redacted == value:
            return RecordedBody.of(data, content_type, cut=cut)
        return RecordedBody.of_json(redacted, content_type, cut=cut)

    def _field(self, name: str, value: HeaderValue) -> str:
        text = reveal(value)
        if name.lower() in _COOKIE_FIELDS and not self._secrets.keeps(name):
            return _COOKIE.sub(self._hide_named, text, count=0 if name.lower() == "cookie" else 1)
        if self._secrets.hides_field(name) or (isinstance(value, Secret) and not self._secrets.keeps(name)):
            self._secrets.learn(text)
            return _SCHEME.sub(lambda found: (found.group(1) or "") + REDACTED, text, count=1)
        if name.lower() == "content-type":
            return _without_boundary(text.encode("utf-8", "surrogatepass"), text).decode("utf-8", "surrogatepass")
        return self.url(text) if name.lower() in _URL_FIELDS else self.text(text)

    def _pairs(self, text: str, *, asked: bool, typed: Collection[str] = (), everything: bool = False) -> str:
        def hide(found: re.Match[str]) -> str:
            name, value = unquote_plus(found["name"]), unquote_plus(found["value"])
            hidden = self._secrets.hides(name, value, asked=asked, typed=everything or name in typed)
            return f"{found['name']}={REDACTED}" if hidden else found.group()

        return _TOKEN.sub(REDACTED, _PAIR.sub(hide, text))

    def _hide_named(self, found: re.Match[str]) -> str:
        """Hide the value of a match, whatever its name."""
        name = found["name"].strip()
        hidden = self._secrets.hides(name, found["value"], asked=self._asked, typed=True)
        return _with_value(found, REDACTED) if hidden else found.group()

    def _hide_secret(self, found: re.Match[str]) -> str:
        """Hide the value of a match if its name is secret."""
        hidden = self._secrets.hides(found["name"], _unescaped(found["value"]), asked=self._asked)
        return _with_value(found, REDACTED) if hidden else found.group()

    def _members(self, value: Any, left: int, *, hidden: bool) -> Any:
        """Redact JSON. In answers only text is hidden: a number that is called `total_tokens` must stay one."""
        if left < 0:
            raise ValueError("too deep")
        if isinstance(value, dict):
            return {name: self._member(name, member, left, hidden=hidden) for name, member in value.items()}
        if isinstance(value, list):
            return [self._members(member, left - 1, hidden=hidden) for member in value]
        if hidden and isinstance(value, str):
            self._secrets.learn(value)
        if isinstance(value, str):
            return REDACTED if hidden else self.text(value)
        return REDACTED if hidden and self._asked and type(value) in (int, float) else value

    def _member(self, name: str, value: Any, left: int, *, hidden: bool) -> Any:
        if self._secrets.keeps(name):
            return self._members(value, left - 1, hidden=False)
        if not hidden and isinstance(value, str):
            return REDACTED if self._secrets.hides(name, value, asked=self._asked) else self.text(value)
        return self._members(value, left - 1, hidden=hidden or self._secrets.hides(name, "", asked=self._asked))

    def _named(self, text: str, content_type: str, *, everything: bool) -> str:
        """Redact a body that is no JSON, by the names that it shows."""
        media_type = content_type.lower()
        if media_type.startswith("application/x-www-form-urlencoded") or _FORM(text):
            return self._secrets.hide_patterns(self._pairs(text, asked=self._asked, everything=everything))
        if media_type.startswith("multipart/"):
            text = _PART.sub(self._hide_named if everything else self._hide_secret, text)
        elif everything:
            self._secrets.learn(text)
            return REDACTED
        return self.text(text)

    def _binary(self, data: bytes, content_type: str, *, cut: bool, everything: bool) -> RecordedBody:
        """Redact what is no text as a whole: a form with files, a text in the wrong charset."""
        text = self._named(data.decode("latin-1"), content_type, everything=everything)
        return RecordedBody.of_text(text, cut=cut) if text == REDACTED else RecordedBody.of_bytes(text.encode("latin-1"), cut=cut)


def split_url_text(url: str) -> tuple[str, str]:
    """Cut a URL as it stands in a recording into its origin ("" for a relative one), and its path and query."""
    scheme, mark, rest = url.partition("://")
    if not mark or "/" in scheme or "?" in scheme:
        return "", url
    start = len(scheme) + len(mark) + len(rest.partition("?")[0].partition("/")[0])
    return url[:start], url[start:]


def _with_value(found: re.Match[str], value: str) -> str:
    start = found.start()
    return found.string[start : found.start("value")] + value + found.string[found.end("value") : found.end()]


def _unescaped(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"'))
    except ValueError:
        return value


def _without_boundary(data: bytes, content_type: str) -> bytes:
    found = _BOUNDARY(content_type) if content_type.lower().startswith("multipart/") else None
    return data if found is None else data.replace(found.group(1).encode("latin-1", "replace"), BOUNDARY.encode())
