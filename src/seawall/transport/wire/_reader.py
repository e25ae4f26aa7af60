"""What comes back, from bytes to one final response. Nothing here waits or touches a socket.

Laws:
1. At most one final response comes out. What lies behind it is `extra`, and the connection that brought it is not used again.
2. How long a body is, exactly one thing says: the status, chunks, a length, or the end of the connection (RFC 9112, section 6.3).
   Two that contradict each other, or are given twice, are refused: two readers could see different ends.
3. All is bounded: the head by whoever reads, what is no body in a body here.
"""

from enum import Enum

import httptools

from seawall.problems import ProtocolProblem, TooLargeProblem

from ..sockets import Fault
from ._lengths import may_be_said_again, said_once
from ._response_head import ResponseHead

__all__ = ["Phase", "ResponseReader"]

MAX_OVERHEAD = 128 * 1024  # bytes of chunk sizes, extensions and trailers, beside MAX_RATIO for each byte of the body
MAX_RATIO = 16
TAIL = 5  # bytes that show how a chunked body ended
NO_HTTP = "the response is no valid HTTP/1.1"
_VERSIONS = (b"HTTP/1.1 ", b"HTTP/1.0 ")
END_OF_HEAD = b"\r\n\r\n"
_EMPTY_STATUSES = frozenset({204, 304})


class Phase(Enum):
    """How far a response has come."""

    HEAD = "head"
    BODY = "body"
    DONE = "done"


class ResponseReader:
    """Reads one response.

    Args:
        bodiless: Whether the response has no body whatever its head says: that of HEAD, and of a CONNECT that succeeds.

    Attributes:
        phase: How far it has come.
        status: Of the final response; of an interim one before.
        head: The final response's, once it has come; those of interim responses are dropped, and so are trailers.
        pieces: What has come of the body; whoever takes them leaves the list empty.
        interims: How many interim responses came.
        may_continue: Whether a 100 was among them.
        extra: Whether bytes came behind the response.
        fault: What the body met after its head had come; whoever reads the body meets it behind the pieces.
    """

    __slots__ = (
        "_behind_head", "_bodiless", "_body", "_farewell", "_parser", "_raw", "_refused", "_spent", "_stays", "_stuck",
        "_stuck_at_length",
        "_tail", "_until_end", "extra", "fault", "head", "interims", "may_continue", "phase", "pieces", "status",
    )  # fmt: skip

    def __init__(self, *, bodiless: bool = False) -> None:
        self.phase = Phase.HEAD
        self.status = 0
        self.head: ResponseHead | None = None
        self.pieces: list[bytes] = []
        self.interims = 0
        self.may_continue = False
        self.extra = False
        self.fault: Fault | None = None
        self._bodiless = bodiless
        self._raw = b""
        self._until_end = self._stays = False
        self._refused = ""
        self._stuck = self._stuck_at_length = False
        self._body = self._behind_head = 0
        self._tail = b""
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)
        self._farewell = self._spent = False  # an interim response said close; to this parser, which then reads no more

    @property
    def is_clean(self) -> bool:
        """Whether the connection may bring another response: this one is whole, nothing lies behind it, and the server stays."""
        return self.phase is Phase.DONE and not self.extra and not self._until_end and self._stays

    def feed(self, data: bytes) -> None:
        """Take the next bytes.

        Raises:
            Fault: They are no HTTP, or no HTTP that can be trusted.
        """
        if self.phase is Phase.HEAD:
            self._raw = self._raw + data if self._raw else data
        else:
            self._behind_head += len(data)
            self._tail = (self._tail + data[-TAIL:])[-TAIL:]
        self._parse(data)
        while self._stuck and self._goes_on():
            pass
        if self._refused:
            raise Fault(ProtocolProblem, detail=self._refused)
        if self.phase is Phase.DONE:
            self._parser = None  # it holds this object: without this, each exchange would be a cycle for the collector
            self.extra = self.extra or self._has_more_lines()
        elif self.phase is Phase.BODY and self._behind_head > MAX_OVERHEAD + MAX_RATIO * self._body:
            raise Fault(TooLargeProblem, detail="the chunks of the response are nearly all packaging")

    def _has_more_lines(self) -> bool:
        """Whether line breaks lie behind the response, which the parser passes over in silence."""
        if self.head is None or self._bodiless or not self.head.is_chunked:
            return self._behind_head > self._body
        return self._tail[:1] in (b"\r", b"\n")  # the last chunk, or the last trailer, and then twice CRLF

    def _parse(self, data: bytes) -> None:
        try:
            if self._parser is None:
                self.extra = self.extra or bool(data)
            elif not self._stuck:
                self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if error.__context__ is not None and not isinstance(error.__context__, Exception):
                raise error.__context__ from None  # an interrupt that came in a callback is not the server's fault
            # A length that is said twice, and not one beside chunks: "can't be present".
            self._stuck, self._stuck_at_length = True, "Content-Length" in str(error) and "present" not in str(error)

    def _goes_on(self) -> bool:
        """The parser has stopped: begin with a new one where there is more to it than broken rules; True if so."""
        if self.phase is Phase.DONE:
            self.extra = True
            return False
        rest = self._unread()
        if rest is None:
            return False
        self._spent = False
        self._raw, self._stuck = rest, False
        self._parser = httptools.HttpResponseParser(self)
        self._parse(rest)
        return True

    def _unread(self) -> bytes | None:
        """Return what is to be read anew; None to wait for more, or to refuse it.

        The parser reads nothing behind a head that ends the connection, which that of an interim response cannot do (RFC 9110,
        section 15.2); and it stops where a length is said twice: see whether it is the same, as soon as the head is whole.
        """
        if self.phase is Phase.HEAD and not self._refused:
            if self._spent:
                return self._raw
            if self._stuck_at_length:
                mended = said_once(self._raw)
                if mended is not None or may_be_said_again(self._raw):
                    return mended
        self._refused = self._refused or NO_HTTP
        return None

    def end(self) -> bool:
        """Take note that the connection has ended; True where that is how the body ends."""
        if self.phase is Phase.BODY and self._until_end:
            self.phase = Phase.DONE
            self._parser = None
        return self.phase is Phase.DONE

    @property
    def missing(self) -> int | None:
        """Bytes of the body still to come, where its head says how many."""
        if self.phase is not Phase.BODY or self.head is None or self.head.is_chunked or not self.head.has_length:
            return None
        return int(self.head.headers["content-length"]) - self._body

    def skip(self) -> None:
        """Take note that the rest of the body came past this."""
        self.phase, self._parser = Phase.DONE, None

    def forget(self) -> None:
        """Let go of the parser: nobody reads on."""
        self._parser = None

    # -- what the parser calls -----------------------------------------------------------------------------------------
    def on_message_begin(self) -> None:
        """See httptools."""
        if self.phase is Phase.DONE:
            self.extra = True

    def on_headers_complete(self) -> None:
        """See httptools."""
        parser = self._parser
        if parser is None or self.phase is not Phase.HEAD or self._refused:
            return
        self.status = parser.get_status_code()
        text, _, self._raw = self._raw.lstrip(b"\r\n").partition(END_OF_HEAD)
        if not text.startswith(_VERSIONS):
            self._refused = "the response is of an unknown version of HTTP"
        elif self.status == 101:
            self._refused = "the server changed to another protocol, which nobody had asked for"
        elif self.status < 100:
            self._refused = NO_HTTP
        elif self.status >= 200:
            head = ResponseHead(text)
            self._stays = head.keeps_alive and not self._farewell
            self._begin_body(head)
        else:
            self.may_continue = self.may_continue or self.status == 100
            if text.startswith(b"HTTP/1.1") and not parser.should_keep_alive():
                self._farewell = self._spent = True

    def _begin_body(self, head: ResponseHead) -> None:
        self._refused = head.contradiction
        if self._refused:
            return  # still no head that stands: a body that came with it must not pass for whole
        empty = self._bodiless or self.status in _EMPTY_STATUSES
        self._until_end = not empty and not head.is_chunked and not head.has_length
        self._behind_head, self._tail = len(self._raw), self._raw[-TAIL:]
        self.head, self._raw = head, b""
        self.phase = Phase.DONE if self._bodiless else Phase.BODY

    def on_body(self, data: bytes) -> None:
        """See httptools."""
        if self.phase is Phase.BODY:
            self._body += len(data)
            self.pieces.append(data)
        else:
            self.extra = True

    def on_message_complete(self) -> None:
        """See httptools."""
        if self.phase is Phase.BODY:
            self.phase = Phase.DONE
        elif self.phase is Phase.HEAD:
            self.interims += 1
