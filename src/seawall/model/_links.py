"""The Link header (RFC 8288), as pagination uses it."""

import re

import msgspec

__all__ = ["Link", "parse_links"]

MAX_HEADER = 64 * 1024
_SEPARATORS = re.compile(r"[\s,]*")
_TARGET = re.compile(r"<([^<>]*)>")
_PARAM = re.compile(r"""\s*;\s*([!#$&+\-.^_`|~0-9A-Za-z*]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?""")


class Link(msgspec.Struct, frozen=True):
    """One link of a response.

    Attributes:
        url: Its target as it was written, often relative.
        rel: Relation type, lower case, for example "next".
        params: The other parameters by name.
    """

    url: str
    rel: str
    params: dict[str, str]


def parse_links(header: str) -> dict[str, Link]:
    """Return the links of a header by relation type; the first of each wins, malformed parts are skipped.

    Args:
        header: All Link fields of a response joined by commas; what is beyond 64 KiB is ignored.
    """
    header = header[:MAX_HEADER]
    links: dict[str, Link] = {}
    position = 0
    while True:
        position = _SEPARATORS.match(header, position).end()  # type: ignore[union-attr]  # it matches the empty text too
        found = _TARGET.match(header, position)
        if found is None:
            comma = header.find(",", position)
            if comma < 0:
                return links
            position = comma + 1
            continue
        params, position = _params(header, found.end())
        for rel in params.pop("rel", "").lower().split():
            links.setdefault(rel, Link(found.group(1).strip(), rel, params))


def _params(header: str, position: int) -> tuple[dict[str, str], int]:
    params: dict[str, str] = {}
    while found := _PARAM.match(header, position):
        name, quoted, plain = found.groups()
        value = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain or ""
        params.setdefault(name.lower(), value)
        position = found.end()
    return params, position
