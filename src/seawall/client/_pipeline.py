"""The order of the chain, fixed and visible. What is not configured is not in it."""

from collections.abc import Sequence

import msgspec

from seawall.auth import AuthInterceptor
from seawall.chain import Interceptor, Next, Transport, accept_interceptor, interceptor_name, link
from seawall.model import split_url
from seawall.policies import (
    AppHeaders,
    AttemptClock,
    AttemptRecorder,
    BoundsInterceptor,
    Budgets,
    CookieInterceptor,
    Deadline,
    DecodeInterceptor,
    Emitter,
    IdempotencyInterceptor,
    JsonDecoder,
    LifecycleInterceptor,
    RedirectInterceptor,
    RetryInterceptor,
    StatusInterceptor,
)
from seawall.problems import Parser

from ._agent import USER_AGENT
from ._settings import Settings

__all__ = ["Pipeline", "build_pipeline"]


class Pipeline(msgspec.Struct, frozen=True):
    """The chain of a client by the names of its stages, outermost first; `str()` draws it.

    Attributes:
        call: Run once per call.
        attempt: Run once per attempt.
        transport: What sends.
    """

    call: tuple[str, ...]
    attempt: tuple[str, ...]
    transport: str

    def __str__(self) -> str:
        return f"call: {' -> '.join(self.call)}\nattempt: {' -> '.join(self.attempt)}\ntransport: {self.transport}"


def build_pipeline(
    settings: Settings, transport: Transport, budgets: Budgets, decoder: JsonDecoder, *, blocking: bool
) -> tuple[Pipeline, Next]:
    """Link a client's chain.

    Args:
        settings: The client's options.
        transport: What sends.
        budgets: Retry budgets, shared by a client and its copies.
        decoder: What responses are decoded with.
        blocking: Whether it is for Client.

    Returns:
        Its picture, and its entry.

    Raises:
        UsageError: An interceptor cannot be one.
    """
    call = _call_stages(settings, budgets, decoder, blocking)
    attempt = _attempt_stages(settings, blocking)
    pipeline = Pipeline(_names(call), _names(attempt), type(transport).__name__)
    return pipeline, link([*call, *attempt], _sender(transport))


def _names(stages: Sequence[Interceptor]) -> tuple[str, ...]:
    return tuple(interceptor_name(stage) for stage in stages)


def _call_stages(settings: Settings, budgets: Budgets, decoder: JsonDecoder, blocking: bool) -> list[Interceptor]:
    stages: list[Interceptor] = [Emitter()] if settings.listeners else []
    stages += [
        Deadline(),
        AppHeaders(settings.app, USER_AGENT, language=settings.language, usual=settings.headers),
        IdempotencyInterceptor(settings.idempotency, settings.base_url),
    ]
    stages += [accept_interceptor(given, blocking=blocking) for given in settings.interceptors]
    return [*stages, DecodeInterceptor(decoder), RetryInterceptor(settings.retry, budgets)]


def _attempt_stages(settings: Settings, blocking: bool) -> list[Interceptor]:
    stages: list[Interceptor] = [AttemptRecorder()]
    if settings.auth is not None:
        home = split_url(settings.base_url)[0] if settings.base_url else None
        stages.append(AuthInterceptor(settings.auth, home))
    stages += [AttemptClock(settings.timeout), StatusInterceptor(Parser(settings.dialects, settings.problem_types))]
    if settings.listeners:
        stages.append(LifecycleInterceptor())
    if settings.redirects is not None:
        stages.append(RedirectInterceptor(settings.redirects))
    stages += [accept_interceptor(given, blocking=blocking) for given in settings.attempt_interceptors]
    if settings.cookies is not None:
        stages.append(CookieInterceptor(settings.cookies))
    return [*stages, BoundsInterceptor(settings.bounds)]


def _sender(transport: Transport) -> Next:
    send = transport.send

    return lambda request: send(request, request.call.clocks)
