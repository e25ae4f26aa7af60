"""From the bytes of an error body to a document: charsets, marks, and what JSON forbids and servers write."""

import json
import pickle
from typing import Any

import pytest

from seawall.problems import StatusProblem
from tests.unit.problems.answers import check, parsed
from tests.unit.problems.corpus import Case, body_of

BODY = {"code": "A_B", "detail": "ünï"}
TEXT = json.dumps(BODY, ensure_ascii=False)


def document(content: bytes, content_type: str = "application/json") -> Any:
    return body_of(Case("", 400, content_type, content)).document


def read(content: bytes, content_type: str = "application/json") -> StatusProblem:
    problem = parsed(content, content_type=content_type)
    check(problem, 403)
    return problem


@pytest.mark.parametrize(
    "content_type",
    [
        "application/problem+json",
        "APPLICATION/PROBLEM+JSON",
        " application/problem+json ",
        "application/problem+json;charset=utf-8",
        "application/problem+json ; profile=x; Charset = UTF-8",
        'application/problem+json;charset="utf-8"',
        "application/problem+json;",
        "application/problem+json;;",
        "application/problem+json; charset",
        "application/problem+json; charset=",
        "application/vnd.acme+json",
        "text/plain",
        "text/html",
        "application/octet-stream",
        "nonsense",
        "/",
        ";",
        "",
    ],
)
def test_the_media_type_hides_no_document(content_type: str) -> None:
    """E2: media types are matched in any case and without parameters, and a wrong one does not hide JSON."""
    assert read(TEXT.encode(), content_type).code == "A_B"


CHARSETS = [
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-32-le",
    "utf-8",
    "latin-1",
    "cp1252",
    "cp037",
    "cp500",
    "mac-roman",
]


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_charset_of_the_web_is_followed(charset: str) -> None:
    """The charset of the Content-Type decodes the body, EBCDIC and byte order marks included."""
    assert document(TEXT.encode(charset), f"application/json; charset={charset}") == BODY


@pytest.mark.parametrize("charset", [*CHARSETS, "utf-7", "unicode_escape", "hz", "iso-2022-jp", "base64", "no-such"])
@pytest.mark.parametrize("content", [TEXT.encode(), b"\xff\xfe\x00", b"\x80{", b"{", b"\x1b$B" * 99, b"~{" * 99, b"+AH" * 99])
def test_a_charset_that_is_wrong_is_survived(charset: str, content: bytes) -> None:
    """A body that is not in the charset it names gives the status at least."""
    read(content, f"application/json; charset={charset}")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"a": NaN, "b": Infinity, "c": -Infinity, "d": 1}', {"a": None, "b": None, "c": None, "d": 1}),
        (b'{"a": 1e999, "b": -1e999, "c": 1e99}', {"a": None, "b": None, "c": 1e99}),
        (rb'{"a": "\ud800", "\udfff": 1, "b": ["\ud83d\ude00"]}', {"a": "?", "?": 1, "b": ["\U0001f600"]}),
        (b'{"a": "\x00\t\n"}', {"a": "\0\t\n"}),
        (b'{"a": "\xff\xc3"}', {"a": "\ufffd\ufffd"}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"\xef\xbb\xbf[1]", [1]),
        (b" \t\r\n[1]\n", [1]),
    ],
)
def test_slightly_broken_json_is_read(content: bytes, expected: Any) -> None:
    """What JSON forbids and servers write all the same costs its own place at most."""
    assert document(content) == expected


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"a": 1,}',
        b"{'a': 1}",
        b'{"a": 1} x',
        b"[1,]",
        b"7",
        b'"x"',
        b"null",
        b"true",
        b"NaN",
        b"<p>",
        b"\0",
        b"\xef\xbb\xbf",
    ],
)
def test_what_is_no_document_is_none(content: bytes) -> None:
    """Scalars, broken structures, HTML and nothing are no document."""
    assert document(content) is None


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":['])
def test_deep_nesting_ends_somewhere(opening: bytes) -> None:
    """However deep, with or without its end, a document is read or given up, and what is kept of it is shallow."""
    closing = opening.translate(bytes.maketrans(b"[{", b"]}"), b'"a:')[::-1]
    for depth in (10, 400, 5_000, 200_000):
        read(opening * depth + b"1" + closing * depth)
        read(b'{"code": "A_B", "params": ' + opening * depth + b"1" + closing * depth + b"}")
        read(opening * depth)


def test_the_patient_reader_reads_short_bodies_only() -> None:
    """What is broken and long is given up at once, and what is long and sound is read."""
    assert document(b'{"a": NaN, "b": "' + b"x" * 60_000 + b'"}') is not None
    assert document(b'{"a": NaN, "b": "' + b"x" * 70_000 + b'"}') is None
    assert document(b'{"b": "' + b"x" * 5_000_000 + b'"}') is not None
    assert document(b'{"b": "' + b"x" * 8 * 2**20 + b'"}') is None


def test_numbers_at_the_edge_need_no_patience() -> None:
    """A number beyond all floats is nothing in a long body too, and a million of those that are hard to read are read."""
    assert document(b'{"a": 1e999, "b": "' + b"x" * 100_000 + b'"}')["a"] is None
    assert len(document(b"[" + b"1e308,1e-320," * 300_000 + b"1.5]")) == 600_001


EMOJI = "\U0001f600"
BIG: dict[str, Any] = {
    "text": EMOJI * 20_000,
    "number": 10**4000,
    "floats": [1.5] * 50_000,
    "deep": [[[["x" * 4000] * 5] * 5] * 5] * 5,
    "names": {str(number) * 9: number for number in range(9_000)},
    "long name": {"n" * 200_000: 1},
    "numbers": {str(number): 10**4000 + number for number in range(50)},
    "errors": [{"name": f"f{number}", "reason": EMOJI * 2000, "params": {"a": EMOJI * 90}} for number in range(30)],
    "fields": {"é" * 900: {str(number): ["x" * 3000] for number in range(110)}},
}
ENCODED = {kind: json.dumps(value).encode() for kind, value in BIG.items()}
MEMBERS = ["title", "detail", "code", "type", "instance", "params", "errors", "more", "message", "name", "error", "data"]


@pytest.mark.parametrize("kind", sorted(BIG))
@pytest.mark.parametrize("member", MEMBERS)
def test_what_is_kept_of_a_huge_body_is_small(member: str, kind: str) -> None:
    """Of any member of any size at most 200 kB are kept, pickled, and told in JSON."""
    problem = read(b'{"code": "A_B", "message": "m", "%b": %b}' % (member.encode(), ENCODED[kind]))
    assert len(pickle.dumps(problem)) < 200_000
    assert len(json.dumps(problem.to_dict(), allow_nan=False, ensure_ascii=False).encode()) < 200_000


def test_all_of_it_together_is_small() -> None:
    """A document with everything at its greatest is bounded as well."""
    members = {**dict.fromkeys(["title", "detail", "code", "type", "instance"], "text"), "params": "deep", "errors": "errors"}
    members |= {kind: kind for kind in BIG if kind not in members.values()}
    pairs = [b'"%b": %b' % (member.encode(), ENCODED[kind]) for member, kind in members.items()]
    problem = parsed(b"{%b}" % b",".join(pairs), **{"WWW-Authenticate": 'Bearer realm="' + "\xe9" * 8000 + '"'})
    check(problem, 403)
    assert 100_000 < len(pickle.dumps(problem)) < 200_000
