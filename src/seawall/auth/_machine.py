"""The tokens of one session: who may use which, when they are refreshed, and when all is over.

Laws:
1. At most one refresh is on its way per epoch, over threads, event loops and, by the store's lease, processes.
2. Whoever holds older tokens than the machine gets the machine's, and causes no refresh.
3. What comes back for an older epoch is thrown away, in memory and in the store: sign-out wins.
4. Only the other side's word, or another process's sign-out, ends a session; networks, servers and stores that fail do not.
5. The store is written before memory, and only where it still holds what was read from it.
6. A refresh that failed has failed for all requests that were on their way then; later ones may try again.
"""

from collections.abc import Callable

from seawall.model import Call, NestedCalls, Runtime
from seawall.problems import RefreshProblem

from ._cap import RefusalCap
from ._failures import as_problem, session_ended
from ._flights import Flights
from ._leading import apart, is_leading, leading
from ._lifecycle import Lifecycle
from ._making import held_maker
from ._refresh import Refresher, ReplacedError, SessionOverError, SupersededError
from ._server_clock import ServerClock
from ._states import Empty, EndReason, Event, Held, Revoked, State, Valid
from ._store_view import StoreView
from ._vault import Vault
from ._windows import RefreshOptions
from .sources import TokenSource
from .stores import StoredSession, TokenStore

__all__ = ["TokenMachine"]

COOLDOWN = 10.0  # seconds after an advisory refresh that failed: its tokens are still good, so nobody hurries
PATIENCE = 3.0  # seconds that one caller waits for an advisory refresh: a program that ends before it loses the rotated token


class TokenMachine:
    """See the module. Serves any number of clients, threads and event loops at once.

    Args:
        source: Where tokens come from.
        store: Where they lie at rest.
        options: See `RefreshOptions`.
        listener: Called after each change of state, in the thread that made it.
        watching: See `StoreView`.

    Attributes:
        server_clock: What refusals have told of the servers' clock.
        view: What memory knows of the store.
        lifecycle: Signs in and out.
    """

    def __init__(
        self,
        source: TokenSource,
        store: TokenStore,
        options: RefreshOptions,
        listener: Callable[[Event, State], object] = lambda event, state: None,
        *,
        watching: Runtime | None = None,
    ) -> None:
        self._source = source
        self._options = options
        self.server_clock = ServerClock()
        self._vault = Vault(apart(listener))
        self.view = StoreView(store, self._vault, options, brings_tokens=source.signs_in, watching=watching)
        self.lifecycle = Lifecycle(source, store, self._vault, self.view, options, self.server_clock)
        self._refresher = Refresher(source, store, options, self.server_clock)
        self._flights = Flights(options.timeout)
        self._cap = RefusalCap(options)
        self._advised = (0, 0.0)  # generation that was last refreshed unasked, and when the next try may begin

    def begin_anew(self) -> None:
        """Wait for nobody, in a forked child: the parent's threads are not there, nor what they were refreshing."""
        self._vault.begin_anew()
        self.view.begin_anew()
        self._flights = Flights(self._options.timeout)
        self._cap = RefusalCap(self._options)

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
        if is_leading(self):
            return None
        state = await self.view.sure(call)
        if isinstance(state, Revoked) and not self._source.signs_in:
            raise session_ended(state.reason)
        if isinstance(state, Empty | Revoked):
            return await self._join(call, None) if self._source.signs_in else None
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
            if self._source.signs_in:
                return await self._join(call, None)
            raise session_ended(state.reason)
        if isinstance(state, Empty | Revoked):
            return None
        if state.held.epoch != used.epoch and not self._source.signs_in:
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
        if joined.epoch != self._vault.epoch:  # somebody has signed in or out since it landed
            raise session_ended(self._why_over())
        return joined

    async def _fly(self, runtime: Runtime, calls: NestedCalls, held: Held | None, epoch: int) -> Held:
        newer = None if held is None else self._vault.begin_refresh(epoch, held.generation)
        if newer is not None:
            return newer
        stored = None if held is None else held.stored
        try:
            with leading(self):
                fresh = await self._refresh(runtime, calls, stored, epoch)
        except SessionOverError as over:
            if self._vault.epoch != epoch:
                raise self._overtaken() from None
            await self.lifecycle.end(runtime, epoch, stored, over.reason)
            raise
        except SupersededError:
            raise self._overtaken() from None
        except ReplacedError as replaced:
            return self._replaced(runtime, epoch, stored, replaced.stored)
        except BaseException as error:
            self._vault.fail_refresh(epoch, error if isinstance(error, Exception) else None)
            raise
        adopted = self._vault.adopt(epoch, held_maker(self._options, runtime, fresh, runtime.monotonic()))
        if adopted is None:
            raise self._overtaken()
        return adopted

    async def _refresh(self, runtime: Runtime, calls: NestedCalls, stored: StoredSession | None, epoch: int) -> StoredSession:
        """Get the next tokens; of a source that needs no user, also where somebody has emptied the store."""

        def is_current() -> bool:
            return self._vault.epoch == epoch

        try:
            return await self._refresher.run(runtime, calls, stored, is_current)
        except SessionOverError as over:
            is_gone = over.reason is EndReason.SIGNED_OUT_ELSEWHERE and stored is not None
            if not (is_gone and self._source.signs_in and is_current()):
                raise
        return await self._refresher.run(runtime, calls, None, is_current)

    def _replaced(self, runtime: Runtime, epoch: int, stored: StoredSession | None, other: StoredSession) -> Held:
        """Another process was faster: with newer tokens of the session, which without a user is any, or with a sign-in."""
        maker = held_maker(self._options, runtime, other)
        is_newer = self._source.signs_in or (stored is not None and other.session == stored.session)
        adopted = self._vault.adopt(epoch, maker) if is_newer else None
        if adopted is None:
            self._vault.replace(epoch, maker)
            raise self._overtaken()  # the waiters' requests were made for the session that is over
        return adopted

    def _overtaken(self) -> SessionOverError:
        """What a refresh ends with whose session has ended, or was replaced, while it was on its way."""
        return SessionOverError(self._why_over())

    def _why_over(self) -> EndReason:
        """Why the session of an older epoch is over."""
        state = self._vault.state
        if isinstance(state, Revoked):
            return state.reason
        return EndReason.SIGNED_OUT if isinstance(state, Empty) else EndReason.REPLACED
