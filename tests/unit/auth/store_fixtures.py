"""The places that the contract is tested in."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.auth.store_engines import ENGINES, Engine
from tests.unit.auth.store_places import KEY, FilePlace, MemoryPlace, Place, RedisPlace, RingPlace

SHARED = ("file", "encrypted file", "key-ring", *ENGINES)
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def engines() -> Iterator[dict[str, Engine]]:
    """One server of each kind."""
    servers = {name: Engine(name) for name in ENGINES}
    yield servers
    for server in servers.values():
        server.close()


def find_place(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    """A place that nobody has used yet."""
    if name == "memory":
        return MemoryPlace()
    if name in ENGINES:
        return RedisPlace(request.getfixturevalue("engines")[name].url, f"test-{next(_numbers)}")
    if name == "key-ring":
        return RingPlace(tmp_path / "ring")
    return FilePlace(tmp_path / "folder" / "session", KEY if name == "encrypted file" else None)


@pytest.fixture(params=["memory", *SHARED])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A place of any kind."""
    return find_place(request.param, tmp_path, request)


@pytest.fixture(params=SHARED)
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A place that processes share, and that lasts."""
    found: Place = find_place(request.param, tmp_path, request)
    return found


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, engines: dict[str, Engine]) -> RedisPlace:
    """A place in Redis, and in Valkey."""
    return RedisPlace(engines[request.param].url, f"test-{next(_numbers)}")


@pytest.fixture(params=ENGINES)
def lasting(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A server that remembers, and that a test may kill."""
    server = Engine(request.param, lasting=True)
    yield server
    server.close()
