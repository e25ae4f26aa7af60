"""The head of a response, as far as the engine must understand it."""

from seawall.model import Headers

__all__ = ["ResponseHead"]


class ResponseHead:
    """A head that the parser has found to be well-formed: lines that end with CRLF, each a token, a colon and a value.

    It is read here once more and not by the parser's callbacks: eight calls from C for eight fields took longer than all else.

    Args:
        text: From the status line to before the empty line.

    Attributes:
        is_11: Whether it is HTTP/1.1, and not 1.0.
        headers: Its fields.
        has_length: Whether it has a Content-Length.
        is_chunked: Whether the body comes in chunks.
    """

    __slots__ = ("has_length", "headers", "is_11", "is_chunked")

    def __init__(self, text: bytes) -> None:
        self.is_11 = text.startswith(b"HTTP/1.1")
        pairs = [line.partition(":") for line in text.decode("latin-1").split("\r\n")[1:]]
        self.headers = Headers.trusted([(name, value.strip(" \t")) for name, _, value in pairs])
        names = self.headers.names
        self.has_length, self.is_chunked = "content-length" in names, "transfer-encoding" in names

    @property
    def contradiction(self) -> str:
        """What is wrong with the fields that frame the body, "" if nothing is."""
        lengths, codings = self.headers.get_list("content-length"), self.headers.get_list("transfer-encoding")
        if lengths and codings:
            return "the response has both a Content-Length and a Transfer-Encoding"
        if len(lengths) > 1:
            return "the response has more than one Content-Length"
        if codings and [coding.lower() for coding in codings] != ["chunked"]:
            return "the response is in a transfer coding that nobody had asked for"
        return ""

    @property
    def keeps_alive(self) -> bool:
        """Whether the server will read another request (RFC 9112, section 9.3)."""
        said = self.headers.get("connection")
        if said is None:
            return self.is_11
        options = {option.strip() for option in said.lower().split(",")}
        if self.is_11:
            return "close" not in options
        return "keep-alive" in options and "close" not in options and not self.is_chunked
