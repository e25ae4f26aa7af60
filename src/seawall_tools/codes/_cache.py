"""What was read before, kept by the hash of its content: reading 1,000 sections takes most of half a second.

One file in `.seawall_cache`. It is a help and nothing more: one that cannot be read or written is passed over.
"""

import hashlib
import sys
from importlib.metadata import version
from pathlib import Path

import msgspec

from ._document import Document
from ._facts import SourceFacts, read_facts
from ._read import parse
from ._whole_file import write_whole

__all__ = ["FOLDER", "Cache"]

FOLDER = ".seawall_cache"
VERSION = 3  # to be raised whenever the reading of documents or sources changes within a version of Seawall
READ_BY = (
    f"{VERSION}, seawall {version('seawall')}, markdown-it-py {version('markdown-it-py')}, "
    f"Python {sys.version_info.major}.{sys.version_info.minor}"  # each has a grammar and built-in names of its own
)
MAX_SIZE = 64 * 1024 * 1024  # bytes
MAX_DOCUMENTS = 4


class _Kept(msgspec.Struct):
    version: str
    documents: dict[str, Document] = {}
    sources: dict[str, SourceFacts] = {}


class Cache:
    """Reads documents and sources, or remembers them.

    Args:
        root: The project's folder, or None to remember nothing.
    """

    def __init__(self, root: Path | None) -> None:
        self._file = None if root is None else root / FOLDER / "codes.msgpack"
        self._kept = self._load()
        self._used: dict[str, SourceFacts] = {}
        self._changed = False

    def document(self, content: bytes, path: str) -> Document:
        """Read an error document; see `parse`."""
        name = _hash(path.encode(), content)
        found = self._kept.documents.pop(name, None)
        if found is None:
            found, self._changed = parse(content, path), True
        self._kept.documents[name] = found  # the last used is the last
        return found

    def facts(self, content: bytes) -> SourceFacts:
        """Read a Python file."""
        name = _hash(b"", content)
        found = self._kept.sources.get(name)
        if found is None:
            found, self._changed = read_facts(content), True
        self._used[name] = found
        return found

    def save(self) -> None:
        """Write down what was read, and forget the sources that were not asked for."""
        forgotten = bool(self._used) and self._used.keys() != self._kept.sources.keys()
        if self._file is None or not (self._changed or forgotten):
            return
        documents = dict(list(self._kept.documents.items())[-MAX_DOCUMENTS:])
        data = msgspec.msgpack.encode(_Kept(READ_BY, documents, self._used or self._kept.sources))
        try:
            _write(self._file, data)
        except OSError:
            pass

    def _load(self) -> _Kept:
        try:
            if self._file is None or self._file.stat().st_size > MAX_SIZE:
                return _Kept(READ_BY)
            kept = msgspec.msgpack.decode(self._file.read_bytes(), type=_Kept)
        except (OSError, ValueError, RecursionError):
            return _Kept(READ_BY)
        return kept if kept.version == READ_BY else _Kept(READ_BY)


def _write(file: Path, data: bytes) -> None:
    """Keep it in a file that two runs at once do not mix, in a folder that git does not see."""
    file.parent.mkdir(exist_ok=True)
    ignore = file.parent / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    write_whole(file, data)


def _hash(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
