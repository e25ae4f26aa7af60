"""The store of keys: one effect, whoever asks and how often."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from seawall_server.idempotency import (
    Claim,
    ClaimLost,
    IdempotencyInProgress,
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    IdempotencyStore,
    StoredAnswer,
    TooManyIdempotencyKeys,
    fingerprint,
)

ANSWER = StoredAnswer(201, (("content-type", "application/json"),), b'{"id":7}')


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = 1_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with a table for effects."""
    path = tmp_path / "app.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE effects (worker INTEGER)")
    return path


@pytest.fixture
def store(path: Path, clock: Clock) -> IdempotencyStore:
    return IdempotencyStore(path, ttl=100, lease=10, max_keys=3, now=clock)


def effects(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM effects").fetchone()
    return int(count)


def working(connection: sqlite3.Connection) -> StoredAnswer:
    connection.execute("INSERT INTO effects VALUES (1)")
    return ANSWER


def claim(store: IdempotencyStore, key: str = "key", owner: str = "ada", mark: str = "same") -> Claim:
    found = store.claim(owner, key, mark)
    assert isinstance(found, Claim)
    return found


def test_a_completed_claim_is_replayed(store: IdempotencyStore) -> None:
    """The answer comes back as it was, marked as a copy."""
    claim(store).complete(ANSWER)
    found = store.claim("ada", "key", "same")
    assert found == ANSWER._replace(replayed=True)
    assert found.fields == [("content-type", "application/json"), ("Idempotency-Replayed", "true")]
    assert ANSWER.fields == [("content-type", "application/json")]


def test_a_running_claim_is_refused(store: IdempotencyStore) -> None:
    """While the first runs the same request waits, and another one is refused for good."""
    claim(store)
    with pytest.raises(IdempotencyInProgress):
        store.claim("ada", "key", "same")
    with pytest.raises(IdempotencyKeyReused):
        store.claim("ada", "key", "other")


def test_a_key_is_its_owners(store: IdempotencyStore) -> None:
    """Another owner's key of the same name is another key, and tells nothing of the first."""
    claim(store).complete(ANSWER)
    assert isinstance(store.claim("eve", "key", "same"), Claim)


def test_a_released_claim_leaves_nothing(store: IdempotencyStore) -> None:
    """Even another request may have the key."""
    claim(store).release()
    assert isinstance(store.claim("ada", "key", "other"), Claim)


def test_a_kept_answer_outlives_a_release(store: IdempotencyStore) -> None:
    """A late clean-up cannot make an effect happen again."""
    first = claim(store)
    first.complete(ANSWER)
    first.release()
    assert isinstance(store.claim("ada", "key", "same"), StoredAnswer)


def test_an_answer_expires(store: IdempotencyStore, clock: Clock) -> None:
    """After its time it is as if it had never been, and not a moment earlier."""
    claim(store).complete(ANSWER)
    clock.time += 99.9
    assert isinstance(store.claim("ada", "key", "same"), StoredAnswer)
    clock.time += 0.1
    assert isinstance(store.claim("ada", "key", "other"), Claim)


def test_a_lease_is_taken_over_and_fenced(store: IdempotencyStore, clock: Clock) -> None:
    """A process that seemed dead and comes back can neither overwrite nor release what the next one does."""
    slow = claim(store)
    clock.time += 10
    next_one = claim(store)
    with pytest.raises(ClaimLost):
        slow.complete(ANSWER._replace(body=b"late"))
    slow.release()
    with pytest.raises(IdempotencyInProgress):
        store.claim("ada", "key", "same")
    next_one.complete(ANSWER)
    assert store.claim("ada", "key", "same") == ANSWER._replace(replayed=True)


def test_an_effect_that_lost_its_lease_is_rolled_back(store: IdempotencyStore, clock: Clock, path: Path) -> None:
    """Whoever keeps an answer of a lost claim in a transaction learns of it, and undoes what it wrote."""
    slow = claim(store)
    clock.time += 10
    claim(store).complete(ANSWER)
    with pytest.raises(ClaimLost), store.writing() as connection:
        slow.complete(working(connection), connection)
    assert effects(path) == 0


def test_a_long_effect_needs_no_lease(store: IdempotencyStore, clock: Clock, path: Path) -> None:
    """Its transaction keeps others out for as long as it lasts."""

    def slow(connection: sqlite3.Connection) -> StoredAnswer:
        clock.time += 1000
        return working(connection)

    assert store.once("ada", "key", "same", slow) == ANSWER
    assert store.once("ada", "key", "same", slow).replayed
    assert effects(path) == 1


def test_an_effect_gets_the_apps_own_kind_of_connection(path: Path) -> None:
    """Row factory and pragmas are those of the app, and the store reads its own rows all the same."""

    def connect(path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path)
        connection.row_factory = sqlite3.Row
        return connection

    def effect(connection: sqlite3.Connection) -> StoredAnswer:
        working(connection)
        return ANSWER._replace(status=connection.execute("SELECT 202 AS found").fetchone()["found"])

    store = IdempotencyStore(path, connect=connect)
    assert store.once("ada", "key", "same", effect).status == 202
    assert store.once("ada", "key", "same", effect) == ANSWER._replace(status=202, replayed=True)
    assert effects(path) == 1


def test_a_failed_effect_leaves_nothing(store: IdempotencyStore, path: Path) -> None:
    """Neither its rows nor its key stay, so that the same request may be tried again."""

    def failing(connection: sqlite3.Connection) -> StoredAnswer:
        working(connection)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.once("ada", "key", "same", failing)
    assert effects(path) == 0
    assert store.once("ada", "key", "other", working) == ANSWER
    assert store.once("ada", "key", "other", working).replayed
    assert effects(path) == 1


@pytest.mark.parametrize("again", ["claim", "once"])
def test_nobody_waits_for_an_effect_of_the_same_key(store: IdempotencyStore, path: Path, again: str) -> None:
    """Whoever asks while the effect holds the file is refused at once, not after the busy time; other keys' answers are found."""
    claim(store, "done").complete(ANSWER)

    def effect(connection: sqlite3.Connection) -> StoredAnswer:
        with pytest.raises(IdempotencyInProgress):
            store.claim("ada", "key", "same") if again == "claim" else store.once("ada", "key", "same", working)
        assert isinstance(store.claim("ada", "done", "same"), StoredAnswer)
        return working(connection)

    assert store.once("ada", "key", "same", effect) == ANSWER
    assert effects(path) == 1


def test_an_owner_has_so_many_keys(store: IdempotencyStore, clock: Clock) -> None:
    """One more is refused, others' keys are their own matter, and what expired makes room."""
    for number in range(3):
        claim(store, f"key-{number}").complete(ANSWER)
    with pytest.raises(TooManyIdempotencyKeys):
        store.claim("ada", "one-more", "same")
    assert isinstance(store.claim("eve", "one-more", "same"), Claim)
    clock.time += 100
    assert isinstance(store.claim("ada", "one-more", "same"), Claim)


def test_what_expired_is_not_counted(store: IdempotencyStore, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """An owner is not refused for old keys that the sweep, which takes a few at a time, has not come to yet."""
    monkeypatch.setattr("seawall_server.idempotency._store.SWEPT", 0)
    for number in range(3):
        claim(store, f"key-{number}").complete(ANSWER)
    clock.time += 100
    assert isinstance(store.claim("ada", "one-more", "same"), Claim)


def test_what_expired_is_swept(store: IdempotencyStore, clock: Clock, path: Path) -> None:
    """The file does not grow with keys that nobody asks for again."""
    for number in range(3):
        claim(store, f"key-{number}").complete(ANSWER)
    clock.time += 100
    claim(store, "new", "eve")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM seawall_idempotency").fetchone() == (1,)


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256, "a\n"])
def test_what_is_no_key_is_refused(store: IdempotencyStore, key: str) -> None:
    """Keys are short, printable, and of one word."""
    with pytest.raises(IdempotencyKeyInvalid):
        store.claim("ada", key, "same")


def test_names_are_kept_as_hashes(store: IdempotencyStore, path: Path) -> None:
    """Whoever reads the file learns no owner and no key."""
    claim(store, "canary-key", "canary@acme.example").complete(ANSWER)
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT * FROM seawall_idempotency").fetchall()
    assert len(rows) == 1
    assert "canary" not in str(rows)


def test_a_fingerprint_is_of_the_whole_request() -> None:
    """Method, target and body each make a difference, wherever one ends and the next begins."""
    requests = [("POST", "/a", b"x"), ("PATCH", "/a", b"x"), ("POST", "/a?b", b"x"), ("POST", "/a", b"y"), ("POST", "/a\n", b"x")]
    assert len({fingerprint(*request) for request in requests}) == len(requests)
