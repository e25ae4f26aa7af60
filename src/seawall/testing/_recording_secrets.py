"""Which names and values are secret in a recording."""

import html
import json
import re
from base64 import b64decode
from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import quote, quote_plus

from seawall.model import REDACTED, Secret, UsageError, is_secret_header, is_secret_name

__all__ = ["Hidden", "Secrets"]

Hidden = str | re.Pattern[str] | Secret
"""What may be redacted besides: a name, a pattern of text, or a value."""

SHORTEST = 6  # characters of a value that is looked for elsewhere: shorter ones occur by chance
LONG = 1000  # characters: no word, and slow to look through
_Search = dict[str, list[str]]
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Names that are hidden in logs and mean other things as well: `code` is an error's, `key` a column's...
_AMBIGUOUS = re.compile(r"(?:^|(?<=[-_.\[]))(?:auth|code|key|pass|pin|ticket)s?(?=$|[-_.\]])")
# ...and names that only speak of a secret: `token_type`, `password_changed_at`.
_SPEAKS_OF = re.compile(
    r"[-_.](?:at|count|endpoint|expiry|expires|format|hint|in|length|name|policy|required|status|type|ur[il])$"
).search
_RANDOM = re.compile(r"(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])[A-Za-z0-9]{16,}").search
_SCHEME = re.compile(r"(?:Basic|Bearer|Digest|DPoP|Negotiate|Token) ", re.IGNORECASE).match


class Secrets:
    """Knows secret names, and remembers every value that was hidden, so that it can be found again elsewhere.

    Args:
        redact: What is secret besides: names (of fields, parameters and members, in any case), patterns, values.
        keep: Names that are not secret here.

    Raises:
        UsageError: One of them is of another type.
    """

    def __init__(self, redact: Iterable[Hidden] = (), keep: Iterable[str] = ()) -> None:
        hidden, kept = _listed("redact", redact), _listed("keep", keep)
        for item in hidden:
            if not isinstance(item, str | re.Pattern | Secret):
                raise UsageError(f"redact: names, compiled patterns and Secrets, not {type(item).__name__}")
        for name in kept:
            if not isinstance(name, str):
                raise UsageError(f"keep: names, not {type(name).__name__}")
        self._names = {item.lower() for item in hidden if isinstance(item, str)}
        self._patterns = [item for item in hidden if isinstance(item, re.Pattern)]
        self._keep = {name.lower() for name in kept}
        self._values: set[Secret] = set()
        self._search: tuple[_Search, _Search] | None = None
        for item in hidden:
            if isinstance(item, Secret):
                self.learn(item.reveal())

    def keeps(self, name: str) -> bool:
        """Whether the user said that this name is no secret."""
        return name.lower() in self._keep

    def hides_field(self, name: str) -> bool:
        """Whether a header field of this name is a credential."""
        return not self.keeps(name) and (is_secret_header(name) or name.lower() in self._names)

    def hides(self, name: str, value: str, *, asked: bool, typed: bool = False) -> bool:
        """Whether the value of a parameter or member is hidden; what is hidden and surely secret is remembered.

        Args:
            name: Its name.
            value: Its value.
            asked: Whether it stands in a request. There every suspicious name is hidden. In an answer, which the app has to
                work with again, a name that also means other things is hidden only where the value looks random.
            typed: Whether the app gave it as a `Secret`.
        """
        if self.keeps(name):
            return False
        named = typed or name.lower() in self._names
        if not named and not is_secret_name(name):
            return False
        sure = named or not _is_ambiguous(name) or _looks_random(value)
        if sure:
            self.learn(value)
        return sure or asked

    def learn(self, value: str) -> None:
        """Remember a value that must not be seen anywhere."""
        self._remember(value)
        if scheme := _SCHEME(value):
            self._remember(value[scheme.end() :])
            if value[:5].lower() == "basic":
                self._remember(_password(value[scheme.end() :]))

    def hide_patterns(self, text: str) -> str:
        """Replace what the user's patterns find."""
        for pattern in self._patterns:
            text = pattern.sub(REDACTED, text)
        return text

    def scrub(self, text: str) -> str:
        """Replace every value that was ever hidden, however it is escaped."""
        return _replace(text, self._searches()[0]) if self._values else text

    def scrub_bytes(self, data: bytes) -> bytes:
        """Do the same in a body that is no text."""
        return _replace(data.decode("latin-1"), self._searches()[1]).encode("latin-1") if self._values else data

    def _remember(self, value: str) -> None:
        if len(value) >= SHORTEST and REDACTED not in value:
            self._values.add(Secret(value))
            self._search = None

    def _searches(self) -> tuple[_Search, _Search]:
        """What to look for in text, and in bytes, which are searched as Latin-1."""
        if self._search is None:
            forms = {form for value in self._values for form in _forms(value.reveal())}
            packed = {form.encode("utf-8", "surrogatepass").decode("latin-1") for form in forms}
            self._search = _search(forms), _search(packed)
        return self._search


def _listed(option: str, items: Any) -> list[Any]:
    if isinstance(items, str) or not isinstance(items, Iterable):
        raise UsageError(f"{option}: give a list, not {'one text' if isinstance(items, str) else type(items).__name__}")
    return list(items)


def _search(forms: Iterable[str]) -> _Search:
    """Index texts by how they start, the longest first. An expression of them all would take time for each, at every place."""
    index: _Search = {}
    for form in sorted(forms, key=len, reverse=True):
        index.setdefault(form[:SHORTEST], []).append(form)
    return index


def _replace(text: str, search: _Search) -> str:
    pieces: list[str] = []
    done = at = 0
    while at + SHORTEST <= len(text):
        found = next((form for form in search.get(text[at : at + SHORTEST], ()) if text.startswith(form, at)), None)
        if found is None:
            at += 1
        else:
            pieces += (text[done:at], REDACTED)
            done = at = at + len(found)
    return "".join([*pieces, text[done:]])


def _looks_random(value: str) -> bool:
    return len(value) > LONG or _RANDOM(value) is not None


def _is_ambiguous(name: str) -> bool:
    words = _CAMEL.sub("_", name).lower()
    if _SPEAKS_OF(words):
        return True
    return not is_secret_header(words.replace("_", "-")) and not is_secret_name(_AMBIGUOUS.sub("", words))


def _password(packed: str) -> str:
    try:
        return b64decode(packed).decode("utf-8").partition(":")[2]
    except ValueError:
        return ""


def _forms(value: str) -> Collection[str]:
    """A value as it may stand in a URL, a form, a JSON text, a page."""
    in_json = [json.dumps(value, ensure_ascii=ascii)[1:-1] for ascii in (True, False)]
    in_urls = [quote(value, safe="", errors="replace"), quote_plus(value, errors="replace")]
    return {value, html.escape(value), *in_json, *in_urls}
