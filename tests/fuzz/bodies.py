"""Bodies of error answers, mutated: as documents, as text, and as bytes, in JSON and in XML."""

import copy
import json
import random
import re
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from tests.fuzz.values import CHARSETS, TEXTS, TOKENS, broken, nested, text, value
from tests.unit.problems.corpus import CASES, ways

DOCUMENTS = [case.document for case in CASES if case.document is not None]
SOURCES = [case.content for case in CASES if case.document is None and case.content]
NAMES = sorted({step for document in DOCUMENTS for way in ways(document) for step in way if isinstance(step, str)})
JSON_TYPES = sorted({case.type for case in CASES if case.document is not None})
XML_TYPES = ["application/problem+xml", "text/xml", "application/xml", "image/svg+xml", "application/xhtml+xml", "xml"]
BIG = 5_000_000
_NUMBER = re.compile(rb"(?<=[:\[, ])(?:-?[0-9.]+|null|true|false)(?=[,\]} ])")


# -- documents ---------------------------------------------------------------------------------------------------------------
def _holders(document: Any) -> list[Any]:
    """Every object and list of a document."""
    found, waiting = [], [document]
    while waiting:
        holder = waiting.pop()
        if isinstance(holder, dict | list):
            found.append(holder)
            waiting.extend(holder.values() if isinstance(holder, dict) else holder)
    return found


def _replace(some: random.Random, document: Any) -> Any:
    holder = some.choice(_holders(document))
    if holder:
        holder[some.choice(list(holder)) if isinstance(holder, dict) else some.randrange(len(holder))] = value(some)
    return document


def _remove(some: random.Random, document: Any) -> Any:
    holder = some.choice(_holders(document))
    if holder:
        del holder[some.choice(list(holder)) if isinstance(holder, dict) else some.randrange(len(holder))]
    return document


def _rename(some: random.Random, document: Any) -> Any:
    objects = [holder for holder in _holders(document) if isinstance(holder, dict) and holder]
    if objects:
        holder = some.choice(objects)
        holder[some.choice(NAMES)] = holder.pop(some.choice(list(holder)))
    return document


def _add(some: random.Random, document: Any) -> Any:
    objects = [holder for holder in _holders(document) if isinstance(holder, dict)]
    if objects:
        some.choice(objects)[some.choice(NAMES) if some.random() < 0.8 else text(some)] = value(some)
    return document


def _wrap(some: random.Random, document: Any) -> Any:
    name = some.choice(NAMES)
    return some.choice(([document], {name: document}, {name: [document]}, {"error": document}, {"detail": document}))


def _splice(some: random.Random, document: Any) -> Any:
    other = copy.deepcopy(some.choice(DOCUMENTS))
    if isinstance(document, dict) and isinstance(other, dict) and some.random() < 0.7:
        return {**document, **other}
    holder = some.choice(_holders(document))
    if isinstance(holder, dict):
        holder[some.choice(NAMES)] = other
    else:
        holder.append(other)
    return document


def _multiply(some: random.Random, document: Any) -> Any:
    lists = [holder for holder in _holders(document) if isinstance(holder, list)]
    if lists:
        holder = some.choice(lists)
        holder *= some.choice((2, 30, 300))
    return document


def _deepen(some: random.Random, document: Any) -> Any:
    holder = some.choice(_holders(document))
    deep = nested(some, some.choice(TEXTS), some.choice((5, 16, 17, 40)))
    if isinstance(holder, dict):
        holder[some.choice(NAMES)] = deep
    else:
        holder.append(deep)
    return document


_DOCUMENT_MUTATIONS: list[Callable[[random.Random, Any], Any]] = [
    *(_replace, _replace, _replace, _remove, _rename, _add, _add, _wrap, _splice, _splice, _multiply, _deepen)
]


def document(some: random.Random) -> Any:
    """A document of the table with some of its members changed."""
    made = copy.deepcopy(some.choice(DOCUMENTS))
    for _ in range(some.choice((0, 1, 1, 2, 3))):
        made = some.choice(_DOCUMENT_MUTATIONS)(some, made)
        if not isinstance(made, dict | list):
            break
    return made


# -- text --------------------------------------------------------------------------------------------------------------------
def _duplicate(some: random.Random, content: bytes) -> bytes:
    """One more member of a name that may be there."""
    openings = [match.end() for match in re.finditer(rb"\{", content)]
    if not openings:
        return content
    place = some.choice(openings)
    member = b'"%b": %b' % (some.choice(NAMES).encode(), some.choice([*TOKENS, b'"x"', b"7", b"{}", b"[[]]"]))
    return content[:place] + member + b"," + content[place:]


def _token(some: random.Random, content: bytes) -> bytes:
    found = list(_NUMBER.finditer(content))
    if not found:
        return content
    match = some.choice(found)
    return content[: match.start()] + some.choice(TOKENS) + content[match.end() :]


def _huge(some: random.Random, content: bytes) -> bytes:
    """Five megabytes of blanks, of a text, of a list, of members, or of openings, at the beginning of a document."""
    unit = some.choice((b" ", b'"%b": "x",' % some.choice(NAMES).encode(), b'"a":{},', b'"a":[', b"9"))
    head = b'"a": "' + b"x" * BIG + b'",' if some.random() < 0.3 else unit * (BIG // len(unit))
    return content[:1] + head + content[1:]


def json_body(some: random.Random) -> tuple[bytes, str]:
    """A body that is JSON, or was, and a Content-Type."""
    escaped = some.random() < 0.7
    content = json.dumps(document(some), ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    for change, chance in ((_duplicate, 0.1), (_token, 0.1), (broken, 0.2), (broken, 0.1), (_huge, 0.0005)):
        if some.random() < chance:
            content = change(some, content)
    if some.random() < 0.05:
        other = some.choice(SOURCES)
        content = content[: some.randrange(len(content) + 1)] + other[some.randrange(len(other)) :]
    media_type = some.choice(JSON_TYPES) if some.random() < 0.97 else some.choice(XML_TYPES)
    return _in_charset(some, content, media_type) if some.random() < 0.15 else (content, media_type)


def _in_charset(some: random.Random, content: bytes, media_type: str) -> tuple[bytes, str]:
    """The body in a charset, named truly, wrongly or not at all."""
    name = some.choice(CHARSETS)
    try:
        encoded = content.decode().encode(name, "replace")
    except (UnicodeError, LookupError):
        encoded = content
    named = some.choice((name, name, some.choice(CHARSETS), text(some)))
    mark = some.choice((b"", b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff", b"+/v8"))
    return mark + encoded, some.choice((f"{media_type}; charset={named}", f'{media_type};CHARSET="{named}"', media_type))


# -- XML ---------------------------------------------------------------------------------------------------------------------
MAX_ELEMENTS = 20_000  # twice the parser's own bound; a document's parts may be shared, and its tree be without end


def _element(some: random.Random, name: str, content: Any, left: list[int] | None = None) -> str:
    left = [MAX_ELEMENTS] if left is None else left
    left[0] -= 1
    tag = re.sub(r"[^A-Za-z0-9_-]", "_", name) or "i"
    listed = [("i", item) for item in content] if isinstance(content, list) else None
    members = content.items() if isinstance(content, dict) else listed
    if members is not None:
        inner = "".join(_element(some, key, member, left) for key, member in members if left[0] > 0)
    else:
        inner = f"<![CDATA[{content}]]>" if some.random() < 0.1 else escape(str(content))
    return f"<{tag}>{inner}</{tag}>"


_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
_PREAMBLES = [
    f'<!DOCTYPE x [<!ENTITY l0 "ha">{_LAUGHS}]>',
    '<!DOCTYPE x [<!ENTITY l11 SYSTEM "file:///etc/hostname">]>',
    '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>',
    "<!-- x -->",
    "<?x y?>",
    "<!DOCTYPE x>",
]


def xml_body(some: random.Random) -> tuple[bytes, str]:
    """A body that is XML, or was, and a Content-Type."""
    root = some.choice(("problem", "problem", "Error", "ErrorResponse", "Response"))
    inner = _element(some, root, document(some))
    attributes = "".join(f' a{number}="{number}"' for number in range(some.choice((0, 0, 0, 3, 400))))
    inner = inner.replace(f"<{root}>", f'<{root} xmlns="urn:ietf:rfc:7807"{attributes}>', 1)
    if some.random() < 0.1:
        inner = inner.replace("</", some.choice(("&l11;</", "&#0;</", "&#xD800;</", "&amp;</", "<a>" * 400 + "</")), 1)
    preamble = some.choice(_PREAMBLES) if some.random() < 0.2 else ""
    declared = some.choice(("", '<?xml version="1.0"?>', f'<?xml version="1.0" encoding="{some.choice(CHARSETS)}"?>'))
    content = some.choice(SOURCES) if some.random() < 0.2 else f"{declared}{preamble}{inner}".encode("utf-8", "surrogatepass")
    for _ in range(some.choice((0, 0, 1, 2))):
        content = broken(some, content)
    media_type = some.choice(XML_TYPES)
    return _in_charset(some, content, media_type) if some.random() < 0.25 else (content, media_type)


def any_body(some: random.Random) -> tuple[bytes, str]:
    """A mutated body and its Content-Type."""
    chance = some.random()
    if chance < 0.82:
        return json_body(some)
    if chance < 0.95:
        return xml_body(some)
    content = some.choice((b"", some.randbytes(some.randrange(200)), broken(some, some.choice(SOURCES))))
    return content, some.choice((*JSON_TYPES, *XML_TYPES, "text/html", "text/plain; charset=utf-7", text(some)))
