"""Filters between a transport's stream and its reader. Each holds one piece at a time.

Whoever finds a body wrong frees the connection: `BoundedStream` is the outermost and does it for all below.
"""

from collections.abc import Callable

from seawall.model import ByteStream, OnProgress, Progress
from seawall.problems import ApiProblem, ProtocolProblem, TooLargeProblem

from ._codings import Coding, Member

__all__ = ["BoundedStream", "HeldStream", "Refuse", "UnpackedStream"]

Refuse = Callable[[type[ApiProblem], str, Exception | None], ApiProblem]  # makes the problem to raise
_SLICE = 16 * 1024  # bytes unpacked at once: a member's end costs a copy of what follows, and members can be tiny


class HeldStream:
    """A body that is in memory already."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def read(self) -> bytes:
        content, self._content = self._content, b""
        return content

    async def aclose(self) -> None:
        self._content = b""


class UnpackedStream:
    """Undoes one content coding, in steps of bounded size.

    Args:
        inner: The packed body.
        coding: How it is packed.
        piece: Bytes that a step aims at.
        refuse: Makes the problem for a body that is corrupt or cut short.
    """

    def __init__(self, inner: ByteStream, coding: Coding, piece: int, refuse: Refuse) -> None:
        self._inner = inner
        self._coding = coding
        self._piece = piece
        self._refuse = refuse
        self._member: Member | None = None
        self._packed = b""
        self._at = 0

    async def read(self) -> bytes:
        piece = b""
        while not piece:
            member, data = self._member, b""
            if member is None or member.eof or member.needs_input:
                data = await self._take()
                if not data:
                    self._check_end()
                    break
                if member is None or (member.eof and data[0] in self._coding.starts):
                    member = self._member = self._coding.open()
                elif member.eof:
                    continue
            piece = self._unpack(member, data)
        return piece

    async def _take(self) -> bytes:
        if self._at >= len(self._packed):
            self._packed, self._at = await self._inner.read(), 0
        data = self._packed[self._at : self._at + _SLICE]
        self._at += len(data)
        return data

    def _unpack(self, member: Member, data: bytes) -> bytes:
        try:
            piece = member.decompress(data, self._piece)
        except self._coding.errors as error:
            wrong: Exception = error
        else:
            if member.eof:
                self._at -= len(member.unused_data)
            return piece
        raise self._refuse(ProtocolProblem, "the compressed body is corrupt", wrong)

    def _check_end(self) -> None:
        if self._member is not None and not self._member.eof:
            raise self._refuse(ProtocolProblem, "the compressed body is cut short", None)

    async def aclose(self) -> None:
        await self._inner.aclose()


class BoundedStream:
    """Yields pieces of bounded size, up to a bound, and tells how far it came.

    Args:
        inner: The body.
        piece: Biggest piece in bytes.
        limit: Biggest body in bytes, or None.
        option: The option that rules the limit, for the problem.
        refuse: Makes the problem for a body over the limit.
        report: Told after each piece, or None.
        total: Size of the body in bytes where it is known.
    """

    def __init__(
        self,
        inner: ByteStream,
        *,
        piece: int,
        limit: int | None,
        option: str,
        refuse: Refuse,
        report: OnProgress | None = None,
        total: int | None = None,
    ) -> None:
        self._inner = inner
        self._piece = piece
        self._limit = limit
        self._option = option
        self._refuse = refuse
        self._report = report
        self._total = total
        self._held = b""
        self._at = 0
        self._done = 0

    async def read(self) -> bytes:
        try:
            piece = await self._cut()
            self._done += len(piece)
            if self._limit is not None and self._done > self._limit:
                raise self._refuse(TooLargeProblem, f"{self._option}: the body is over {self._limit} bytes", None)
            if piece and self._report is not None:
                self._report(Progress(self._done, self._total))
        except BaseException:
            self._held = b""
            await self._inner.aclose()
            raise
        return piece

    async def _cut(self) -> bytes:
        if self._at >= len(self._held):
            self._held, self._at = await self._inner.read(), 0
        piece = self._held[self._at : self._at + self._piece]
        self._at += len(piece)
        return piece

    async def aclose(self) -> None:
        self._held = b""
        await self._inner.aclose()
