"""Walking over lists that come in pages, in both worlds."""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Generic, Protocol, Self, TypedDict, TypeVar
from urllib.parse import urljoin

import msgspec

from seawall.model import Params, Response, Sent, UsageError, pairs_of, split_url
from seawall.problems import RedirectProblem

from ._core import Core

__all__ = ["ByCursor", "ByLink", "ByPage", "Pages", "Paging"]

T = TypeVar("T")
MAX_PAGES = 100_000  # a server whose last page names a next one would keep a program busy for ever


class Paging(Protocol):
    """How one page leads to the next."""

    @property
    def items(self) -> str | None:
        """The member that holds the list; None when the body is the list."""
        ...

    def first(self, params: dict[str, Any]) -> dict[str, Any]:
        """Return the query parameters of the first page."""
        ...

    def following(self, response: Response, body: Any, params: dict[str, Any], count: int) -> "str | dict[str, Any] | None":
        """Return where the next page is: a URL, also relative to the page's, query parameters for the same URL, or None after
        the last.

        Args:
            response: The page.
            body: Its JSON.
            params: The query parameters it was asked with.
            count: How many items it held.
        """
        ...


class ByLink(msgspec.Struct, frozen=True, kw_only=True):
    """The Link header with `rel="next"` (RFC 8288).

    Attributes:
        items: The member that holds the list; None when the body is the list.
    """

    items: str | None = None

    def first(self, params: dict[str, Any]) -> dict[str, Any]:
        """See `Paging.first`."""
        return params

    def following(self, response: Response, body: Any, params: dict[str, Any], count: int) -> str | None:
        """See `Paging.following`."""
        link = response.links.get("next")
        return None if link is None else link.url


class ByCursor(msgspec.Struct, frozen=True, kw_only=True):
    """A cursor in the body that goes back as a query parameter.

    Attributes:
        items: The member that holds the list.
        cursor: The member that holds the cursor; absent, null or empty on the last page.
        param: The query parameter that carries it.
    """

    items: str | None = "items"
    cursor: str = "next_cursor"
    param: str = "cursor"

    def first(self, params: dict[str, Any]) -> dict[str, Any]:
        """See `Paging.first`."""
        return params

    def following(self, response: Response, body: Any, params: dict[str, Any], count: int) -> dict[str, Any] | None:
        """See `Paging.following`."""
        cursor = body.get(self.cursor) if isinstance(body, dict) else None
        return {**params, self.param: cursor} if isinstance(cursor, str | int) and cursor != "" else None


class ByPage(msgspec.Struct, frozen=True, kw_only=True):
    """Numbered pages; the first empty one is behind the last.

    Attributes:
        items: The member that holds the list; None when the body is the list.
        param: The query parameter with the number.
        start: Number of the first page.
    """

    items: str | None = None
    param: str = "page"
    start: int = 1

    def first(self, params: dict[str, Any]) -> dict[str, Any]:
        """See `Paging.first`."""
        return {self.param: self.start, **params}

    def following(self, response: Response, body: Any, params: dict[str, Any], count: int) -> dict[str, Any] | None:
        """See `Paging.following`."""
        return {**params, self.param: int(params[self.param]) + 1} if count else None


class Pages(Generic[T]):
    """The items of all pages, as an iterator (Client) and as an async iterator (AsyncClient)."""

    def __init__(
        self, core: Core, run: Callable[..., Any] | None, url: str, item_model: Any, by: Paging, options: Mapping[str, Any]
    ) -> None:
        if not callable(getattr(by, "following", None)):
            raise UsageError(f"by: give ByLink(), ByCursor(), ByPage() or a Paging of your own, not {type(by).__name__}")
        self._core = core
        self._run = run
        listed: Any = list.__class_getitem__(Any if item_model is None else item_model)
        self._page_model: Any = listed if by.items is None else TypedDict("Page", {by.items: listed})  # type: ignore[operator]
        self._by = by
        self._options = {**options, "raise_for_status": True}
        self._params: dict[str, Any] = by.first(_gather(self._options.pop("params", None) or {}))
        self._url: str | None = url
        self._ready: deque[T] = deque()
        self._seen: set[tuple[str, str]] = set()

    async def _advance(self) -> bool:
        while not self._ready and self._url is not None:
            await self._take_page(self._url)
        return bool(self._ready)

    async def _take_page(self, url: str) -> None:
        response: Response = await self._core.call("GET", url, {**self._options, "params": self._params})
        body = response.json()
        items = self._items(response)
        self._ready.extend(items)
        self._go_on(response, url, self._by.following(response, body, self._params, len(items)))

    def _items(self, response: Response) -> list[T]:
        """Decode the items; errors name the place as seen from the whole page."""
        page = response.json(self._page_model)
        items: list[T] = page if self._by.items is None else page[self._by.items]
        return items

    def _go_on(self, response: Response, url: str, following: "str | dict[str, Any] | None") -> None:
        self._url = None  # until the next page has passed all checks
        self._seen.add((response.url, repr([])))
        if following is None:
            return
        if isinstance(following, str):
            self._options.pop("path_params", None)
            self._params = {}
            url = _resolve(response, following)
        else:
            self._params = following
        place = (url, repr(sorted(self._params.items())))
        if place in self._seen or len(self._seen) >= MAX_PAGES:
            raise _refusal(response, "the pages go round in a circle")
        self._seen.add(place)
        self._url = url

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        if self._run is None:
            raise UsageError("paginate of AsyncClient is iterated with `async for`")
        if not self._ready and not self._run(self._advance()):
            raise StopIteration
        return self._ready.popleft()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        if not await self._advance():
            raise StopAsyncIteration
        return self._ready.popleft()


def _gather(params: Params) -> dict[str, Any]:
    """Query parameters by name; a name that comes many times has a list."""
    gathered: dict[str, Any] = {}
    for name, value in pairs_of(params):
        gathered[name] = [*_listed(gathered[name]), *_listed(value)] if name in gathered else value
    return gathered


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _resolve(response: Response, link: str) -> str:
    """Return the address of a link, whose braces are no places for `path_params`."""
    try:
        url = urljoin(response.url, link).replace("{", "%7B").replace("}", "%7D")
        origin = split_url(url)[0]
    except (ValueError, UsageError):
        url, origin = "", None
    if origin is None:
        raise _refusal(response, "the address of the next page is no http or https URL")
    if origin != response.request.origin:
        raise _refusal(response, "the next page is at another origin")
    return url


def _refusal(response: Response, reason: str) -> RedirectProblem:
    request = response.request
    problem = RedirectProblem(
        status=response.status, detail=reason, sent=Sent.YES, method=request.method, url=request.redacted_url, response=response
    )
    problem.settle(response.attempts, None)
    return problem
