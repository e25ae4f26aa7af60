"""multipart/form-data (RFC 7578): fields and files, streamed, replayable while every part is."""

import mimetypes
import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from ._body import Body, BodyReader, BytesBody, Content, make_body
from ._errors import UsageError
from ._headers import check_header
from ._pairs import checked_pairs
from ._runtime import Runtime
from ._secret import Secret
from ._url import Params, param_pairs

__all__ = ["FileInput", "Files", "multipart_body"]

FileContent = Content | IO[bytes] | Path
FileInput = FileContent | tuple[str, FileContent] | tuple[str, FileContent, str]
Files = Mapping[str, FileInput | Sequence[FileInput]] | Iterable[tuple[str, FileInput]]


class MultipartBody(Body):
    """Parts one after the other, with one boundary for every sending, so that a replay is the same byte for byte.

    Args:
        parts: Pairs of the part's head fields and its body.
        secret: Whether a field holds a `Secret`.
    """

    def __init__(self, parts: list[tuple[bytes, Body]], *, secret: bool = False) -> None:
        boundary = secrets.token_hex(16)
        self._bodies: list[Body] = []
        for head, body in parts:
            self._bodies += [BytesBody(b"--%s\r\n%s\r\n\r\n" % (boundary.encode(), head)), body, BytesBody(b"\r\n")]
        self._bodies.append(BytesBody(f"--{boundary}--\r\n".encode()))
        lengths = [body.length for body in self._bodies]
        self.length = None if None in lengths else sum(length or 0 for length in lengths)
        self.media_type = f"multipart/form-data; boundary={boundary}"
        self.secret = secret

    @property
    def replayable(self) -> bool:
        return all(body.replayable for body in self._bodies)

    def open(self, runtime: Runtime) -> BodyReader:
        if not self.replayable:  # here, not at the part in question: by then others would be on the wire
            raise UsageError("files: a part was read before, or its file has changed, and it cannot be sent again")
        return _Chain(self._bodies, runtime)

    def __repr__(self) -> str:
        return f"MultipartBody({len(self._bodies) // 3} parts)"


class _Chain:
    def __init__(self, bodies: Iterable[Body], runtime: Runtime) -> None:
        self._bodies = iter(bodies)
        self._runtime = runtime
        self._reader: BodyReader | None = None

    async def read(self) -> bytes:
        while True:
            if self._reader is None:
                body = next(self._bodies, None)
                if body is None:
                    return b""
                self._reader = body.open(self._runtime)
            piece = await self._reader.read()
            if piece:
                return piece
            await self.aclose()

    async def aclose(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            await reader.aclose()


def multipart_body(fields: Params, files: Files) -> MultipartBody:
    """Build a form with files.

    Args:
        fields: Plain fields, sent first.
        files: By field name: a Path, an open binary file, bytes, an iterator, or a tuple (file name, content[, media type]);
            a list sends several under one name.

    Raises:
        UsageError: A file cannot be read or is of an unknown kind.
    """
    pairs = list(param_pairs(fields, "data"))
    parts = [(_head(name), _field(value)) for name, value in pairs]
    for name, value in checked_pairs(files, "files"):
        for single in value if isinstance(value, list) else (value,):
            parts.append(_file(name, single))
    return MultipartBody(parts, secret=any(isinstance(value, Secret) for _, value in pairs))


def _field(value: str | Secret) -> Body:
    try:
        return BytesBody((value.reveal() if isinstance(value, Secret) else value).encode())
    except UnicodeEncodeError:
        pass
    raise UsageError("data: a value holds half a character (a lone surrogate), which UTF-8 cannot write")


def _file(name: str, given: Any) -> tuple[bytes, Body]:
    file_name: str | None = None
    content, media_type = given, None
    if isinstance(given, tuple):
        if len(given) not in (2, 3):
            raise UsageError(f"files: {name!r} must be (file name, content) or (file name, content, media type)")
        file_name, content, media_type = given if len(given) == 3 else (*given, None)
    if file_name is None:
        file_name = Path(str(getattr(content, "name", ""))).name or name
    if isinstance(content, str):
        raise UsageError(f"files: {name!r} is text; give a Path for a file, or bytes for its content")
    kind = media_type or mimetypes.guess_type(file_name)[0] or "application/octet-stream"
    return _head(name, file_name, kind), make_body(content)


def _head(name: str, file_name: str | None = None, media_type: str | None = None) -> bytes:
    lines = [f'Content-Disposition: form-data; name="{_escape(name)}"']
    if file_name is not None:
        lines[0] += f'; filename="{_escape(file_name)}"'
    if media_type is not None:
        check_header("Content-Type", media_type)
        lines.append(f"Content-Type: {media_type}")
    return "\r\n".join(lines).encode("utf-8", "replace")  # a file's name may hold bytes that were never UTF-8


def _escape(text: str) -> str:
    """Escape as browsers do (WHATWG HTML, multipart/form-data encoding)."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
