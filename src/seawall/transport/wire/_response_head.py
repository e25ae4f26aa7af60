"""The head of a response, as far as the engine must understand it."""

import re

from seawall.model import ReceivedHeaders

__all__ = ["ResponseHead"]

# What the parser takes for chunks. It overlooks them where a tab follows, and would hand out their packaging as the body.
_CHUNKS = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked *(?:\r\n|\Z)", re.IGNORECASE).search


class ResponseHead:
    """A head that the parser has found to be well-formed: lines that end with CRLF, each a token, a colon and a value.

    The parser's callbacks do not gather the fields: eight calls from C for eight fields took longer than all else. Nor are they
    taken apart here: whether one is there, a look at the text tells.

    Args:
        text: From the status line to before the empty line.

    Attributes:
        is_11: Whether it is HTTP/1.1, and not 1.0.
        headers: Its fields.
        has_length: Whether it has a Content-Length.
        is_chunked: Whether the body comes in chunks.
        contradiction: What is wrong with the fields that frame the body, "" if nothing is.
    """

    __slots__ = ("contradiction", "has_length", "headers", "is_11", "is_chunked")

    def __init__(self, text: bytes) -> None:
        self.is_11 = text.startswith(b"HTTP/1.1")
        decoded = text.decode("latin-1")
        self.headers = headers = ReceivedHeaders(decoded[decoded.find("\r\n") :] if "\r\n" in decoded else "")
        self.has_length, self.is_chunked = "content-length" in headers, "transfer-encoding" in headers
        self.contradiction = self._contradiction(text) if self.is_chunked else ""

    def _contradiction(self, text: bytes) -> str:
        if self.has_length:
            return "the response has both a Content-Length and a Transfer-Encoding"
        if len(self.headers.get_list("transfer-encoding")) > 1 or not _CHUNKS(text):
            return "the response is in a transfer coding that nobody had asked for"
        return ""

    @property
    def keeps_alive(self) -> bool:
        """Whether the server will read another request (RFC 9112, section 9.3)."""
        headers = self.headers
        if "connection" not in headers:
            return self.is_11
        if self.is_11 and headers.is_exactly("connection", "keep-alive"):
            return True  # what nearly all say who say something
        options = {option.strip() for option in headers["connection"].lower().split(",")}
        if self.is_11:
            return "close" not in options
        return "keep-alive" in options and "close" not in options and not self.is_chunked
