"""The tokens of one session: who may use which, when they are refreshed, and when all is over.

Laws:
1. At most one refresh is on its way per epoch, over threads, event loops and, by the store's lease, processes.
2. Whoever holds older tokens than the machine gets the machine's, and causes no refresh.
3. What comes back for an older epoch is thrown away, in memory and in the store: sign-out wins.
4. Only the other side's word, or another process's sign-out, ends a session; networks and servers that fail do not.
5. The store is written before memory, and only where it still holds what was read from it.
6. A refresh that failed has failed for all requests that were on their way then; later ones may try again.
"""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from seawall.chain import FlightError, SingleFlight
from seawall.model import Call, NestedCalls, Runtime, check_header, name_and_place
from seawall.problems import RefreshProblem

from ._cap import RefusalCap
from ._failures import as_problem, session_ended
from ._flights import Flights, waited
from ._records import delete, new_session, overwrite, reread
from ._refresh import Refresher, ReplacedError, SessionOverError, SupersededError
from ._server_clock import ServerClock
from ._states import Empty, EndReason, Event, Held, Revoked, State, Valid
from ._tokens import Tokens
from ._vault import MakeHeld, Vault
from ._windows import RefreshOptions, windows
from .sources import TokenSource
from .stores import CorruptStoreError, StoredSession, StoreError, TokenStore

__all__ = ["TokenMachine"]

LOOK = 10.0  # seconds after which a process in which nobody is signed in asks the store again: few stores tell of a sign-in
COOLDOWN = 10.0  # seconds after an advisory refresh that failed: its tokens are still good, so nobody hurries
PATIENCE = 3.0  # seconds that one caller waits for an advisory refresh: a program that ends before it loses the rotated token
_log = logging.getLogger("seawall")

# Set in the leader's own context, which was empty and ends with the refresh: calls of a source through a client that has this
# very session would wait for themselves. They go without a credential.
_leading: "ContextVar[TokenMachine | None]" = ContextVar("seawall_leading", default=None)


class TokenMachine:
    """See the module. Serves any number of clients, threads and event loops at once.

    Args:
        source: Where tokens come from.
        store: Where they lie at rest.
        options: See `RefreshOptions`.
        listener: Called after each change of state, in the thread that made it.

    Attributes:
        server_clock: What refusals have told of the servers' clock.
    """

    def __init__(
        self,
        source: TokenSource,
        store: TokenStore,
        options: RefreshOptions,
        listener: Callable[[Event, State], object] = lambda event, state: None,
    ) -> None:
        self._source = source
        self._store = store
        self._options = options
        self.server_clock = ServerClock()
        self._refresher = Refresher(source, store, options, self.server_clock)
        self._vault = Vault(listener)
        self._loading = SingleFlight(self._load)
        self._flights = Flights(options.timeout)
        self._cap = RefusalCap(options)
        self._looked = float("-inf")  # monotonic time when the store was last asked whether somebody is signed in
        self._advised = (0, 0.0)  # generation that was last refreshed unasked, and when the next try may begin
        self._vault.watch(store)

    @property
    def state(self) -> State:
        """As it is now."""
        return self._vault.state

    def ready(self, runtime: Runtime) -> Held | None:
        """Return the tokens to send with a request, if there is nothing to ask and nothing to wait for: the way of nearly all."""
        state = self._vault.state
        return state.held if type(state) is Valid and state.held.advise_at > runtime.wall() else None

    async def current(self, call: Call) -> Held | None:
        """Return the tokens to send with a request, refreshed if they are about to end; None where nobody is signed in.

        Raises:
            SessionEndedProblem, RefreshProblem: There are none to send, or not for now.
        """
        if _leading.get() is self:
            return None
        if self._vault.held is None and call.runtime.monotonic() - self._looked > LOOK:
            self._vault.doubt()
        state = await self.load(call.runtime, call)
        if isinstance(state, Empty):
            return await self._join(call, None) if self._source.signs_in else None
        if isinstance(state, Revoked):
            raise session_ended(state.reason)
        held, now = state.held, call.runtime.wall()
        if now >= held.require_at:
            return await self._join(call, held)
        if now >= held.advise_at and not held.doubted and isinstance(state, Valid):
            return await self._early(call, held)
        return held

    async def renew(self, call: Call, used: Held) -> Held | None:
        """Return newer tokens than those that a server has just refused, or None where the refusal has to stand.

        Args:
            call: Whose request was refused.
            used: What it carried.

        Raises:
            SessionEndedProblem, RefreshProblem, RefreshLoopProblem: There are no newer ones, or not for now.
        """
        state = self._vault.state
        if isinstance(state, Revoked) and state.epoch == used.epoch + 1:
            raise session_ended(state.reason)
        if isinstance(state, Empty | Revoked) or state.held.epoch != used.epoch:
            return None  # another user's tokens would do, and would be wrong
        held = state.held
        if held.generation > used.generation:
            return held
        if held.failure is not None and held.failure is not used.failure:
            raise as_problem(held.failure)
        self._cap.count(used, call.runtime.monotonic())
        joined = await self._join(call, held)
        while joined.generation <= used.generation:  # it had begun for older ones; these came from the store meanwhile
            joined = await self._join(call, held)
        return joined

    async def sign_in(self, runtime: Runtime, tokens: Tokens, user: Any) -> None:
        """Begin a session; what was there before is over. The store is written first.

        Raises:
            StoreError: The store cannot be written; nothing has changed.
            UsageError: The access token cannot be sent.
        """
        check_header("Authorization", tokens.header)
        epoch, stored = self._vault.epoch, new_session(tokens, user, runtime.wall(), self.server_clock.ahead)
        await runtime.blocking(lambda: overwrite(self._store, stored))
        overlapped = self._vault.epoch != epoch
        self._vault.sign_in(self._maker(runtime, stored))
        if overlapped:  # by another sign-in, which may have written to the store after this one
            self._vault.doubt()

    async def sign_out(self, runtime: Runtime, calls: NestedCalls | None) -> None:
        """End the session: first in memory, so that no call uses its tokens any more, then in the store, then at the server.

        Args:
            runtime: The caller's world.
            calls: Through which the server is told, or None.

        Raises:
            StoreError: The store cannot be written; memory is signed out and the server told all the same.
        """
        before, held = self._vault.state, self._vault.sign_out()
        if held is None and not (isinstance(before, Empty) and not before.loaded):
            return
        gone = None if held is None else held.stored
        session, failure = None if gone is None else gone.session, None
        try:
            gone = await runtime.blocking(lambda: delete(self._store, session)) or gone
        except StoreError as error:
            failure = error
        if gone is not None:
            await self._revoke(gone, calls)
        if failure is not None:
            raise failure

    async def _revoke(self, stored: StoredSession, calls: NestedCalls | None) -> None:
        if calls is None:
            _log.info("the server was not told of the sign-out: the session serves no client of its own world")
            return
        try:
            await self._source.revoke(stored.tokens, calls.within(self._options.timeout))
        except Exception as error:
            _log.warning("the server was not told of the sign-out: %s", name_and_place(error))

    async def invalidate(self, runtime: Runtime, reason: EndReason) -> bool:
        """End the session by the other side's word, unless another process has newer tokens; True for the one who did it."""
        held = self._vault.held
        if held is None:
            return False
        try:
            await self._loading.join(runtime)
        except FlightError:
            pass  # the store cannot be asked
        latest = self._vault.held
        if latest is None or latest.generation != held.generation:
            return False
        return await self._end(runtime, held.epoch, latest.stored, reason)

    async def _end(self, runtime: Runtime, epoch: int, stored: StoredSession | None, reason: EndReason) -> bool:
        if not self._vault.end(epoch, reason):
            return False
        if stored is not None:
            try:
                await runtime.blocking(lambda: self._store.swap(stored.revision, None))
            except StoreError as error:
                _log.warning("the session is over, and still in the store: %s", error)
        return True

    async def load(self, runtime: Runtime, call: Call | None = None) -> State:
        """Read the store, unless memory is sure of what it holds; many callers cause one reading.

        Raises:
            RefreshProblem: The store cannot be reached.
        """
        if not self._vault.is_sure:
            deadline, cancel = (None, None) if call is None else (call.deadline, call.cancel)
            await waited(self._loading.join(runtime, deadline=deadline, cancel=cancel), call)
        return self._vault.state

    async def _load(self, runtime: Runtime) -> None:
        epoch, held = self._vault.epoch, self._vault.held
        if held is not None:
            stored = await runtime.blocking(lambda: reread(self._store, held.stored))
            shown = held.stored if stored is None else stored
            self._vault.compare(held, stored, self._maker(runtime, shown))
            return
        self._looked = runtime.monotonic()
        try:
            stored = await runtime.blocking(self._store.load)
        except CorruptStoreError:
            if not self._source.signs_in:
                self._vault.refuse_load(epoch, EndReason.STORE_CORRUPT)
                return
            stored = None
        self._vault.load(epoch, stored, None if stored is None else self._maker(runtime, stored))

    async def _early(self, call: Call, held: Held) -> Held | None:
        """Have one caller refresh tokens that are still good, while the others go on with them."""
        now = call.runtime.monotonic()
        if self._advised[0] == held.generation and now < self._advised[1]:
            return held
        self._advised = (held.generation, now + COOLDOWN)
        try:
            return await self._join(call, held, PATIENCE)
        except RefreshProblem:
            pass
        return await self.current(call)

    async def _join(self, call: Call, held: Held | None, seconds: float | None = None) -> Held:
        epoch = self._vault.epoch if held is None else held.epoch
        joined = await self._flights.join(epoch, call, lambda leader: self._fly(leader, call.calls, held, epoch), seconds)
        if joined.epoch != self._vault.epoch:  # somebody has signed out since it landed
            raise session_ended(EndReason.SIGNED_OUT)
        return joined

    async def _fly(self, runtime: Runtime, calls: NestedCalls, held: Held | None, epoch: int) -> Held:
        _leading.set(self)
        newer = None if held is None else self._vault.begin_refresh(epoch, held.generation)
        if newer is not None:
            return newer
        stored = None if held is None else held.stored
        try:
            fresh = await self._refresher.run(runtime, calls, stored, lambda: self._vault.epoch == epoch)
        except SessionOverError as over:
            if self._vault.epoch != epoch:
                raise SupersededError from None
            await self._end(runtime, epoch, stored, over.reason)
            raise
        except ReplacedError as replaced:
            return self._replaced(runtime, epoch, stored, replaced.stored)
        except BaseException as error:
            self._vault.fail_refresh(epoch, error if isinstance(error, Exception) else None)
            raise
        adopted = self._vault.adopt(epoch, self._maker(runtime, fresh, refreshed_at=runtime.monotonic()))
        if adopted is None:
            raise SupersededError
        return adopted

    def _replaced(self, runtime: Runtime, epoch: int, stored: StoredSession | None, other: StoredSession) -> Held:
        """Another process was faster: with newer tokens of the session, or with a sign-in of its own."""
        maker = self._maker(runtime, other)
        adopted = self._vault.adopt(epoch, maker) if stored is not None and other.session == stored.session else None
        if adopted is None:
            self._vault.replace(epoch, maker)
            raise SupersededError  # the waiters' requests were made for the session that is over
        return adopted

    def _maker(self, runtime: Runtime, stored: StoredSession, refreshed_at: float | None = None) -> MakeHeld:
        advise, require = windows(self._options, runtime.wall(), stored.expires_at, runtime.random())
        header = stored.tokens.header
        return lambda generation, epoch: Held(stored, header, generation, epoch, advise, require, refreshed_at)
