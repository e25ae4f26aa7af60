"""What Client and AsyncClient share: everything but the words `async` and `await` on their faces."""

import os
import weakref
from collections.abc import Mapping
from typing import Any, NoReturn, cast

from seawall.chain import Next, Transport
from seawall.model import Call, Completion, Request, Response, Runtime, StopReason, UsageError
from seawall.policies import Budgets, JsonDecoder
from seawall.problems import ApiProblem

from ._context import NESTED
from ._nested import ClientCalls
from ._pipeline import Pipeline, build_pipeline
from ._prepare import Preparer
from ._settings import NetworkOptions, Settings

__all__ = ["Core"]

MAX_DEPTH = 8  # nested calls go through the user's interceptors too, and one that always nests would never end


class Core:
    """The working part of a client.

    Args:
        settings: Its options.
        runtime: Its world.
        transport: What sends; shared by copies.
        original: The core that this one is a copy of; it lives on with the copy, because its end closes the transport.
    """

    def __init__(self, settings: Settings, runtime: Runtime, transport: Transport, original: "Core | None" = None) -> None:
        self.settings = settings
        self.runtime = runtime
        self.transport = transport
        self.original = original
        self.budgets: Budgets = Budgets(runtime.mutex) if original is None else original.budgets
        self.pipeline: Pipeline
        self._entry: Next
        decoder = JsonDecoder()
        self.pipeline, self._entry = build_pipeline(settings, transport, self.budgets, decoder, blocking=runtime.is_blocking)
        self.calls = ClientCalls(self.call, runtime)
        bind = getattr(settings.auth, "bind", None)
        if bind is not None:
            bind(self.calls, is_blocking=runtime.is_blocking)
        self.preparer = Preparer(settings, runtime, self._send_nested, decoder.prepare, self.calls)
        _cores.add(self)

    async def call(self, method: str, url: str, given: Mapping[str, Any], response_model: Any = None) -> Any:
        """Make one buffered call and return its response, or the decoded value when a type was asked for.

        It takes the options away from its caller: what was typed as plain text must not stay in our frames, whose locals crash
        reports show.
        """
        try:
            request = self.preparer.prepare(method, url, given, response_model)
        except UsageError as error:
            raise _without_frames(error) from None
        finally:
            url = ""
            cast("dict[str, Any]", given).clear()
        response = await self.send(request)
        return response if response_model is None else response.value

    def prepare_stream(self, method: str, url: str, given: Mapping[str, Any]) -> Request:
        """Make the request of a call whose body the caller reads; like `call`, it takes the options away from its caller."""
        try:
            return self.preparer.prepare(method, url, given, stream=True)
        except UsageError as error:
            raise _without_frames(error) from None
        finally:
            url = ""
            cast("dict[str, Any]", given).clear()

    async def open(self, method: str, url: str, given: Mapping[str, Any]) -> Response:
        """Make a call whose body the caller reads."""
        try:
            request = self.prepare_stream(method, url, given)
        finally:
            url = ""
        return await self.send(request)

    async def send(self, request: Request) -> Response:
        """The client's door: run a prepared request through the chain, raise what went wrong.

        Raises:
            ApiProblem: The call failed.
        """
        nested = NESTED.set(request.call)
        try:
            response = await self._entry(request)
        except ApiProblem as problem:
            _settle(problem, request.call)
            raise
        finally:
            NESTED.reset(nested)
            request.call.ended = True
        if response.is_streamed:
            response.on_completion(lambda completion: _settle_stream(completion, request.call))
        if response.problem is not None:
            assert isinstance(response.problem, ApiProblem)
            _settle(response.problem, request.call)
            if request.call.options.raise_for_status:
                raise response.problem
        return response

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client cannot be pickled; build one in each process")

    async def _send_nested(self, outer: Call, request: Request) -> Response:
        """What `call.send` does: a call of its own within the time of the outer one, with its own retries."""
        inner = self.preparer.adopt(request, {"auth": None}, stream=False)
        inner.call.nested, inner.call.depth = False, outer.depth + 1
        if inner.call.depth > MAX_DEPTH:
            raise UsageError("call.send: an interceptor sends for its own nested calls too, without end; look at call.depth")
        if outer.deadline is not None:
            inner.call.deadline = min(outer.deadline, inner.call.deadline or outer.deadline)
        inner.call.cancel = inner.call.clocks.cancel = outer.cancel
        return await self.send(inner)


def _without_frames(error: UsageError) -> UsageError:
    """Drop the frames below ours, which hold what the user typed, with those of what the error was made from."""
    error.__context__ = None
    return error.with_traceback(None)


def _settle(problem: ApiProblem, call: Call) -> None:
    stopped: StopReason | None = call.attempts[-1].stopped if call.attempts else None
    problem.settle(call.attempts, stopped)


def _settle_stream(completion: Completion, call: Call) -> None:
    if isinstance(completion.error, ApiProblem):
        _settle(completion.error, call)


def changed_settings(options: Mapping[str, Any], changes: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """Merge the options that a client was built with, its cookies, and the changes for its copy.

    Raises:
        UsageError: A change would need another transport.
    """
    fixed = changes.keys() & {"transport", "clock", *NetworkOptions.__struct_fields__}
    if fixed:
        raise UsageError(f"{min(fixed)}: with_options shares the connections; build another client to change it")
    jar = {} if settings.cookies is None else {"cookies": settings.cookies}
    return {**options, **jar, **changes}


_cores: "weakref.WeakSet[Core]" = weakref.WeakSet()


def _after_fork() -> None:
    for core in list(_cores):
        core.budgets.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
