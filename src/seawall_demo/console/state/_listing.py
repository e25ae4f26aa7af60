"""A list on a screen: being loaded, there, or not to be had."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from ..repositories import FAILURES, Failure
from ._store import Store

T = TypeVar("T")


@dataclass(frozen=True)
class Loading(Generic[T]):
    """The list is on its way; meanwhile the last one may be shown."""

    items: Sequence[T] = ()


@dataclass(frozen=True)
class Ready(Generic[T]):
    """The list is there."""

    items: Sequence[T]


@dataclass(frozen=True)
class Failed(Generic[T]):
    """The list could not be had. The last one stays; `error.user_message()` tells people why there is no newer one."""

    items: Sequence[T]
    error: Failure


Listing: TypeAlias = Loading[T] | Ready[T] | Failed[T]


class ListingStore(Store[Listing[T]], Generic[T]):
    """A list that can be loaded, as often as one likes; what was asked for last is what is shown in the end.

    Args:
        fetch: brings the list.
    """

    def __init__(self, fetch: Callable[[], Awaitable[list[T]]]) -> None:
        super().__init__(Loading())
        self._fetch = fetch
        self._loads = 0

    async def load(self) -> None:
        """Bring the list; a failure becomes the store's value, and is not raised."""
        self._loads += 1
        number, items = self._loads, self.value.items
        self._become(Loading(items))
        outcome: Listing[T]
        try:
            outcome = Ready(await self._fetch())
        except FAILURES as error:
            outcome = Failed(items, error)
        if number == self._loads:
            self._become(outcome)
