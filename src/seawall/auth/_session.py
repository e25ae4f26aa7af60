"""One person's session: what both faces of it share."""

import logging
import weakref
from collections.abc import Callable, Collection
from typing import Any, TypedDict

import msgspec

from seawall.chain import mutex
from seawall.model import Call, Clocks, NestedCalls, Runtime, UsageError
from seawall.problems import RefreshProblem, SessionEndedProblem

from ._changes import StateChanges
from ._machine import TokenMachine
from ._session_credential import SessionCredential
from ._session_states import Authenticated, Restoring, SessionState, Unauthenticated, Unknown
from ._states import EndReason, Event, Refreshing, Revoked, State, Valid
from ._tokens import Tokens
from ._windows import RefreshOptions
from .sources import Refresh, TokenSource, as_source
from .stores import MemoryStore, TokenStore

__all__ = ["Session", "SessionOptions"]

_log = logging.getLogger("seawall")


class SessionOptions(TypedDict, total=False):
    """What a session can be set to.

    Attributes:
        store: Where the session lies between two runs; by default in memory alone.
        origins: URLs of the origins that the tokens are for; by default that of the client's base URL.
        allow_http: Whether they may go over plain HTTP to other machines.
        options: How tokens are refreshed.
        user_model: The type that `user` is restored as; by default plain JSON values.
    """

    store: TokenStore
    origins: Collection[str]
    allow_http: bool
    options: RefreshOptions
    user_model: Any


class Session(SessionCredential):
    """The credential of a signed-in person, observable, shared by any number of clients of both worlds.

    Args:
        refresh: A token source, or an `async def` of (tokens, api) that returns the next `Tokens`.
        runtime: The world of the face.
        options: See `SessionOptions`.

    Attributes:
        state_changed: Observers of `state`.
    """

    def __init__(
        self,
        refresh: TokenSource | Refresh,
        runtime: Runtime,
        *,
        store: TokenStore | None = None,
        origins: Collection[str] = (),
        allow_http: bool = False,
        options: RefreshOptions | None = None,
        user_model: Any = None,
    ) -> None:
        self.state_changed = StateChanges()
        self._runtime = runtime
        self._user_model = user_model
        self._user: Any = None
        self._shown: SessionState = Unknown()
        self._mutex = mutex()
        self._doors: weakref.WeakSet[Any] = weakref.WeakSet()
        machine = TokenMachine(as_source(refresh), store or MemoryStore(), options or RefreshOptions(), self._moved)
        super().__init__(machine, origins=origins, allow_http=allow_http)

    @property
    def state(self) -> SessionState:
        """Who is signed in, as far as is known."""
        return self._shown

    def bind(self, calls: NestedCalls, *, is_blocking: bool) -> None:
        """Learn of a client that was built with this session: sign-out and restore speak through one of its world."""
        if is_blocking == self._runtime.is_blocking:
            with self._mutex:
                self._doors.add(calls)

    def _door(self) -> NestedCalls | None:
        with self._mutex:
            return next(iter(self._doors), None)

    async def _restore(self) -> SessionState:
        self._show(Restoring)
        try:
            await self._machine.load(self._runtime)
        except RefreshProblem:
            self._show(lambda: Unauthenticated(EndReason.STORE_UNREACHABLE))
            return self._shown
        door = self._door()
        if door is not None:
            try:
                await self._machine.current(Call(self._runtime, clocks=Clocks(self._runtime.monotonic), calls=door))
            except SessionEndedProblem:
                pass  # it was shown already
            except RefreshProblem as problem:
                _log.info("the session was restored, and not refreshed: %s", type(problem.__cause__).__name__)
        self._publish()
        return self._shown

    async def _sign_in(self, tokens: Tokens, user: Any) -> None:
        if not isinstance(tokens, Tokens):
            raise UsageError(f"sign_in: give seawall.Tokens, not {type(tokens).__name__}")
        await self._machine.sign_in(self._runtime, tokens, _plain(user))

    async def _sign_out(self) -> None:
        await self._machine.sign_out(self._runtime, self._door())

    async def _handle_unauthorized(self) -> bool:
        return await self._machine.invalidate(self._runtime, EndReason.REVOKED)

    def _moved(self, event: Event, state: State) -> None:
        if event is not Event.REFRESHED or not isinstance(self._shown, Authenticated):
            self._publish()

    def _publish(self) -> None:
        """Show the machine's state as it is now: moves are told outside its mutex, and could come in another order."""
        self._show(lambda: self._seen(self._machine.state))

    def _seen(self, state: State) -> SessionState | None:
        if isinstance(state, Valid | Refreshing):
            return Authenticated(_restored(state.held.stored.user, self._user_model))
        if isinstance(state, Revoked):
            return Unauthenticated(state.reason)
        if not state.loaded:
            return None
        return Unauthenticated(EndReason.SIGNED_OUT if state.epoch else EndReason.NEVER_SIGNED_IN)

    def _show(self, see: Callable[[], SessionState | None]) -> None:
        """Look and note in one, so that observers hear of states in the order in which they were."""
        with self._mutex:
            state = see()
            if state is None or state == self._shown:
                return
            self._shown = state
            self.state_changed.add(state)
        self.state_changed.tell()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {type(self._shown).__name__.lower()}>"


def _plain(user: Any) -> Any:
    dump = getattr(user, "model_dump", None)
    try:
        return dump(mode="json") if callable(dump) else msgspec.to_builtins(user)
    except (TypeError, ValueError):
        pass
    raise UsageError("user: give plain JSON, a dataclass, a msgspec or a pydantic model")


def _restored(user: Any, model: Any) -> Any:
    """Give the user its type; one that an older version of the app wrote may not fit, and is no reason to sign anybody out."""
    if model is None or user is None:
        return user
    try:
        validate = getattr(model, "model_validate", None)
        return validate(user) if callable(validate) else msgspec.convert(user, model)
    except ValueError:
        _log.warning("the stored user is no %s", getattr(model, "__name__", model))
        return None
