"""Servers and proxies that say the same length twice (RFC 9110, section 8.6): it may be taken once, and the parser would not."""

__all__ = ["may_be_said_again", "said_once"]

_END = b"\r\n\r\n"
_NAME = b"content-length:"


def said_once(head: bytes) -> bytes | None:
    """Return a head that says its length once; None where it says it once already, or different ones, or is not whole yet.

    Args:
        head: Bytes of a response from its beginning; what lies behind the head stays as it is.
    """
    text, end, rest = head.partition(_END)
    lines = text.split(b"\r\n")
    values = _values(lines)
    if not end or len(values) < 2 or not _are_one(values):
        return None
    kept = [line for line in lines if not _is_length(line)]
    return b"\r\n".join([*kept, _NAME + b" " + values[0]]) + end + rest


def may_be_said_again(head: bytes) -> bool:
    """Tell whether the beginning of a head could go on to be one that says the same length twice."""
    if _END in head:
        return False
    *lines, last = head.removesuffix(b"\r").split(b"\r\n")
    values = _values(lines)
    *more, begun = _values([last]) if _is_length(last) else [b""]
    values += more
    return bool(values) and _are_one(values) and (values[0].startswith(begun) or begun == b"")


def _is_length(line: bytes) -> bool:
    return line[: len(_NAME)].lower() == _NAME


def _values(lines: list[bytes]) -> list[bytes]:
    return [value.strip(b" \t") for line in lines if _is_length(line) for value in line[len(_NAME) :].split(b",")]


def _are_one(values: list[bytes]) -> bool:
    return len(set(values)) == 1 and values[0].isdigit()
