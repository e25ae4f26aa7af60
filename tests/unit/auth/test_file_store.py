"""What is peculiar to a store in a file: its rights, what may lie in its place, and disks that fail."""

import logging
import os
import signal
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from seawall.auth.stores import CorruptStoreError, FileStore, StoreError
from seawall.model import UsageError
from tests.unit.auth.store_crew import crew, hold_and_fork_unseen, use_as_nobody, write_too_much
from tests.unit.auth.store_places import FilePlace
from tests.unit.auth.store_sessions import CANARIES, session


@pytest.fixture
def file(tmp_path: Path) -> FilePlace:
    """A place whose folder is there."""
    return FilePlace(tmp_path / "session")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine may enter."""
    with tempfile.TemporaryDirectory(prefix="seawall-") as name:
        os.chmod(name, 0o755)
        yield Path(name)


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def error_of(place: FilePlace, *, writing: bool = False) -> str:
    store = place.open()
    with pytest.raises(StoreError) as caught:
        assert store.swap("first", None) if writing else store.load()
    assert not isinstance(caught.value, CorruptStoreError)
    return str(caught.value)


def test_only_its_user_may_read_it(tmp_path: Path) -> None:
    """The file, its locks, and the folder that was made for it are closed to others, whatever the process allows them."""
    place = FilePlace(tmp_path / "made" / "session")
    before = os.umask(0)
    try:
        assert place.open().swap(None, session("first"))
        assert place.open().try_lease(60) is not None
    finally:
        os.umask(before)
    assert rights(place.path.parent) == 0o700
    assert {path.name: rights(path) for path in place.path.parent.iterdir()} == {
        "session": 0o600,
        "session.lease": 0o600,
        "session.lock": 0o600,
    }


def test_looking_makes_nothing(tmp_path: Path) -> None:
    """Loading where nothing was ever stored leaves no folder and no file behind."""
    assert FilePlace(tmp_path / "none" / "session").open().load() is None
    assert names(tmp_path) == []


def test_a_file_that_others_can_read_is_closed_to_them(file: FilePlace, caplog: pytest.LogCaptureFixture) -> None:
    """A file whose rights were opened is closed when it is read, and a warning names it."""
    assert file.open().swap(None, session("first"))
    file.path.chmod(0o644)
    with caplog.at_level(logging.WARNING, "seawall"):
        assert file.open().load() == session("first")
    assert rights(file.path) == 0o600
    assert str(file.path) in caplog.text


@pytest.mark.parametrize("target", ["session-of-others", "missing"])
def test_a_symbolic_link_is_refused(file: FilePlace, target: str) -> None:
    """A link in the file's place is neither followed nor replaced."""
    FilePlace(file.path.with_name("session-of-others")).open().swap(None, session("first"))
    file.path.symlink_to(target)
    assert "path:" in error_of(file)
    assert "path:" in error_of(file, writing=True)
    assert file.path.is_symlink()


def test_a_link_to_the_folder_is_followed(tmp_path: Path) -> None:
    """Through a linked folder it is the same store, and the same lease."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    real, link = FilePlace(tmp_path / "real" / "session").open(), FilePlace(tmp_path / "link" / "session").open()
    assert link.swap(None, session("first"))
    assert real.load() == session("first")
    assert link.try_lease(60) is not None
    assert real.try_lease(60) is None


def test_a_folder_or_pipe_in_its_place_is_refused(tmp_path: Path) -> None:
    """What is no plain file is an error at once, and nobody waits for a pipe's other end."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name in ("folder", "pipe"):
        assert "path:" in error_of(FilePlace(tmp_path / name))
        assert "path:" in error_of(FilePlace(tmp_path / name), writing=True)
        assert (tmp_path / name).exists()


def test_a_path_without_a_name_is_refused() -> None:
    """A path that names no file is a mistake that is told when the store is made."""
    with pytest.raises(UsageError, match="path:"):
        FileStore("/")


def test_the_home_folder_can_be_written_as_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is the user's folder, and a later change of the working folder moves nothing."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    from_home, relative = FileStore("~/session"), FileStore("session")
    monkeypatch.chdir("/")
    assert from_home.swap(None, session("first"))
    assert relative.load() == session("first")
    assert names(tmp_path) == ["session", "session.lock"]


def test_a_full_disk_leaves_the_old_session(file: FilePlace) -> None:
    """When the system takes only a part of the new file, the old one stays, no draft is left, and no token is told."""
    assert file.open().swap(None, session("first"))
    with crew(1, write_too_much, file, "first", 1_000) as [hand]:
        kind, told = hand.says()
    assert kind == "StoreError"
    assert "path:" in told
    assert not [canary for canary in CANARIES if canary in told]
    assert file.open().load() == session("first")
    assert names(file.path.parent) == ["session", "session.lock"]


def test_a_folder_of_another_user_is_an_error(open_folder: Path) -> None:
    """Where the user may not read or write, each use is an error that names the path; nothing looks empty or taken."""
    place = FilePlace(open_folder / "session")
    assert place.open().swap(None, session("first"))
    with crew(1, use_as_nobody, place) as [hand]:
        for told in hand.says():
            assert told.startswith("StoreError path:"), told
    assert place.open().load() == session("first")


def test_a_closed_folder_does_not_look_empty(open_folder: Path) -> None:
    """Where the user may not even look, the store is no empty one."""
    place = FilePlace(open_folder / "closed" / "session")
    assert place.open().swap(None, session("first"))
    with crew(1, use_as_nobody, place) as [hand]:
        for told in hand.says():
            assert told.startswith("StoreError path:"), told


def test_a_release_counts_whatever_a_child_has_open(file: FilePlace) -> None:
    """A released lease is free, although a child that was forked behind Python's back has the lock file open still."""
    with crew(1, hold_and_fork_unseen, file) as [hand]:
        child = hand.says()
        try:
            assert file.open().try_lease(60) is not None
        finally:
            os.kill(child, signal.SIGKILL)


def test_a_folder_that_may_only_be_read_refuses_writing(open_folder: Path) -> None:
    """A user who may enter and read the folder, and not write there, gets an error and no empty store."""
    if os.geteuid() != 0:
        os.chmod(open_folder, 0o555)
        with pytest.raises(StoreError, match="path:"):
            FilePlace(open_folder / "session").open().swap(None, session("first"))
        os.chmod(open_folder, 0o755)
        return
    with crew(1, use_as_nobody, FilePlace(open_folder / "session")) as [hand]:
        load, write, lease = hand.says()
    assert load == "nothing, but None"
    assert write.startswith("StoreError path:")
    assert lease.startswith("StoreError path:")


def test_too_much_is_no_session(file: FilePlace) -> None:
    """A file of many megabytes is kept aside without being read whole."""
    file.path.touch(0o600)
    os.truncate(file.path, 1 << 40)
    with pytest.raises(CorruptStoreError):
        file.open().load()
    assert file.path.with_name("session.corrupt-1").stat().st_size == 1 << 40
    os.truncate(file.path.with_name("session.corrupt-1"), 0)


def test_signing_out_leaves_no_token(file: FilePlace) -> None:
    """Deleting the session deletes also what a killed writer left of its successor."""
    assert file.open().swap(None, session("first"))
    file.path.with_name("session.new").write_text("canary-access", encoding="utf-8")
    assert file.open().swap("first", None)
    assert names(file.path.parent) == ["session.lock"]


def test_what_is_left_of_a_killed_writer_is_replaced(file: FilePlace) -> None:
    """A draft that was left, even a link, neither keeps anybody from writing nor is written through."""
    file.path.with_name("session.new").symlink_to("elsewhere")
    assert file.open().swap(None, session("first"))
    assert file.open().load() == session("first")
    assert names(file.path.parent) == ["session", "session.lock"]
