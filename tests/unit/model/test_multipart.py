"""Forms with files, checked with the standard library's own parser of MIME."""

from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.model import Secret, UsageError, multipart_body
from tests.unit.model.bodies import sent

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
WHOLE = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
CANARY = "canary7f3a"
Part = tuple[str, str | None, str | None, bytes]


def split(body: bytes, media_type: str) -> list[Part]:
    """Take a body apart by its boundary alone: name, file name, media type and content of each part."""
    boundary = media_type.removeprefix("multipart/form-data; boundary=").encode()
    assert body.endswith(b"--" + boundary + b"--\r\n")
    pieces = body.removesuffix(b"--" + boundary + b"--\r\n").split(b"--" + boundary + b"\r\n")
    assert pieces[0] == b""
    parts = []
    for piece in pieces[1:]:
        head, content = piece.split(b"\r\n\r\n", 1)
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        quoted = fields["Content-Disposition"].split('"')
        name, file_name = quoted[1], quoted[3] if len(quoted) > 3 else None
        parts.append((name, file_name, fields.get("Content-Type"), content.removesuffix(b"\r\n")))
    return parts


def escaped(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


@given(
    st.lists(st.tuples(WHOLE, WHOLE), max_size=3),
    st.lists(st.tuples(WHOLE, NAMES, st.binary(max_size=40)), min_size=1, max_size=3),
)
def test_parts_come_back_as_they_were_given(fields: list[tuple[str, str]], files: list[tuple[str, str, bytes]]) -> None:
    """Every field and file is one part, in order, whatever names and contents hold, and the length is what was promised."""
    body = multipart_body(fields, [(name, (file, content, "a/b")) for name, file, content in files])
    data = sent(body)
    expected: list[Part] = [(escaped(name), None, None, value.encode()) for name, value in fields]
    expected += [(escaped(name), escaped(file), "a/b", content) for name, file, content in files]
    assert split(data, body.media_type or "") == expected
    assert body.length == len(data)
    assert sent(body) == data


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=4))
def test_the_boundary_is_not_in_the_content(contents: list[bytes]) -> None:
    """Another parser of MIME finds as many parts as were sent, with the same bytes."""
    body = multipart_body({}, [("f", (f"{number}.bin", content)) for number, content in enumerate(contents)])
    head = b"Content-Type: " + (body.media_type or "").encode() + b"\r\n\r\n"
    parts = list(message_from_bytes(head + sent(body), policy=policy.HTTP).iter_parts())
    assert [part.get_filename() for part in parts] == [f"{number}.bin" for number in range(len(contents))]
    assert all((body.media_type or "").partition("=")[2].encode() not in content for content in contents)


def test_every_kind_of_file(tmp_path: Path) -> None:
    """Paths, open files, bytes, iterators and lists of them are sent with the names and types that can be told."""
    path = tmp_path / "ada.png"
    path.write_bytes(b"png")
    with path.open("rb") as file:
        body = multipart_body(
            {"a": [1, Secret("s")]},
            {"p": path, "o": file, "b": b"bytes", "i": ("x.txt", iter([b"1", b"2"])), "l": [b"1", ("n", b"2", "t/s")]},
        )
        parts = split(sent(body), body.media_type or "")
    assert parts == [
        ("a", None, None, b"1"),
        ("a", None, None, b"s"),
        ("p", "ada.png", "image/png", b"png"),
        ("o", "ada.png", "image/png", b"png"),
        ("b", "b", "application/octet-stream", b"bytes"),
        ("i", "x.txt", "text/plain", b"12"),
        ("l", "l", "application/octet-stream", b"1"),
        ("l", "n", "t/s", b"2"),
    ]
    assert body.secret
    assert body.length is None


def test_a_part_that_was_read_makes_the_whole_unreplayable() -> None:
    """A form with a bare iterator is sent once; the second time is refused before any byte."""
    body = multipart_body({"a": "b"}, {"f": ("x", iter([b"1"]))})
    assert body.replayable
    sent(body)
    assert not body.replayable
    with pytest.raises(UsageError, match=r"^files: "):
        sent(body)


def test_a_changed_file_makes_the_whole_unreplayable(tmp_path: Path) -> None:
    """A form whose file changed between two sendings is not sent with other bytes."""
    path = tmp_path / "a"
    path.write_bytes(b"one")
    body = multipart_body({}, {"f": path})
    assert sent(body) == sent(body)
    path.write_bytes(b"three")
    assert not body.replayable
    with pytest.raises(UsageError, match=r"^files: "):
        sent(body)


def test_an_open_file_is_replayed_from_where_it_stood() -> None:
    """A seekable file is sent from the position at which it was given, each time."""
    file = BytesIO(b"skipped-sent")
    file.seek(8)
    body = multipart_body({}, {"f": file})
    assert split(sent(body), body.media_type or "")[0][3] == b"sent"
    assert sent(body) == sent(body)


def test_a_file_name_that_was_never_text_is_sent(tmp_path: Path) -> None:
    """A name that the file system holds in other bytes than UTF-8 is sent as far as it can be."""
    body = multipart_body({}, {"f": ("a\udcff.txt", b"x")})
    assert split(sent(body), body.media_type or "")[0][1] == "a?.txt"


@pytest.mark.parametrize(
    "files",
    [
        {"f": "text"},
        {"f": 7},
        {"f": ("x",)},
        {"f": ("x", b"", "a/b", "c")},
        {"f": ("x", b"", "a/b\r\nX: y")},
        {"f": ("x", b"", 7)},
        {"f": Path("no such file")},
        {"f": {"a": b"b"}},
        "f=x",
        [("f",)],
    ],
)
def test_what_is_no_file_is_refused(files: Any) -> None:
    """A file that cannot be sent is misuse, found before anything is sent."""
    with pytest.raises(UsageError):
        multipart_body({}, files)


def test_a_field_that_cannot_be_written_is_refused() -> None:
    """Half a character in a field is refused, and a secret is not quoted."""
    with pytest.raises(UsageError, match=r"^data: ") as caught:
        multipart_body({"a": Secret(f"{CANARY}\ud800")}, {"f": b""})
    assert CANARY not in str(caught.value)
    assert caught.value.__context__ is None


def test_names_cannot_end_a_head() -> None:
    """Line breaks and quotes in names are escaped as browsers do."""
    body = multipart_body({'a"\r\nX: y': "1"}, {"f": ('n"\r\n', b"")})
    names = [(name, file) for name, file, _, _ in split(sent(body), body.media_type or "")]
    assert names == [("a%22%0D%0AX: y", None), ("f", "n%22%0D%0A")]
    assert unquote(names[0][0]) == 'a"\r\nX: y'
