"""The corpus of responses: one a line, in printable ASCII, each the shortest that was found of its kind.

A kind is what is said of it: by httptools, by h11, and by our reader. Each line says something that no other does.
"""

import re
from pathlib import Path

from tests.fuzz.wire_oracle import Reading, complaint

__all__ = ["CORPUS", "Kind", "as_line", "from_line", "kind_of", "load", "save", "shortest"]

CORPUS = Path(__file__).parent / "corpus" / "wire.txt"
Kind = tuple[object, ...]
_QUOTED = re.compile(r"(bytearray\()?b?['\"].*")  # what h11 quotes differs from input to input
_NUMBERS = re.compile(r"[0-9]+")


def as_line(data: bytes) -> str:
    """Write bytes as a line of the corpus."""
    return data.decode("latin-1").encode("unicode_escape").decode("ascii")


def from_line(line: str) -> bytes:
    """Read a line of the corpus."""
    return line.encode("ascii").decode("unicode_escape").encode("latin-1")


def load() -> list[bytes]:
    """Return what the corpus holds."""
    return [from_line(line) for line in CORPUS.read_text("ascii").splitlines()]


def save(corpus: list[bytes]) -> None:
    """Write the corpus anew, in an order that shows what was added."""
    CORPUS.write_text("".join(f"{line}\n" for line in sorted(map(as_line, corpus))), "ascii")


def kind_of(data: bytes, pairs: list[tuple[Reading, Reading]]) -> Kind:
    """What sets bytes apart from others.

    Args:
        data: What the server sends.
        pairs: What `judge` made of it.
    """
    return (_NUMBERS.sub("0", complaint(data)), *[_kind_of_pair(*pair) for pair in pairs])


def _kind_of_pair(mine: Reading, other: Reading) -> Kind:
    words = _NUMBERS.sub("0", _QUOTED.sub("", other.why))
    return (mine.end, mine.why, bool(mine.body), mine.stays, other.end, words, bool(other.body), other.stays)


def shortest(found: dict[Kind, bytes], kind: Kind, data: bytes) -> bool:
    """Keep bytes if nothing shorter of their kind was found before; True if they are kept."""
    known = found.get(kind)
    if known is not None and (len(known), known) <= (len(data), data):
        return False
    found[kind] = data
    return True
