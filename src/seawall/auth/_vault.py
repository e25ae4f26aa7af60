"""The state itself, and nothing that waits: who holds which tokens, guarded by a mutex, moved only by the table of states."""

from collections.abc import Callable
from typing import TypeAlias

from msgspec.structs import replace

from seawall.chain import mutex

from ._states import TRANSITIONS, Empty, EndReason, Event, Held, Refreshing, Revoked, State, Valid
from .stores import StoredSession

__all__ = ["WHICHEVER", "MakeHeld", "Vault"]

Listener: TypeAlias = Callable[[Event, State], object]
MakeHeld: TypeAlias = Callable[[int, int], Held]
ALWAYS = float("-inf")
WHICHEVER = "*"  # for the name of a session that nobody has read


class Vault:
    """The state of one session's tokens.

    Args:
        listener: Called after each move, outside the mutex, in the thread that moved.

    Attributes:
        state: As it is now; replaced whole, so that it can be read without the mutex.
        undeleted: The session that ended here, or `WHICHEVER`, for as long as the store is not known to have let go of it.
    """

    def __init__(self, listener: Listener) -> None:
        self.state: State = Empty(0, loaded=False)
        self.undeleted: str | None = None
        self._mutex = mutex()
        self._listener = listener
        self._epoch = 0
        self._generation = 0
        self._dead: str | None = None  # the session that ended here last: a store that could not delete it brings it not back

    def begin_anew(self) -> None:
        """Be free, in a forked child: the threads that were at work here, or refreshing, are not there."""
        self._mutex = mutex()
        state = self.state
        self._epoch = state.held.epoch if isinstance(state, Valid | Refreshing) else state.epoch
        if isinstance(state, Refreshing):
            self._move(Event.REFRESH_FAILED, Valid(state.held))

    @property
    def epoch(self) -> int:
        """Counts sign-ins and sign-outs."""
        return self._epoch

    @property
    def held(self) -> Held | None:
        """The tokens in use, or None."""
        state = self.state
        return state.held if isinstance(state, Valid | Refreshing) else None

    @property
    def is_sure(self) -> bool:
        """Whether the store was read, and no other process is known to have written to it since."""
        state = self.state
        return not state.held.doubted if isinstance(state, Valid | Refreshing) else state.loaded

    def load(self, seen: Empty | Revoked, stored: StoredSession | None, make: MakeHeld | None) -> None:
        """Take what the store held, unless somebody has signed in or out since it was asked.

        Args:
            seen: The state when it was asked; a doubt since then is still one.
            stored: What the store held.
            make: Makes tokens of it.
        """
        with self._mutex:
            if seen.epoch != self._epoch or not isinstance(self.state, Empty | Revoked):
                return
            if stored is not None and self.undeleted == WHICHEVER:  # it was meant to go before anybody had seen it
                self._dead = self.undeleted = stored.session
            if stored is not None and make is not None and stored.session != self._dead:
                state: State = Valid(self._next(make))
            elif isinstance(self.state, Empty):
                state = Empty(seen.epoch, loaded=self.state is seen)
            else:
                self.state = replace(self.state, loaded=self.state is seen)
                return
            self._move(Event.LOADED, state)
        self._listener(Event.LOADED, state)

    def refuse_load(self, seen: Empty | Revoked, reason: EndReason) -> None:
        """Note that the store held nothing that can be used."""
        with self._mutex:
            if seen.epoch != self._epoch or not isinstance(self.state, Empty | Revoked):
                return
            if isinstance(self.state, Revoked):
                self.state = replace(self.state, loaded=True)
                return
            state = Revoked(seen.epoch, reason)
            self._move(Event.LOADED, state)
        self._listener(Event.LOADED, state)

    def compare(self, held: Held, stored: StoredSession | None, make: MakeHeld) -> None:
        """Follow another process that has written to the store, unless the tokens were replaced here since it was asked.

        Args:
            held: The tokens that were in use then; a doubt since then is still one.
            stored: What the store holds.
            make: Makes tokens of it.
        """
        with self._mutex:
            if self.held is None or self.held.generation != held.generation:
                return
            if stored is not None and stored.revision == held.stored.revision:
                if self.held is held:
                    self._hold(self._next(make))
                return
            event, state = self._follow(held, stored, make)
            self._move(event, state)
        self._listener(event, state)

    def _follow(self, held: Held, stored: StoredSession | None, make: MakeHeld) -> tuple[Event, State]:
        if stored is not None and stored.session == held.stored.session:
            return Event.LOADED, Valid(self._next(make))
        self._epoch, self._dead = self._epoch + 1, held.stored.session
        if stored is None:
            return Event.ENDED, Revoked(self._epoch, EndReason.SIGNED_OUT_ELSEWHERE)
        return Event.SIGNED_IN, Valid(self._next(make))

    def sign_in(self, make: MakeHeld) -> None:
        """Begin a session; all that is on its way for an older one is stale from here on."""
        self.replace(None, make)

    def sign_out(self) -> Held | None:
        """End the session, and return the tokens that it had."""
        with self._mutex:
            self._epoch += 1
            held, state = self.held, Empty(self._epoch, loaded=True)
            if held is not None:
                self._dead = self.undeleted = held.stored.session
            elif isinstance(self.state, Empty) and not self.state.loaded:
                self.undeleted = WHICHEVER
            self._move(Event.SIGNED_OUT, state)
        self._listener(Event.SIGNED_OUT, state)
        return held

    def deleted(self, session: str) -> None:
        """Note that the store has let go of a session."""
        with self._mutex:
            if self.undeleted == session:
                self.undeleted = None

    def begin_refresh(self, epoch: int, generation: int) -> Held | None:
        """Note that a refresh begins; return the tokens that are newer than those to be refreshed, if there are some."""
        with self._mutex:
            held = self.held
            if held is None or epoch != self._epoch:
                return None
            if held.generation > generation:
                return held
            if not isinstance(self.state, Refreshing):
                self._move(Event.REFRESH_BEGUN, Refreshing(held))
        return None

    def adopt(self, epoch: int, make: MakeHeld) -> Held | None:
        """Take the tokens that a refresh brought, or None when somebody has signed in or out meanwhile."""
        with self._mutex:
            if epoch != self._epoch:
                return None
            state = Valid(self._next(make))
            self._move(Event.REFRESHED, state)
        self._listener(Event.REFRESHED, state)
        return state.held

    def replace(self, epoch: int | None, make: MakeHeld) -> None:
        """Take the tokens of another sign-in, unless an epoch is given and is over."""
        with self._mutex:
            if epoch not in (None, self._epoch) or (self.held is not None and _are_same(self.held, make(0, 0))):
                return
            self._epoch += 1
            state = Valid(self._next(make))
            self._move(Event.SIGNED_IN, state)
        self._listener(Event.SIGNED_IN, state)

    def fail_refresh(self, epoch: int, failure: Exception | None) -> None:
        """Note that a refresh failed for now: the tokens stay. Without a failure it was broken off, and nobody shares that."""
        with self._mutex:
            if epoch == self._epoch and isinstance(self.state, Refreshing):
                held = self.state.held
                self._move(Event.REFRESH_FAILED, Valid(held if failure is None else replace(held, failure=failure)))

    def end(self, epoch: int, reason: EndReason) -> bool:
        """End the session by the other side's word; True for the one caller that did it."""
        with self._mutex:
            held = self.held
            if epoch != self._epoch or held is None:
                return False
            self._epoch += 1
            self._dead = self.undeleted = held.stored.session
            state = Revoked(self._epoch, reason)
            self._move(Event.ENDED, state)
        self._listener(Event.ENDED, state)
        return True

    def doubt(self) -> None:
        """Have the next call look at the store: another process has written there."""
        with self._mutex:
            held = self.held
            if held is not None:
                self._hold(replace(held, advise_at=ALWAYS, doubted=True, look_at=ALWAYS))
            elif isinstance(self.state, Empty | Revoked):
                self.state = replace(self.state, loaded=False)

    def put_off(self, until: float) -> None:
        """Have doubted tokens used as they are until then, in monotonic time: the store cannot be asked."""
        with self._mutex:
            if self.held is not None:
                self._hold(replace(self.held, look_at=until))

    def _hold(self, held: Held) -> None:
        """Replace what is noted of the tokens in use; a refresh that is on its way goes on."""
        self.state = Refreshing(held) if isinstance(self.state, Refreshing) else Valid(held)

    def _next(self, make: MakeHeld) -> Held:
        """Number new tokens. Those that are in use already, come by another way, keep their number: they were refused as such."""
        held, made = self.held, make(self._generation + 1, self._epoch)
        if held is not None and _are_same(held, made):
            return replace(held, doubted=False, advise_at=made.advise_at, look_at=ALWAYS)
        self._generation += 1
        self.undeleted = None  # these are what the store holds
        return made

    def _move(self, event: Event, state: State) -> None:
        """Change the state, by the table alone.

        Raises:
            AssertionError: The table knows no such way; nothing has changed.
        """
        if type(state) not in TRANSITIONS.get((type(self.state), event), ()):
            raise AssertionError(f"{type(self.state).__name__} cannot become {type(state).__name__}: {event.value}")
        self.state = state


def _are_same(held: Held, made: Held) -> bool:
    return held.stored.revision == made.stored.revision
