"""The client for asyncio."""

import os
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, cast, overload

from typing_extensions import TypeForm, Unpack

from seawall.chain import Transport
from seawall.chain.runtimes import SYSTEM_CLOCK, AsyncioRuntime
from seawall.model import Request, Response, UsageError
from seawall.transport import network_transport

from ._client_options import ClientOptions, CopyOptions
from ._configuration import PREFIX, options_from_environment, options_from_mapping
from ._core import Core, changed_settings
from ._download import download
from ._options import CallOptions
from ._paginate import ByLink, Pages, Paging
from ._pipeline import Pipeline
from ._settings import make_settings
from ._worlds import check_world

__all__ = ["AsyncClient"]

T = TypeVar("T")


class AsyncClient:
    """One configured client for an API, for asyncio. Safe over event loops, threads and after `fork()`; make one and keep it.

    Args:
        base_url: What relative URLs are put behind.
        options: See `ClientOptions`.

    Raises:
        UsageError: An option is wrong; the message names it.
    """

    def __init__(self, base_url: str = "", **options: Unpack[ClientOptions]) -> None:
        settings = make_settings(base_url, **options)
        self._given: dict[str, Any] = {"base_url": base_url, **options}
        self._closed = False
        transport: Transport = settings.transport or network_transport(is_blocking=False, **settings.network.given())
        check_world(transport, is_blocking=False)
        self._core = Core(settings, AsyncioRuntime(options.get("clock") or SYSTEM_CLOCK), transport)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, *, prefix: str = PREFIX, **options: Unpack[CopyOptions]) -> Self:
        """Build a client from environment variables.

        They are, each behind the prefix: APP_NAME, APP_PLATFORM and APP_VERSION; BASE_URL; LANGUAGE; TIMEOUT, CONNECT_TIMEOUT and
        READ_TIMEOUT in seconds; RETRY (a switch, or the number of attempts) or RETRY_ATTEMPTS, and RETRY_BACKOFF in seconds;
        MAX_BODY in bytes; MAX_CONNECTIONS; COOKIES, HTTP2, REDIRECTS and TRUST_ENV, which are switches: on or off; PROXY; CERT;
        VERIFY, a switch or a CA file. An empty variable is as good as none; the word `none` takes a limit away.

        Args:
            environ: By default the process's own.
            prefix: What the variables begin with.
            options: Win over the variables.

        Raises:
            UsageError: A variable is unknown or its value wrong; the message names it.
        """
        merged: dict[str, Any] = {**options_from_environment(environ, prefix), **options}
        return cls(**merged)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any], **options: Unpack[CopyOptions]) -> Self:
        """Build a client from a mapping, for example a table of a TOML file; `options` win over it."""
        merged: dict[str, Any] = {**options_from_mapping(mapping), **options}
        return cls(**merged)

    def with_options(self, **changes: Unpack[CopyOptions]) -> Self:
        """Return a client that shares connections, retry budgets and cookies with this one and differs in some options.

        Cookies are not shared when `cookies` is among the changes: give `cookies=True` to a copy with other credentials.
        Closing the copy leaves the connections to the client that was built with them.
        """
        options = changed_settings(self._given, changes, self._core.settings)
        settings = make_settings(**options)
        copy = self.__class__.__new__(self.__class__)
        copy._given, copy._closed = options, False
        copy._core = Core(settings, self._core.runtime, self._core.transport, self._core)
        return copy

    def __reduce__(self) -> Any:
        return self._core.__reduce__()

    @property
    def pipeline(self) -> Pipeline:
        """The chain as it is, stage by stage."""
        return self._core.pipeline

    def _live(self) -> Core:
        if self._closed:
            raise UsageError("this client is closed")
        return self._core

    async def send(self, request: Request, **options: Unpack[CallOptions]) -> Response:
        """Send a request made by hand, or one from an earlier call, as a new call."""
        core = self._live()
        return await core.send(core.preparer.adopt(request, options))

    async def run(self, work: Callable[..., Coroutine[Any, Any, T]], *args: Any, **options: Any) -> T:
        """Run an `async def` that makes calls of its own: see `Client.run`."""
        coroutine, args = work(self._live().calls, *args, **options), ()  # see Core.call
        options.clear()
        return await coroutine

    @overload
    async def request(
        self, method: str, url: str, *, response_model: None = None, **options: Unpack[CallOptions]
    ) -> Response: ...
    @overload
    async def request(self, method: str, url: str, *, response_model: TypeForm[T], **options: Unpack[CallOptions]) -> T: ...
    async def request(self, method: str, url: str, *, response_model: Any = None, **options: Unpack[CallOptions]) -> Any:
        """Make a call.

        Args:
            method: HTTP method.
            url: A path below the base URL, with `{name}` places for `path_params`, or an absolute URL.
            response_model: The type to decode the body into; then the value is returned instead of the response.
            options: See `CallOptions`.

        Raises:
            ApiProblem: The network or the server failed.
            UsageError: An option is wrong; the message names it.
        """
        call, url = self._live().call(method, url, options, response_model), ""  # see Core.call
        return await call

    @overload
    async def get(self, url: str, *, response_model: None = None, **options: Unpack[CallOptions]) -> Response: ...
    @overload
    async def get(self, url: str, *, response_model: TypeForm[T], **options: Unpack[CallOptions]) -> T: ...
    async def get(self, url: str, *, response_model: Any = None, **options: Unpack[CallOptions]) -> Any:
        """Read a resource. See `request`."""
        call, url = self._live().call("GET", url, options, response_model), ""  # see Core.call
        return await call

    @overload
    async def post(self, url: str, *, response_model: None = None, **options: Unpack[CallOptions]) -> Response: ...
    @overload
    async def post(self, url: str, *, response_model: TypeForm[T], **options: Unpack[CallOptions]) -> T: ...
    async def post(self, url: str, *, response_model: Any = None, **options: Unpack[CallOptions]) -> Any:
        """Create something, or start an action. See `request`."""
        call, url = self._live().call("POST", url, options, response_model), ""  # see Core.call
        return await call

    @overload
    async def put(self, url: str, *, response_model: None = None, **options: Unpack[CallOptions]) -> Response: ...
    @overload
    async def put(self, url: str, *, response_model: TypeForm[T], **options: Unpack[CallOptions]) -> T: ...
    async def put(self, url: str, *, response_model: Any = None, **options: Unpack[CallOptions]) -> Any:
        """Put a resource in place of what is there. See `request`."""
        call, url = self._live().call("PUT", url, options, response_model), ""  # see Core.call
        return await call

    @overload
    async def patch(self, url: str, *, response_model: None = None, **options: Unpack[CallOptions]) -> Response: ...
    @overload
    async def patch(self, url: str, *, response_model: TypeForm[T], **options: Unpack[CallOptions]) -> T: ...
    async def patch(self, url: str, *, response_model: Any = None, **options: Unpack[CallOptions]) -> Any:
        """Change part of a resource. See `request`."""
        call, url = self._live().call("PATCH", url, options, response_model), ""  # see Core.call
        return await call

    @overload
    async def delete(self, url: str, *, response_model: None = None, **options: Unpack[CallOptions]) -> Response: ...
    @overload
    async def delete(self, url: str, *, response_model: TypeForm[T], **options: Unpack[CallOptions]) -> T: ...
    async def delete(self, url: str, *, response_model: Any = None, **options: Unpack[CallOptions]) -> Any:
        """Remove a resource. See `request`."""
        call, url = self._live().call("DELETE", url, options, response_model), ""  # see Core.call
        return await call

    @overload
    async def head(self, url: str, *, response_model: None = None, **options: Unpack[CallOptions]) -> Response: ...
    @overload
    async def head(self, url: str, *, response_model: TypeForm[T], **options: Unpack[CallOptions]) -> T: ...
    async def head(self, url: str, *, response_model: Any = None, **options: Unpack[CallOptions]) -> Any:
        """Ask for the head only. See `request`."""
        call, url = self._live().call("HEAD", url, options, response_model), ""  # see Core.call
        return await call

    @overload
    async def query(self, url: str, *, response_model: None = None, **options: Unpack[CallOptions]) -> Response: ...
    @overload
    async def query(self, url: str, *, response_model: TypeForm[T], **options: Unpack[CallOptions]) -> T: ...
    async def query(self, url: str, *, response_model: Any = None, **options: Unpack[CallOptions]) -> Any:
        """Ask with a body: safe and repeatable like GET (the HTTP QUERY method). See `request`."""
        call, url = self._live().call("QUERY", url, options, response_model), ""  # see Core.call
        return await call

    @overload
    async def options(self, url: str, *, response_model: None = None, **options: Unpack[CallOptions]) -> Response: ...
    @overload
    async def options(self, url: str, *, response_model: TypeForm[T], **options: Unpack[CallOptions]) -> T: ...
    async def options(self, url: str, *, response_model: Any = None, **options: Unpack[CallOptions]) -> Any:
        """Ask what is possible. See `request`."""
        call, url = self._live().call("OPTIONS", url, options, response_model), ""  # see Core.call
        return await call

    @asynccontextmanager
    async def stream(self, method: str, url: str, **options: Unpack[CallOptions]) -> AsyncIterator[Response]:
        """Make a call whose body you read yourself inside the `async with` block: `aiter_bytes`, `aiter_lines`,
        `aiter_events`, `aread`.

        The default deadline ends at the head of the response, the read clock goes on; a deadline given for this call, or an
        ambient one, covers the body too. Leaving the block frees the connection.
        """
        call, url = self._live().open(method, url, options), ""  # see Core.call
        async with await call as response:
            yield response

    async def download(
        self, url: str, *, to: str | os.PathLike[str], resume: bool = True, **options: Unpack[CallOptions]
    ) -> Path:
        """Write a response body to a file, which appears under its name only when it is whole.

        Args:
            url: See `request`.
            to: Where the file goes; `NAME.part` beside it holds what came so far.
            resume: Go on where an interrupted download ended, by Range and If-Range, if the server can.
            options: See `CallOptions`; `on_download` reports progress, and there is neither `accept_status` nor
                `raise_for_status`.

        Returns:
            The path `to`.

        Raises:
            ApiProblem: The call failed, or its answer is no file: only 200, 203 and 206 bring one.
            UsageError: `to` is a folder or in none, or an option is wrong; the message names it.
        """
        call, url = download(self._live(), url, to, cast("dict[str, Any]", options), resume=resume), ""  # see Core.call
        return await call

    @overload
    def paginate(
        self, url: str, *, item_model: None = None, by: Paging | None = None, **options: Unpack[CallOptions]
    ) -> AsyncIterator[Any]: ...
    @overload
    def paginate(
        self, url: str, *, item_model: TypeForm[T], by: Paging | None = None, **options: Unpack[CallOptions]
    ) -> AsyncIterator[T]: ...
    def paginate(
        self, url: str, *, item_model: Any = None, by: Paging | None = None, **options: Unpack[CallOptions]
    ) -> AsyncIterator[Any]:
        """Iterate over the items of all pages of a list.

        Args:
            url: The first page.
            item_model: The type of one item; by default whatever its JSON is.
            by: How pages follow each other: `ByLink()` (the Link header, the default), `ByCursor(...)`, `ByPage(...)`.
            options: See `CallOptions`; for every page.
        """
        return Pages(self._live(), None, url, item_model, ByLink() if by is None else by, options)

    async def aclose(self) -> None:
        """Close this client, and its transport with all connections, also one given as `transport=`.

        A copy made by `with_options` closes itself alone. Copies that outlive their original open new connections when they
        need them.
        """
        if not self._closed and self._core.original is None:
            await self._core.transport.aclose()
        self._closed = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._core.settings.base_url or 'without base_url'}>"
