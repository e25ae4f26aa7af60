"""The reader of responses beside h11: the corpus that the fuzzer left, chance, and a list of where the two differ.

`python -m tests.fuzz.wire_atheris --seconds 600 --keep` looks further, and adds what it finds to the corpus.
"""

from collections.abc import Callable
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from seawall.transport.wire._reader import MAX_OVERHEAD, ResponseReader
from tests.fuzz import wire_oracle
from tests.fuzz.wire_corpus import CORPUS, as_line, from_line, load
from tests.fuzz.wire_oracle import all_cuts, few_cuts, judge, ours, theirs
from tests.fuzz.wire_responses import EMPTY, OK, cut_responses, responses

CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
MAX_CORPUS = 300_000  # bytes, so that a checkout stays small
MAX_INPUT = 1_000


def test_the_corpus_keeps_the_laws() -> None:
    """Whatever the fuzzer kept is read as h11 reads it, and alike wherever it is cut."""
    for data in load():
        try:
            judge(data, all_cuts(data))
        except Exception as error:
            raise AssertionError(f"{as_line(data)} shows it: {type(error).__name__}: {error}") from error


def test_the_corpus_stays_small() -> None:
    """The corpus is sorted, holds nothing twice and nothing long, so that what is added can be seen and read."""
    lines = CORPUS.read_text("ascii").splitlines()
    assert lines == sorted(set(lines))
    assert max(map(len, load())) <= MAX_INPUT
    assert CORPUS.stat().st_size < MAX_CORPUS


@hypothesis.given(st.binary())
def test_any_bytes_fit_in_a_line(data: bytes) -> None:
    """Each input has a line of its own, of printable characters, and comes back out of it."""
    line = as_line(data)
    assert line.isprintable()
    assert from_line(line) == data


@hypothesis.given(cut_responses())
@hypothesis.settings(max_examples=1000)
def test_chance_finds_nothing(given: tuple[bytes, list[bytes]]) -> None:
    """Any bytes, in any parts, are read as h11 reads them."""
    data, parts = given
    judge(data, iter([parts, *few_cuts(data)]))


@hypothesis.given(responses())
@hypothesis.settings(max_examples=300)
def test_no_cut_changes_a_response(data: bytes) -> None:
    """A response is read alike wherever it is cut."""
    judge(data, all_cuts(data))


@hypothesis.given(responses(), st.integers(0), st.integers(0), st.integers(1, 50_000))
@hypothesis.settings(max_examples=100)
def test_much_of_the_same_is_bounded(data: bytes, one: int, other: int, most: int) -> None:
    """A response of which some part comes again and again grows no more than it brings, in whatever parts it comes."""
    start, stop = sorted((one % (len(data) + 1), other % (len(data) + 1)))
    piece = data[start:stop] or b"\r\n"
    ours([data[:start], *[piece * max(1, most // len(piece))] * 6, data[stop:]])


def test_packaging_ends_at_its_bound() -> None:
    """Chunks that are all extension are refused as soon as they are over the bound, however small the parts are."""
    extension = b"1;" + b"x" * 4000 + b"\r\na\r\n"
    count = MAX_OVERHEAD // len(extension)
    assert ours([CHUNKED, *[extension] * count])[0].end == "body"
    assert ours([CHUNKED, *[extension] * (count + 2)])[0].end == "too large"


BROKE_A_LAW = {
    "chunks behind a tab": rb"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\t\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "a refusal forgotten": rb"HTTP/1.1 099 A\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "a refusal forgotten, two behind it": rb"HTTP/1.1 104 A\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    rb"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno",
}


@pytest.mark.parametrize("line", BROKE_A_LAW.values(), ids=BROKE_A_LAW)
def test_what_broke_a_law_breaks_none(line: bytes) -> None:
    """What the fuzzer once found is read as h11 reads it, and alike wherever it is cut."""
    data = from_line(line.decode("ascii"))
    judge(data, all_cuts(data))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(OK.replace(b"1.1", b"2.0") + EMPTY, id="another version: RFC 9112 has one"),
        pytest.param(OK.replace(b"1.1", b"1.2") + EMPTY, id="a later version: none exists"),
        pytest.param(OK.replace(b"\r\n", b"\n") + EMPTY, id="a line that ends without CR: others read on"),
        pytest.param(OK + b"Content-Length: 0\n\n", id="fields that end without CR"),
        pytest.param(OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", id="two framings: smuggling"),
        pytest.param(OK + b"X: a\r\n b\r\n" + EMPTY, id="a folded field: RFC 9112, 5.2, has it refused"),
        pytest.param(OK + b"X: a\x01b\r\n" + EMPTY, id="a control character in a value: RFC 9110, 5.5"),
        pytest.param(CHUNKED + b"2 \r\nok\r\n0\r\n\r\n", id="a space behind the size of a chunk: no RFC allows it"),
        pytest.param(CHUNKED + b"2;a\x01\r\nok\r\n0\r\n\r\n", id="a chunk extension that is none"),
        pytest.param(b"HTTP/1.0 103 Early\r\n\r\n" + OK + EMPTY, id="more behind what was to be the last"),
        pytest.param(b"HTTP/1.1 104 A\r\nContent-Length: 5\r\n\r\n" + OK + EMPTY, id="an unknown interim that speaks of a body"),
    ],
)
def test_h11_takes_more(data: bytes) -> None:
    """What h11 lets pass and a stricter reader must not is refused."""
    assert theirs(data)[1].end == "whole"
    assert ours([data])[1].end == "refused"
    judge(data, all_cuts(data))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\r\n" + OK + EMPTY, id="an empty line before a response: RFC 9112, 2.2"),
        pytest.param(b"HTTP/1.1 200 O\x01K\r\n" + EMPTY, id="a control character in the reason phrase, which is dropped"),
        pytest.param(
            b"HTTP/1.1 103 E\r\nTransfer-Encoding: x\r\n\r\n" + OK + EMPTY, id="an interim head that frames: it is dropped"
        ),
        pytest.param(CHUNKED + b"0\r\nTransfer-Encoding: x\r\n\r\n", id="a trailer that frames: trailers are dropped"),
        pytest.param(b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + EMPTY, id="a server of HTTP/1.0 that stays"),
    ],
)
def test_ours_takes_more(data: bytes) -> None:
    """What ours lets pass and h11 does not is harmless: nothing of it is in what the caller gets."""
    assert ours([data])[0].stays
    peer_reads = theirs(data)[0]
    assert (peer_reads.body, peer_reads.fields[1:]) == (b"", ())
    judge(data, all_cuts(data))


def _greedy(reader: Any, data: bytes) -> None:
    reader.pieces.append(data * 2)


def _deaf(reader: Any, data: bytes) -> None:
    reader.pieces.append(data[:1])


def _moody(reader: Any, data: bytes) -> None:
    reader.pieces.append(data if len(data) > 1 else b"?")


def _broken(reader: Any, data: bytes) -> None:
    raise ValueError("an error without a type of ours")


@pytest.mark.parametrize("on_body", [_greedy, _deaf, _moody, _broken])
def test_the_oracle_finds_a_wrong_body(on_body: Callable[[Any, bytes], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that gives more or less than there is, heeds the parts, or raises what it likes does not get by."""
    monkeypatch.setattr(wire_oracle, "ResponseReader", type("Wrong", (ResponseReader,), {"on_body": on_body}))
    with pytest.raises(AssertionError):
        judge(OK + b"Content-Length: 5\r\n\r\nhello", all_cuts(OK + b"Content-Length: 5\r\n\r\nhello"))


@pytest.mark.parametrize("data", [OK + b"Connection: close\r\n" + EMPTY, OK + EMPTY + b"HTTP"], ids=["close", "more behind"])
def test_the_oracle_finds_a_connection_wrongly_kept(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that keeps what the server closes, or what has more on it, does not get by."""
    judge(data, all_cuts(data))
    monkeypatch.setattr(wire_oracle, "ResponseReader", type("Wrong", (ResponseReader,), {"is_clean": True}))
    with pytest.raises(AssertionError):
        judge(data, all_cuts(data))
