"""One person's session: what both faces of it share."""

import logging
import os
import weakref
from collections.abc import Collection
from typing import Any

import msgspec

from seawall.chain import mutex
from seawall.model import Call, Clocks, NestedCalls, Origin, Runtime, UsageError, name_and_place
from seawall.problems import RefreshProblem, SessionEndedProblem

from ._changes import StateChanges
from ._machine import TokenMachine
from ._session_credential import SessionCredential
from ._session_states import Authenticated, Restoring, SessionState, Unauthenticated, Unknown, outline
from ._states import EndReason, Event, State
from ._tokens import Tokens
from ._windows import RefreshOptions
from .sources import Refresh, TokenSource, as_source
from .stores import MemoryStore, TokenStore

__all__ = ["Session"]

_log = logging.getLogger("seawall")
_all: "weakref.WeakSet[Session]" = weakref.WeakSet()


class Session(SessionCredential):
    """The credential of a signed-in person, observable, shared by any number of clients of both worlds.

    Args:
        refresh: A token source, or an `async def` of (tokens, api) that returns the next `Tokens`.
        runtime: The world of the face.
        store, origins, allow_http, options, user_model: See `SessionOptions`.

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
        self._shown: tuple[SessionState, SessionState] = (Unknown(), Unknown())  # with the user as plain JSON, and of its type
        self._mutex = mutex()
        self._doors: weakref.WeakSet[Any] = weakref.WeakSet()
        self._source = as_source(refresh)
        self._home: Origin | None = None
        store, watching = MemoryStore() if store is None else store, runtime if runtime.is_blocking else None
        machine = TokenMachine(self._source, store, options or RefreshOptions(), self._moved, watching=watching)
        super().__init__(machine, origins=origins, allow_http=allow_http)
        _all.add(self)

    def _begin_anew(self) -> None:
        """Wait for nobody, in a forked child: the parent's threads are not there."""
        self._mutex = mutex()
        self._machine.begin_anew()
        self.state_changed.begin_anew()

    @property
    def state(self) -> SessionState:
        """Who is signed in, as far as is known."""
        return self._shown[1]

    def bind(self, calls: NestedCalls, *, is_blocking: bool) -> None:
        """Learn of a client that was built with this session: sign-out and restore speak through one of its world."""
        if is_blocking == self._runtime.is_blocking:
            with self._mutex:
                self._doors.add(calls)

    def note_home(self, home: Origin) -> None:
        """Learn of the origin of a client's base URL: to it a source's paths lead, and would take refresh tokens along.

        Raises:
            UsageError: They lead to another client's already.
        """
        self._home = self._home or home
        path = getattr(self._source, "path_option", None)
        if path is not None and home != self._home:
            raise UsageError(f"{path}: a path leads to {self._home} or to {home}, as the clients differ; give the whole URL")

    def _door(self) -> NestedCalls | None:
        with self._mutex:
            return next(iter(self._doors), None)

    async def _restore(self) -> SessionState:
        self._show(Restoring(), Restoring())
        try:
            await self._machine.view.reload(self._runtime)
            await self._freshen()
        except RefreshProblem as problem:
            _log.info("the store could not be read: %s", type(problem.__cause__).__name__)
        finally:
            self._publish()
            if isinstance(self.state, Restoring):
                away = Unauthenticated(EndReason.STORE_UNREACHABLE)
                self._show(away, away, self._machine.state)
        return self.state

    async def _freshen(self) -> None:
        """Refresh what has expired, if there is a client to do it with."""
        door = self._door()
        if door is None:
            return
        try:
            await self._machine.current(Call(self._runtime, clocks=Clocks(self._runtime.monotonic), calls=door))
        except SessionEndedProblem:
            pass  # it was shown already
        except RefreshProblem as problem:
            _log.info("the session was restored, and not refreshed: %s", type(problem.__cause__).__name__)

    async def _sign_in(self, tokens: Tokens, user: Any) -> None:
        if not isinstance(tokens, Tokens):
            raise UsageError(f"sign_in: give seawall.Tokens, not {type(tokens).__name__}")
        await self._machine.lifecycle.sign_in(self._runtime, tokens, _plain(user))

    async def _sign_out(self) -> None:
        await self._machine.lifecycle.sign_out(self._runtime, self._door())

    async def _handle_unauthorized(self) -> bool:
        return await self._machine.lifecycle.invalidate(self._runtime, EndReason.REVOKED)

    def _moved(self, event: Event, state: State) -> None:
        if event is not Event.REFRESHED or not isinstance(self.state, Authenticated):
            self._publish()

    def _publish(self) -> None:
        """Show the machine's state as it is now: moves are told outside its mutex, and could come in another order."""
        while True:
            state = self._machine.state
            outlined = outline(state)
            if outlined is None:
                return
            known, shown = self._shown
            if self._show(outlined, shown if outlined == known else self._typed(outlined), state):
                return

    def _typed(self, outlined: Authenticated | Unauthenticated) -> SessionState:
        """Give the user its type: a piece of the user's own code, which runs outside of the mutex."""
        return Authenticated(_restored(outlined.user, self._user_model)) if isinstance(outlined, Authenticated) else outlined

    def _show(self, outlined: SessionState, shown: SessionState, state: State | None = None) -> bool:
        """Look and note in one, so that observers hear of states in the order in which they were; False if it is not so."""
        with self._mutex:
            if state is not None and state is not self._machine.state:
                return False
            if outlined == self._shown[0]:
                return True
            self._shown = (outlined, shown)
            self.state_changed.add(shown)
        self.state_changed.tell()
        return True

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {type(self.state).__name__.lower()}>"


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
    except Exception as error:
        _log.warning("the stored user is no %s: %s", getattr(model, "__name__", "user_model"), name_and_place(error))
        return None


def _after_fork() -> None:
    for session in list(_all):
        session._begin_anew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
