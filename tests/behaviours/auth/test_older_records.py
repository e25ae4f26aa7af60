"""A store that brings an older record of the session back: a restored file, a server that failed over before it was copied."""

from typing import Any

import pytest

from seawall import Tokens
from seawall.auth import Authenticated, EndReason, Unauthenticated
from seawall.auth._records import follow, new_session, next_session, reread
from seawall.auth.stores import CorruptStoreError, MemoryStore, StoredSession, decode_session, encode_session
from seawall.model import Secret
from seawall.testing import Reply
from tests.behaviours.auth.crowds import Crowd, get
from tests.behaviours.auth.server import AuthServer

TOKENS = Tokens(access=Secret("a"), refresh=Secret("r"))
FIRST = new_session(TOKENS, "ada", 0.0)
SECOND = next_session(TOKENS, FIRST, 0.0)
THIRD = next_session(TOKENS, SECOND, 0.0)
N = 20


class RestoredStore(MemoryStore):
    """A store to which older records come back.

    Attributes:
        past: What it held once, the oldest first.
    """

    def __init__(self) -> None:
        super().__init__()
        self.past: list[StoredSession | None] = []

    def swap(self, expected: str | None, session: StoredSession | None) -> bool:
        written = super().swap(expected, session)
        if written:
            self.past.append(session)
        return written

    def restore(self, number: int) -> None:
        self._stored = self.past[number]


def _signed_in(crowd: Crowd, server: AuthServer) -> RestoredStore:
    """The store of a session that was refreshed once, in which the record of its sign-in lies again."""
    store = RestoredStore()
    crowd.connect(server.url, store=store).sign_in(server.login(), user="ada")
    server.tokens.expire_all()
    assert crowd.one(get()).status == 200
    store.restore(0)
    return store


def test_an_older_record_is_written_over(crowd: Crowd, server: AuthServer) -> None:
    """A10: at the next refusal memory's tokens are refreshed, not those that came back, which were used up long ago."""
    store = _signed_in(crowd, server)
    server.tokens.expire_all()
    assert {response.status for response in crowd.run(*[get()] * N)} == {200}
    assert (server.tokens.refreshes, server.tokens.reuses) == (2, 0)
    latest = store.load()
    assert latest is not None
    assert (latest.tokens.access.reveal(), latest.number) == (server.newest(), 3)


def test_a_record_that_comes_back_while_the_server_answers(crowd: Crowd, server: AuthServer) -> None:
    """A10: new tokens are written over an older record that took the place of the one that they were bought with."""
    store = _signed_in(crowd, server)
    store.restore(-1)

    def endpoint(call: Any) -> Any:
        store.restore(0)
        return server.tokens.exchange(call)

    server.refresh_by(endpoint)
    server.tokens.expire_all()
    assert crowd.one(get()).status == 200
    latest = store.load()
    assert latest is not None
    assert latest.tokens.access.reveal() == server.newest()
    assert server.revoked() == []


def test_an_older_record_is_no_newer_sign_in(crowd: Crowd, server: AuthServer) -> None:
    """A13: who is told that the session is over does not go on with an older record of it."""
    store = _signed_in(crowd, server)
    assert crowd.handle_unauthorized()
    assert crowd.session.state == Unauthenticated(EndReason.REVOKED)
    assert store.load() is None


def test_an_older_record_saves_nobody_from_the_end(crowd: Crowd, server: AuthServer) -> None:
    """A4: where the server calls the newest refresh token spent, a still older one is not tried."""
    store = _signed_in(crowd, server)
    store.restore(-1)

    def spent(call: Any) -> Reply:
        store.restore(0)
        return Reply(400, json={"error": "invalid_grant"})

    server.refresh_by(spent)
    server.tokens.expire_all()
    assert crowd.one(get()).reason == "revoked"
    assert len(server.token.calls) == 1
    assert crowd.session.state == Unauthenticated(EndReason.REVOKED)


def test_another_sign_in_that_comes_back_is_another(crowd: Crowd, server: AuthServer) -> None:
    """A10: numbers count within one session: what another process signed in is taken, however few refreshes it had."""
    store = _signed_in(crowd, server)
    theirs = new_session(server.login(), "bob", 0.0)
    assert store.swap(store.load().revision, theirs)  # type: ignore[union-attr]
    server.tokens.expire_all()
    crowd.one(get())
    assert crowd.session.state == Authenticated("bob")


@pytest.mark.parametrize(
    ("stored", "held", "expected"),
    [
        (FIRST, SECOND, SECOND),
        (FIRST, THIRD, THIRD),
        (SECOND, FIRST, SECOND),
        (None, FIRST, None),
        (FIRST, None, FIRST),
    ],
)
def test_the_newer_of_two_records_counts(stored: StoredSession | None, held: StoredSession | None, expected: Any) -> None:
    """Who reads the store gets the newer record of the store's and memory's, and it is what the store holds then."""
    store = MemoryStore()
    store.swap(None, stored)
    assert reread(store, held) is expected
    assert store.load() is expected


def test_records_without_a_number_have_no_order() -> None:
    """A record of nobody knows which age is believed, as are those that follow it; a number would make them look old."""
    unnumbered = StoredSession(session=FIRST.session, revision="u", tokens=TOKENS)
    store = MemoryStore()
    store.swap(None, unnumbered)
    assert reread(store, THIRD) is unnumbered
    assert next_session(TOKENS, unnumbered, 0.0).number == 0
    assert [FIRST.number, SECOND.number, THIRD.number] == [1, 2, 3]
    assert follow(store, "u", THIRD) is THIRD
    assert follow(store, "u", SECOND) is THIRD


def test_what_was_stored_without_a_number_can_be_read() -> None:
    """A session that an earlier version stored is read as one without a number, and a number comes back as it was."""
    content = encode_session(StoredSession(session="s", revision="r", tokens=TOKENS)).replace(b',"number":0', b"")
    assert b"number" not in content
    assert decode_session(content).number == 0
    assert decode_session(encode_session(THIRD)) == THIRD
    with pytest.raises(CorruptStoreError):
        decode_session(encode_session(THIRD).replace(b'"number":3', b'"number":"3"'))
