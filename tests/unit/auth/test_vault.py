"""The state of a session's tokens: only the ways of the table, whoever comes when."""

from itertools import product

import pytest

from seawall import Secret, Tokens
from seawall.auth import TRANSITIONS, EndReason
from seawall.auth._states import Empty, Event, Held, Refreshing, Revoked, State, Valid
from seawall.auth._vault import WHICHEVER, MakeHeld, Vault
from seawall.auth.stores import StoredSession

STATES: list[type[State]] = [Empty, Valid, Refreshing, Revoked]
NEVER = float("inf")


def record(revision: str = "r1", session: str = "s1") -> StoredSession:
    return StoredSession(session=session, revision=revision, tokens=Tokens(access=Secret(revision)))


def make(stored: StoredSession) -> MakeHeld:
    return lambda generation, epoch: Held(stored, stored.tokens.header, generation, epoch, NEVER, NEVER)


def valid() -> tuple[Vault, Held, list[tuple[Event, State]]]:
    """A vault in which somebody is signed in, and what it told since."""
    told: list[tuple[Event, State]] = []
    vault = Vault(lambda event, state: told.append((event, state)))
    vault.sign_in(make(record()))
    assert vault.held is not None
    told.clear()
    return vault, vault.held, told


@pytest.mark.parametrize(("state", "event", "target"), list(product(STATES, Event, STATES)))
def test_the_table_is_the_only_way(state: type[State], event: Event, target: type[State]) -> None:
    """A vault moves by the table of states, and refuses every way that is not in it, without having changed."""
    vault = Vault(lambda event, state: None)
    held = make(record())(1, 0)
    examples: dict[type[State], State] = {
        Empty: Empty(0, loaded=True), Valid: Valid(held), Refreshing: Refreshing(held), Revoked: Revoked(0, EndReason.REVOKED),
    }  # fmt: skip
    vault.state = examples[state]
    if target in TRANSITIONS.get((state, event), ()):
        vault._move(event, examples[target])
        assert vault.state is examples[target]
        return
    with pytest.raises(AssertionError, match=f"{state.__name__} cannot become {target.__name__}"):
        vault._move(event, examples[target])
    assert vault.state is examples[state]


def test_generations_and_epochs_only_grow() -> None:
    """Each new token has the next generation, each sign-in and sign-out the next epoch."""
    vault, first, _ = valid()
    second = vault.adopt(first.epoch, make(record("r2")))
    vault.sign_out()
    vault.sign_in(make(record("r3", "s2")))
    third = vault.held
    assert second is not None
    assert third is not None
    assert [(held.generation, held.epoch) for held in (first, second, third)] == [(1, 1), (2, 1), (3, 3)]


def test_what_is_older_is_thrown_away() -> None:
    """A9: after a sign-out nothing that was begun before it changes the state, and nobody is told of it."""
    vault, held, told = valid()
    before = Empty(held.epoch, loaded=False)
    vault.begin_refresh(held.epoch, held.generation)
    assert vault.sign_out() is held
    state = vault.state
    assert vault.adopt(held.epoch, make(record("r2"))) is None
    vault.replace(held.epoch, make(record("r2", "s2")))
    vault.compare(held, record("r2"), make(record("r2")))
    vault.load(before, record("r2"), make(record("r2")))
    vault.refuse_load(before, EndReason.STORE_CORRUPT)
    vault.fail_refresh(held.epoch, ValueError())
    assert not vault.end(held.epoch, EndReason.REVOKED)
    assert vault.begin_refresh(held.epoch, held.generation) is None
    assert vault.state is state
    assert [event for event, _ in told] == [Event.SIGNED_OUT]


def test_an_end_is_told_once() -> None:
    """A13: of many who end a session one does, and one change is told."""
    vault, held, told = valid()
    assert [vault.end(held.epoch, EndReason.REVOKED) for _ in range(3)] == [True, False, False]
    assert [event for event, _ in told] == [Event.ENDED]
    assert vault.state == Revoked(held.epoch + 1, EndReason.REVOKED)


def test_a_refresh_that_was_given_up_may_still_come_through() -> None:
    """A7: tokens that arrive after everybody has stopped waiting are taken all the same: the old ones are spent."""
    vault, held, _ = valid()
    vault.begin_refresh(held.epoch, held.generation)
    vault.fail_refresh(held.epoch, ValueError())
    assert vault.adopt(held.epoch, make(record("r2"))) is vault.held


def test_a_newer_token_needs_no_refresh() -> None:
    """A2: who comes to refresh tokens that were refreshed meanwhile gets the newer ones, and no refresh begins."""
    vault, held, _ = valid()
    newer = vault.adopt(held.epoch, make(record("r2")))
    assert vault.begin_refresh(held.epoch, held.generation) is newer
    assert isinstance(vault.state, Valid)


def test_a_failure_is_noted_with_the_tokens() -> None:
    """A3: after a failed refresh the same tokens stay and know of it; one that was broken off leaves no trace."""
    vault, held, told = valid()
    vault.begin_refresh(held.epoch, held.generation)
    vault.fail_refresh(held.epoch, None)
    assert vault.held is held
    failure = ValueError()
    vault.begin_refresh(held.epoch, held.generation)
    vault.fail_refresh(held.epoch, failure)
    assert vault.held is not held
    assert vault.held is not None
    assert (vault.held.generation, vault.held.failure) == (held.generation, failure)
    assert told == []


@pytest.mark.parametrize("refreshing", [False, True])
def test_a_doubt_is_settled_by_the_store(refreshing: bool) -> None:
    """A10: tokens that another process may have replaced are sure again when the store holds the same, in every state."""
    vault, held, told = valid()
    if refreshing:
        vault.begin_refresh(held.epoch, held.generation)
    vault.doubt()
    doubted = vault.held
    assert doubted is not None
    assert (doubted.doubted, doubted.advise_at) == (True, float("-inf"))
    vault.compare(doubted, record(), make(record()))
    sure = vault.held
    assert sure is not None
    assert (sure.doubted, sure.advise_at, sure.generation) == (False, NEVER, held.generation)
    assert isinstance(vault.state, Refreshing) is refreshing
    assert told == []


@pytest.mark.parametrize(
    ("stored", "event", "epochs"),
    [(record("r2"), Event.LOADED, 0), (record("r2", "s2"), Event.SIGNED_IN, 1), (None, Event.ENDED, 1)],
)
def test_another_process_is_followed(stored: StoredSession | None, event: Event, epochs: int) -> None:
    """A10: newer tokens of the session, another sign-in or a sign-out, made by another process, are taken over."""
    vault, held, told = valid()
    vault.compare(held, stored, make(stored or record()))
    assert [kind for kind, _ in told] == [event]
    assert vault.epoch == held.epoch + epochs
    assert vault.held is None if stored is None else vault.held is not None and vault.held.stored is stored


def test_a_store_that_was_read_before_a_refresh_says_nothing() -> None:
    """A10: what was read from the store before this process wrote to it does not bring old tokens back."""
    vault, held, told = valid()
    newer = vault.adopt(held.epoch, make(record("r3")))
    for stale in (record("r2"), record("r2", "s2"), None):
        vault.compare(held, stale, make(stale or record()))
    assert vault.held is newer
    assert [event for event, _ in told] == [Event.REFRESHED]


def test_the_same_tokens_are_one_generation() -> None:
    """A1: tokens that come from the store by two ways, a look and a refresh, count once: no request is replayed with its own."""
    vault, held, told = valid()
    vault.begin_refresh(held.epoch, held.generation)
    vault.compare(held, record("r2"), make(record("r2")))
    second = vault.held
    again = vault.adopt(held.epoch, make(record("r2")))
    assert second is not None
    assert again is not None
    assert again.generation == second.generation == held.generation + 1
    vault.sign_in(make(record("r2")))
    assert vault.held is not None
    assert (vault.held.generation, vault.epoch) == (second.generation, held.epoch)
    assert [event for event, _ in told] == [Event.LOADED, Event.REFRESHED]


def test_a_doubt_about_nobody_has_the_store_read() -> None:
    """A10: where nobody is signed in, a write by another process has the next call read the store."""
    vault = Vault(lambda event, state: None)
    assert isinstance(vault.state, Empty)
    vault.load(vault.state, None, None)
    assert vault.state == Empty(0, loaded=True)
    vault.doubt()
    assert vault.state == Empty(0, loaded=False)


@pytest.mark.parametrize("ended", [False, True])
def test_a_doubt_about_nobody_outlives_a_reading_that_was_under_way(ended: bool) -> None:
    """A10: what was read before another process wrote does not settle the doubt, whether nobody was here or a session ended."""
    vault = Vault(lambda event, state: None)
    if ended:
        vault.sign_in(make(record()))
        vault.end(vault.epoch, EndReason.REVOKED)
    vault.doubt()
    for is_sure in (False, True):
        seen = vault.state
        assert isinstance(seen, Empty | Revoked)
        if not is_sure:
            vault.doubt()
        vault.load(seen, None, None)
        assert vault.is_sure is is_sure


def test_a_doubt_about_tokens_outlives_a_reading_that_was_under_way() -> None:
    """A10: what was read before another process wrote does not settle the doubt about the tokens in use."""
    vault, _, _ = valid()
    for is_sure in (False, True):
        vault.doubt()
        seen = vault.held
        assert seen is not None
        if not is_sure:
            vault.doubt()
        vault.compare(seen, record(), make(record()))
        assert vault.is_sure is is_sure


def test_doubted_tokens_are_put_off_until_the_next_doubt() -> None:
    """A12: a store that is away is not asked about doubted tokens for a while, unless it tells of another write."""
    vault, held, _ = valid()
    vault.begin_refresh(held.epoch, held.generation)
    vault.doubt()
    vault.put_off(10.0)
    assert isinstance(vault.state, Refreshing)
    assert (vault.state.held.doubted, vault.state.held.look_at) == (True, 10.0)
    vault.doubt()
    assert vault.state.held.look_at < 0
    vault.sign_out()
    vault.put_off(20.0)
    assert isinstance(vault.state, Empty)


def test_a_child_begins_anew_from_what_is_to_be_seen() -> None:
    """T3: in a forked child neither a refresh of the parent's threads nor a sign-out that had just begun there is going on."""
    vault, held, _ = valid()
    vault.begin_refresh(held.epoch, held.generation)
    vault._epoch += 1
    with vault._mutex:
        vault.begin_anew()
        assert (type(vault.state), vault.held) == (Valid, held)
        assert vault.adopt(held.epoch, make(record("r2"))) is vault.held
    vault.sign_out()
    vault.begin_anew()
    assert vault.state == Empty(vault.epoch, loaded=True)


def test_what_the_store_may_still_hold_is_known() -> None:
    """A9: a session that ended here is to be deleted until the store has let go of it, or holds another."""
    vault, _, _ = valid()
    assert vault.undeleted is None
    vault.sign_out()
    assert vault.undeleted == "s1"
    vault.deleted("another")
    assert vault.undeleted == "s1"
    vault.deleted("s1")
    assert vault.undeleted is None
    vault.sign_out()
    assert vault.undeleted is None
    vault.sign_in(make(record("r2", "s2")))
    vault.end(vault.epoch, EndReason.REVOKED)
    assert vault.undeleted == "s2"
    vault.sign_in(make(record("r3", "s3")))
    assert vault.undeleted is None


def test_the_first_session_that_is_seen_was_meant_to_go() -> None:
    """A9: a sign-out before anything was read, which the store could not carry out, brings nobody in when the store is read."""
    vault = Vault(lambda event, state: None)
    vault.sign_out()
    assert vault.undeleted == WHICHEVER
    for stored, is_in in ((record(), False), (record(), False), (record("r2", "s2"), True)):
        vault.doubt()
        seen = vault.state
        assert isinstance(seen, Empty | Revoked)
        vault.load(seen, stored, make(stored))
        assert (vault.held is not None) is is_in


def test_a_doubt_does_not_wake_an_ended_session() -> None:
    """A13: a session that was ended stays ended, whatever other processes write, until somebody signs in."""
    vault, held, _ = valid()
    vault.end(held.epoch, EndReason.REVOKED)
    vault.doubt()
    assert isinstance(vault.state, Revoked)
