"""A store in a file whose writers are killed, at whatever moment that meets them."""

import random
from pathlib import Path
from typing import Any

import pytest

from seawall.auth.stores import decode_session
from tests.unit.auth.store_crew import Hand, write_on
from tests.unit.auth.store_places import KEY, FilePlace, RingPlace
from tests.unit.auth.store_sessions import session


def assert_never_torn(place: Any, kills: int, size: int) -> None:
    """After each kill the last revision that the writer told of, or the next one, is there whole, and can be replaced."""
    chance = random.Random(7)
    for _ in range(kills):
        writer = Hand(write_on, place, size)
        last = 0
        for _ in range(chance.randint(1, 6)):
            last = writer.says()
        writer.kill()
        last = _rest(writer, last)
        writer.close()
        present = place.open().load()
        assert present is not None
        number = int(present.revision)
        assert number in (last, last + 1)
        assert present == session(str(number), user=[number] * size)


def _rest(writer: Hand, last: int) -> int:
    """What it told before it was killed, and nobody had heard yet."""
    try:
        while True:
            last = writer.says()
    except EOFError:
        return last


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
def test_a_killed_writer_leaves_the_old_or_the_new(tmp_path: Path, key: str | None) -> None:
    """Whenever a writer is killed, the file is whole, and nothing keeps the next writer out."""
    assert_never_torn(FilePlace(tmp_path / "session", key), kills=12, size=4_000)
    assert not list(tmp_path.glob("*.corrupt*"))


def test_a_killed_writer_leaves_a_whole_text_in_the_key_ring(tmp_path: Path) -> None:
    """Whenever a writer is killed between the entries of a long text, the old text or the new one is there, whole."""
    place = RingPlace(tmp_path / "ring")
    assert_never_torn(place, kills=12, size=1_000)
    assert not place.asides()


def test_readers_see_whole_files_only(tmp_path: Path) -> None:
    """Who opens the file while another process writes, without asking for any lock, reads one revision of it."""
    place = FilePlace(tmp_path / "session")
    writer = Hand(write_on, place, 4_000)
    try:
        seen = set()
        assert writer.says() == 1
        while len(seen) < 20:
            read = decode_session(place.path.read_bytes())
            assert read.user == [int(read.revision)] * 4_000
            seen.add(read.revision)
    finally:
        writer.close()


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["plain", "encrypted", "key-ring"])
def test_two_hundred_kills(tmp_path: Path, kind: str) -> None:
    """After 200 kills there was never anything but the old session or the new."""
    place = (
        RingPlace(tmp_path / "ring") if kind == "key-ring" else FilePlace(tmp_path / "s", KEY if kind == "encrypted" else None)
    )
    assert_never_torn(place, kills=200, size=2_000)
