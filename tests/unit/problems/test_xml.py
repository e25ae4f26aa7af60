"""Error documents in XML: read plainly, and never to the harm of the reader."""

import codecs
import encodings
import pkgutil
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from seawall.problems import FieldError, StatusProblem
from tests.unit.problems.answers import CANARY, check, parsed

PROBLEM = "application/problem+xml"
BODY = "<problem><code>A_B</code><detail>ünï</detail></problem>"


def read(text: str | bytes, content_type: str = PROBLEM) -> StatusProblem:
    problem = parsed(text if isinstance(text, bytes) else text.encode(), content_type=content_type)
    check(problem, 403)
    return problem


def told(problem: StatusProblem) -> tuple[str | None, str]:
    return problem.code, problem.detail


@pytest.mark.parametrize("content_type", ["application/problem+xml", "Application/Problem+XML; charset=utf-8"])
def test_every_member_is_read(content_type: str) -> None:
    """RFC 7807, appendix A: the members are elements, arrays have elements called `i`, a status is text."""
    problem = read(
        '<?xml version="1.0"?><!-- no --><problem xmlns="urn:ietf:rfc:7807" xmlns:o="urn:o"><?pi x?><type>/t</type>'
        "<title> Not <![CDATA[<valid>]]> </title><status>422</status><code>notValid</code><instance>#i</instance>"
        '<params><min kind="int">1</min><o:of>2</o:of></params><traceId>t7</traceId>'
        "<errors><i><pointer>#/a~1b</pointer><code>low</code></i><i><name>c</name><reason>no</reason></i></errors>"
        "<o:more><i>1</i><i><i>2</i></i></o:more></problem>",
        content_type,
    )
    assert (problem.title, problem.code, problem.body_status) == ("Not <valid>", "NOT_VALID", 422)
    assert problem.type == "https://a.example/t"
    assert problem.instance == "https://a.example/agents/7?token=[redacted]#i"
    assert (problem.params, problem.extensions) == ({"min": "1", "of": "2"}, {"more": ["1", ["2"]]})
    assert problem.field_errors == (FieldError("/a~1b", "LOW"), FieldError("/c", detail="no"))
    assert (problem.trace_id, problem.dialect) == ("t7", "rfc9457")


@pytest.mark.parametrize(
    "body",
    [
        "<problem/>",
        "<problem>text</problem>",
        "<problem><code/><detail><b>x</b></detail><status>x</status><errors>x</errors><params>1</params></problem>",
        "<problem><i>1</i></problem>",
        "<other><code></code></other>",
    ],
)
def test_a_member_of_the_wrong_shape_is_ignored(body: str) -> None:
    """E2: an element where text should be, or text where elements should be, is as if it were absent."""
    problem = read(body)
    assert (problem.code, problem.detail, problem.params, problem.body_status, problem.field_errors) == (None, "", {}, None, ())


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<",
        "<a",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a>&no;</a>",
        "<a>&#0;</a>",
        "<a>\0</a>",
        "<a b='1' b='2'/>",
        "<x:a/>",
        "text",
    ],
)
def test_what_is_no_xml_gives_the_status(body: str) -> None:
    """A document that is not well-formed says nothing."""
    assert told(read(body)) == (None, "")
    assert read(body).dialect is None


def laughs(depth: int = 12, width: int = 10) -> str:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * width}">' for n in range(1, depth))
    return f'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY l0 "ha">{levels}]><problem><code>&l{depth - 1};</code></problem>'


def test_entities_do_not_expand() -> None:
    """A billion laughs, one long entity used often, and parameter entities are refused with the type declaration."""
    quadratic = f'<!DOCTYPE p [<!ENTITY a "{"A" * 50_000}">]><problem><code>{"&a;" * 50_000}</code></problem>'
    parameter = "<!DOCTYPE p [<!ENTITY % a \"<!ENTITY b 'X_Y'>\">%a;]><problem><code>&b;</code></problem>"
    harmless = '<!DOCTYPE p [<!ENTITY a "X_Y">]><problem><code>&a;</code></problem>'
    for body in (laughs(), quadratic, parameter, harmless, f"<!DOCTYPE problem>{BODY}"):
        assert told(read(body)) == (None, "")


def test_nothing_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No entity, type declaration, schema or inclusion makes the reader open a file or a connection."""
    secret = tmp_path / "secret"
    secret.write_text(CANARY)
    monkeypatch.setattr(socket, "socket", None)
    uri = secret.as_uri()
    for body in (
        f'<!DOCTYPE p [<!ENTITY a SYSTEM "{uri}">]><problem><detail>&a;</detail></problem>',
        f'<!DOCTYPE p SYSTEM "{uri}"><problem><detail>x</detail></problem>',
        '<!DOCTYPE p PUBLIC "-//X" "http://127.0.0.1:9/x.dtd"><problem><detail>x</detail></problem>',
        f'<problem xmlns:xi="http://www.w3.org/2001/XInclude"><detail><xi:include href="{uri}" parse="text"/></detail></problem>',
    ):
        assert read(body).detail == ""


def test_what_is_kept_is_bounded() -> None:
    """Deep, long and wide documents are given up, and of one within the bounds the beginnings are kept."""
    assert told(read("<a>" * 200_000)) == (None, "")
    assert told(read(f"<problem>{'<a>' * 32}{'</a>' * 32}<code>A_B</code></problem>")) == (None, "")
    assert told(read(f"<problem>{'<a>' * 31}{'</a>' * 31}<code>A_B</code></problem>")) == ("A_B", "")
    assert told(read(f"<problem><code>A_B</code>{'<a/>' * 10_000}</problem>")) == (None, "")
    assert told(read(f"<problem><code>A_B</code>{' ' * 2**20}</problem>")) == (None, "")
    many = "".join(f' a{number}="x"' for number in range(20_000))
    assert told(read(f"<problem{many}><code>A_B</code></problem>")) == ("A_B", "")
    assert len(read(f"<problem><detail>{'&amp;' * 100_000}</detail></problem>").detail) == 4096


def declared(name: str) -> str:
    return f'<?xml version="1.0" encoding="{name}"?>{BODY}'


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "iso-8859-15", "cp1252", "shift_jis", "koi8-r"])
def test_the_declared_charset_is_followed(charset: str) -> None:
    """A document is read in the charset of the web that it declares, byte order marks first."""
    content = declared(charset).encode(charset, "xmlcharrefreplace")
    assert told(read(content)) == ("A_B", "ünï")


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
def test_sixteen_bits_are_known_without_a_mark(charset: str) -> None:
    """UTF-16 without a byte order mark is known by its first character."""
    assert told(read(declared("utf-16").encode(charset))) == ("A_B", "ünï")


def test_the_content_type_goes_before_the_declaration() -> None:
    """RFC 7303, section 3: a charset parameter rules over the declaration, and a byte order mark over both."""
    assert told(read(declared("utf-8").encode("cp1252"), f"{PROBLEM}; charset=cp1252")) == ("A_B", "ünï")
    assert told(read(declared("latin-1").encode(), f"{PROBLEM}; charset=utf-8")) == ("A_B", "ünï")
    assert told(read(BODY.encode("cp037"), f"{PROBLEM}; charset=cp037")) == ("A_B", "ünï")
    assert told(read(declared("x").encode("utf-16"), f"{PROBLEM}; charset=utf-8")) == ("A_B", "ünï")


def test_a_declaration_that_cannot_be_true_is_not_believed() -> None:
    """A document in single bytes that says UTF-16, as .NET's do, is UTF-8."""
    assert told(read(declared("utf-16"))) == ("A_B", "ünï")


CODECS = [module.name for module in pkgutil.iter_modules(encodings.__path__)]


@pytest.mark.parametrize(
    "name", [*CODECS, "no-such", "x" * 40, "x" * 4000, "../x", "os.path", "quopri", "ISO-8859-1-Windows-3.1"]
)
def test_the_document_chooses_no_codec(name: str) -> None:
    """Any name in the declaration is survived, and no codec beyond the charsets of the web is looked up or run."""
    check(read(declared(name)), 403)


def test_unknown_charsets_leave_no_trace() -> None:
    """Python remembers each codec that was asked for, so that names of a server's choice are not asked for."""
    cache: dict[str, Any] = sys.modules["encodings"]._cache
    codecs.lookup("utf-8")
    before = len(cache)
    for number in range(50):
        read(declared(f"chosen-{number}"))
        read(BODY, f"{PROBLEM}; charset=chosen-{number}")
    assert len(cache) == before
