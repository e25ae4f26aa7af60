"""What memory knows of the store: when it is read, and what is made of what it held."""

import weakref
from contextlib import suppress

from seawall.chain import FlightError, SingleFlight, drive
from seawall.model import Call, Runtime
from seawall.problems import DeadlineProblem, RefreshProblem

from ._flights import waited
from ._making import held_maker
from ._records import reread
from ._states import EndReason, Refreshing, State, Valid
from ._vault import Vault
from ._windows import RefreshOptions
from .stores import CorruptStoreError, TokenStore

__all__ = ["StoreView"]

LOOK = 10.0  # seconds after which a process in which nobody is signed in asks the store again: few stores tell of a sign-in
COOLDOWN = 10.0  # seconds after which a store that could not be reached is asked about tokens that are still good
PATIENCE = 3.0  # seconds that a call with such tokens waits for the store
NEVER = float("-inf")


class StoreView:
    """Reads a store into a vault; many callers cause one reading.

    Args:
        store: Where tokens lie at rest.
        vault: The tokens in memory.
        options: See `RefreshOptions`.
        brings_tokens: Whether the source needs no user, so that a corrupt store is no news for anybody.
        watching: In which the store is read as soon as it tells of a write by another process; None has the next call read it.
            That is for a blocking world only: the thread that the store tells in has no event loop, and observers may want one.
    """

    def __init__(
        self, store: TokenStore, vault: Vault, options: RefreshOptions, *, brings_tokens: bool, watching: Runtime | None
    ) -> None:
        self._store = store
        self._vault = vault
        self._options = options
        self._brings_tokens = brings_tokens
        self._watching = watching
        self._looked = NEVER  # monotonic time when the store was last asked whether somebody is signed in
        self.begin_anew()
        self._watch()

    def begin_anew(self) -> None:
        """Wait for nobody's reading, in a forked child: it is not made there."""
        self._loading = SingleFlight(self._load_unless_sure)

    async def sure(self, call: Call) -> State:
        """The state, after a look at the store where memory is not sure; tokens that are still good do without, if it is away.

        Raises:
            RefreshProblem, DeadlineProblem: The store cannot be reached, and there are no such tokens.
        """
        runtime, held = call.runtime, self._vault.held
        if held is None:
            if self._vault.is_sure and runtime.monotonic() - self._looked > LOOK:
                self._vault.doubt()
            return await self.load(runtime, call)
        if not held.doubted or runtime.monotonic() < held.look_at:
            return self._vault.state
        if held.look_at > NEVER:  # it was away: one call looks whether it still is, and the others go on
            self._put_off(runtime)
        try:
            return await self.load(runtime, call, PATIENCE)
        except (RefreshProblem, DeadlineProblem) as problem:
            self._put_off(runtime)
            held = self._vault.held
            if held is None or runtime.wall() >= held.require_at or isinstance(problem, DeadlineProblem):
                raise
        return self._vault.state

    def _put_off(self, runtime: Runtime) -> None:
        self._vault.put_off(runtime.monotonic() + COOLDOWN)

    async def load(self, runtime: Runtime, call: Call | None = None, seconds: float | None = None) -> State:
        """Read the store, unless memory is sure of what it holds.

        Args:
            runtime: The caller's world.
            call: Who waits, or None where nobody's time is short.
            seconds: To wait at most; by default as long as the call may take.

        Raises:
            RefreshProblem, DeadlineProblem: The store cannot be reached, or not in time.
        """
        if not self._vault.is_sure:
            deadline, cancel = (None, None) if call is None else (call.deadline, call.cancel)
            if seconds is not None:
                limit = runtime.monotonic() + seconds
                deadline = limit if deadline is None else min(limit, deadline)
            await waited(self._loading.join(runtime, deadline=deadline, cancel=cancel), call)
        return self._vault.state

    async def reload(self, runtime: Runtime) -> State:
        """Read the store, whatever memory believes: few stores tell of other processes' writes.

        Raises:
            RefreshProblem: The store cannot be reached.
        """
        self._vault.doubt()
        await self.load(runtime)
        return await self.load(runtime)  # the first reading may have been under way before the doubt

    async def try_look(self, runtime: Runtime) -> None:
        """Read the store if it can be reached, sure or not."""
        with suppress(FlightError):
            while not await self._loading.join(runtime, work=self._load):
                pass  # that flight was another caller's, who found that there was nothing to read any more

    async def _load_unless_sure(self, runtime: Runtime) -> bool:
        """Read the store; False where that happened between this caller's question and this flight."""
        return not self._vault.is_sure and await self._load(runtime)

    async def _load(self, runtime: Runtime) -> bool:
        looked, seen = runtime.monotonic(), self._vault.state
        if isinstance(seen, Valid | Refreshing):
            held = seen.held
            stored = await runtime.blocking(lambda: reread(self._store, held.stored))
            self._vault.compare(held, stored, held_maker(self._options, runtime, stored or held.stored))
            return True
        self._looked = looked
        try:
            stored = await runtime.blocking(self._store.load)
        except CorruptStoreError:
            if not self._brings_tokens:
                self._vault.refuse_load(seen, EndReason.STORE_CORRUPT)
                return True
            stored = None
        self._vault.load(seen, stored, None if stored is None else held_maker(self._options, runtime, stored))
        return True

    def _watch(self) -> None:
        """Hear of other processes' writes for as long as this lives; the store's watch does not keep it alive."""
        watched = weakref.ref(self)

        def changed() -> None:
            alive = watched()
            if alive is not None:
                alive._hear()

        weakref.finalize(self, self._store.watch(changed))

    def _hear(self) -> None:
        """Another process has written. Where nobody has asked yet who is signed in, nobody waits for an answer."""
        state = self._vault.state
        is_known = isinstance(state, Valid | Refreshing) or state.loaded
        self._vault.doubt()
        if self._watching is not None and is_known:
            with suppress(RefreshProblem):  # the store is away again: the next call looks
                drive(self.reload(self._watching))
