"""How sessions begin and end, in memory and in the store."""

import logging
from typing import Any

from seawall.chain import mutex
from seawall.model import NestedCalls, Runtime, check_header, name_and_place

from ._making import held_maker
from ._records import delete, new_session, overwrite
from ._server_clock import ServerClock
from ._states import EndReason
from ._store_view import StoreView
from ._tokens import Tokens
from ._vault import WHICHEVER, MakeHeld, Vault
from ._windows import RefreshOptions
from .sources import TokenSource
from .stores import StoredSession, StoreError, TokenStore

__all__ = ["Lifecycle"]

_log = logging.getLogger("seawall")
UNTOLD = (
    "the server was not told of the sign-out, and may honour the refresh token until it expires: the session serves no client of "
    "its own world. Build one with auth=session before, a Client for a UserSession, an AsyncClient for an AsyncUserSession"
)


class Lifecycle:
    """Signs in and out for a machine.

    Args:
        source: Tells the server of a sign-out.
        store: Where tokens lie at rest.
        vault: The tokens in memory.
        view: What memory knows of the store.
        options: See `RefreshOptions`.
        server_clock: What is known of the servers' clock.
    """

    def __init__(
        self,
        source: TokenSource,
        store: TokenStore,
        vault: Vault,
        view: StoreView,
        options: RefreshOptions,
        server_clock: ServerClock,
    ) -> None:
        self._source = source
        self._store = store
        self._vault = vault
        self._view = view
        self._options = options
        self._server_clock = server_clock

    async def sign_in(self, runtime: Runtime, tokens: Tokens, user: Any) -> None:
        """Begin a session; what was there before is over. The store is written first.

        Who is cancelled before the store is being written has changed nothing; after that the sign-in takes effect all the same:
        memory is never left behind the store.

        Raises:
            StoreError: The store cannot be written; nothing has changed.
            UsageError: The access token cannot be sent.
        """
        check_header("Authorization", tokens.header)
        stored = new_session(tokens, user, runtime.wall(), self._server_clock.ahead)
        entry = _Entry(self._store, self._vault, stored, held_maker(self._options, runtime, stored))
        try:
            await runtime.blocking(entry.write)
        except BaseException:
            entry.leave()
            raise
        entry.take_effect()

    async def sign_out(self, runtime: Runtime, calls: NestedCalls | None) -> None:
        """End the session: first in memory, so that no call uses its tokens any more, then in the store, then at the server.

        Where nobody is signed in, it tries again to delete what the store could not let go of.

        Args:
            runtime: The caller's world.
            calls: Through which the server is told, or None.

        Raises:
            StoreError: The store cannot be written; memory is signed out and the server told all the same.
        """
        held = self._vault.sign_out()
        session = self._vault.undeleted if held is None else held.stored.session
        if session is None:
            return
        gone, failure = None if held is None else held.stored, None
        try:
            gone = await runtime.blocking(lambda: delete(self._store, None if session == WHICHEVER else session)) or gone
            self._vault.deleted(session)
        except StoreError as error:
            failure = error
        if gone is not None:
            await self._revoke(gone, calls)
        if failure is not None:
            raise failure

    async def _revoke(self, stored: StoredSession, calls: NestedCalls | None) -> None:
        if calls is None:
            _log.warning(UNTOLD)
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
        await self._view.try_look(runtime)
        latest = self._vault.held
        if latest is None or latest.generation != held.generation:
            return False
        return await self.end(runtime, held.epoch, latest.stored, reason)

    async def end(self, runtime: Runtime, epoch: int, stored: StoredSession | None, reason: EndReason) -> bool:
        """End a session here and in the store; True for the one who did it.

        Args:
            runtime: The caller's world.
            epoch: Of the session; one that is over was ended by somebody else.
            stored: Its tokens; newer ones, which another process has written, stay.
            reason: Why.
        """
        if not self._vault.end(epoch, reason):
            return False
        if stored is not None:
            try:
                await runtime.blocking(lambda: self._store.swap(stored.revision, None))
                self._vault.deleted(stored.session)
            except StoreError as error:
                _log.warning("the session is over, and still in the store, where sign_out() tries again: %s", error)
        return True


class _Entry:
    """A sign-in on its way from the thread that writes the store to memory.

    Args:
        store: Written first.
        vault: Learns of it after.
        stored: The new session.
        make: Makes tokens of it.
    """

    def __init__(self, store: TokenStore, vault: Vault, stored: StoredSession, make: MakeHeld) -> None:
        self._store = store
        self._vault = vault
        self._stored = stored
        self._make = make
        self._epoch = vault.epoch
        self._mutex = mutex()
        self._written = self._left = False

    def write(self) -> None:
        """Write the store; where nobody waits for it any more, take effect as well."""
        overwrite(self._store, self._stored)
        with self._mutex:
            self._written, is_left = True, self._left
        if is_left:
            self.take_effect()

    def leave(self) -> None:
        """Wait for it no more; what is written takes effect."""
        with self._mutex:
            self._left, is_written = True, self._written
        if is_written:
            self.take_effect()

    def take_effect(self) -> None:
        """Have memory follow; another sign-in since it began may have written to the store after this one."""
        overlapped = self._vault.epoch != self._epoch
        self._vault.sign_in(self._make)
        if overlapped:
            self._vault.doubt()
