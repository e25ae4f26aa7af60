"""Where sessions lie, in each of the ways that there are: opened anew wherever it is needed, other processes included."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import redis

from seawall.auth.stores import FileStore, KeyringStore, MemoryStore, RedisStore, TokenStore
from tests.unit.auth.store_ring import FolderRing

KEY = "c2Vhd2FsbC1zZWF3YWxsLXNlYXdhbGwtc2Vhd2FsbC0="  # 32 bytes, known to every test


class Place(Protocol):
    """A place for one session, which other processes can be told of."""

    def open(self) -> TokenStore:
        """Another store for the same session."""
        ...

    def spoil(self, content: str) -> None:
        """Put something there that is no session."""
        ...

    def asides(self) -> list[str]:
        """What was kept aside."""
        ...


class MemoryPlace:
    """A store that is its own place."""

    def __init__(self) -> None:
        self._store = MemoryStore()

    def open(self) -> TokenStore:
        return self._store


@dataclass(frozen=True)
class FilePlace:
    path: Path
    key: str | None = None

    def open(self) -> TokenStore:
        return FileStore(self.path, key=self.key)

    def spoil(self, content: str) -> None:
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_text(content, encoding="utf-8")
        self.path.chmod(0o600)

    def asides(self) -> list[str]:
        return [path.read_text(encoding="utf-8") for path in sorted(self.path.parent.glob(f"{self.path.name}.corrupt-*"))]


@dataclass(frozen=True)
class RingPlace:
    folder: Path

    @property
    def ring(self) -> FolderRing:
        self.folder.mkdir(exist_ok=True)
        return FolderRing(self.folder)

    def open(self) -> TokenStore:
        return KeyringStore("acme", backend=self.ring, locks=self.folder.parent / "locks")

    def spoil(self, content: str) -> None:
        self.ring.set_password("acme", "session", content)

    def asides(self) -> list[str]:
        entries = [entry for entry in self.ring.entries() if "corrupt" in entry]
        return [(self.folder / entry).read_text(encoding="utf-8").partition(":")[2] for entry in entries]


@dataclass(frozen=True)
class RedisPlace:
    url: str
    key: str

    @property
    def client(self) -> Any:
        return redis.Redis.from_url(self.url)

    def open(self) -> TokenStore:
        return RedisStore(self.url, key=self.key)

    def spoil(self, content: str) -> None:
        self.client.hset(f"{{{self.key}}}:session", mapping={"revision": "spoilt", "session": content})

    def asides(self) -> list[str]:
        names = sorted(self.client.keys(f"{{{self.key}}}:corrupt-*"))
        return [self.client.hget(name, "session").decode() for name in names]
