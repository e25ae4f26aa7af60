"""The check of HTTP: what the server answers, and where it sends callers."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

import msgspec

from seawall import ApiProblem, Client, RedirectProblem, Response, Timeout, TlsProblem
from seawall.model import Event, RedirectFollowed, redact_url

from .._terminal import one_line
from ._finding import Finding, Level, Stopwatch
from ._handshake import lenient_context

__all__ = ["Http", "check_http"]

_NO_HEAD = frozenset({400, 403, 404, 405, 501})  # servers that do not know HEAD say one of these


class Http(msgspec.Struct, frozen=True):
    """What came of HTTP.

    Attributes:
        finding: The finding.
        answered: When the answer came, by this machine's clock; None where none did.
        date: The Date header of the answer, None without one.
        age: The Age header: how many seconds a cache has held the answer.
    """

    finding: Finding
    answered: datetime | None = None
    date: str | None = None
    age: str | None = None


def check_http(url: str, context: ssl.SSLContext | None, timeout: float) -> Http:
    """Ask for a URL, and read the head of the answer only.

    Args:
        url: What to ask for.
        context: What to trust; None asks without verifying, and then follows no redirect.
        timeout: Seconds for all.
    """
    hops: list[RedirectFollowed] = []

    def listen(event: Event) -> None:
        if isinstance(event, RedirectFollowed):
            hops.append(event)

    clocks = Timeout(timeout, connect=timeout, read=timeout)
    watch = Stopwatch()
    verify = lenient_context() if context is None else context
    client = partial(Client, verify=verify, timeout=clocks, retry=False, listeners=[listen], raise_for_status=False)
    try:
        method, answer = _ask(client, url, hops, follow=context is not None)
    except ApiProblem as problem:
        return Http(_failed(problem, hops, watch))
    answered = datetime.now(UTC)
    finding = _answered(url, method, answer, hops, watch, verified=context is not None)
    return Http(finding, answered, answer.headers.get("date"), answer.headers.get("age"))


def _ask(
    client: Callable[[], Client], url: str, hops: list[RedirectFollowed], *, follow: bool
) -> tuple[Literal["HEAD", "GET"], Response]:
    """Ask by HEAD, then by GET where need be: on a new connection, for servers end old ones without a word."""
    with client() as asking, asking.stream("HEAD", url, follow_redirects=follow) as answer:
        pass
    if answer.status not in _NO_HEAD:
        return "HEAD", answer
    hops.clear()
    with client() as asking, asking.stream("GET", url, follow_redirects=follow) as answer:
        pass
    return "GET", answer


def _answered(
    url: str, method: str, answer: Response, hops: list[RedirectFollowed], watch: Stopwatch, *, verified: bool
) -> Finding:
    level, remedy = _judged(url, answer)
    facts: dict[str, Any] = {
        "method": method,
        "status": answer.status,
        "http_version": answer.http_version,
        "redirects": _redirects(hops),
        "server": answer.headers.get("server"),
    }
    parts = [f"{method} {answer.status} {answer.reason}".rstrip(), f"by {answer.http_version}"]
    parts += [f"after {hop.status} to {one_line(hop.location)}" for hop in hops]
    if not verified:
        parts.append("asked without verifying the certificate")
    return Finding(check="http", level=level, message=", ".join(parts), remedy=remedy, seconds=watch.seconds, facts=facts)


def _judged(url: str, answer: Response) -> tuple[Level, str]:
    status, shown = answer.status, f"{answer.status} {answer.reason}".rstrip()
    where = redact_url(url)
    if status in (404, 410):
        return "warn", f"The server is well, but has nothing at {where}: correct the path."
    if status in (401, 403, 407) or status < 400:
        return "ok", ""
    if status >= 500:
        return "fail", f"The server answers {where} with {shown}: the fault is on its side; look at its logs, or wait."
    return "warn", f"The server answers {where} with {shown}: look at what it expects there."


def _failed(problem: ApiProblem, hops: list[RedirectFollowed], watch: Stopwatch) -> Finding:
    name = type(problem).__name__
    words = ", ".join(one_line(part) for part in (problem.title, problem.detail, _cause(problem)) if part)
    facts = {"problem": name, "title": problem.title, "cause": _cause(problem), "redirects": _redirects(hops)}
    return Finding(
        check="http",
        level="fail",
        message=f"{name}: {words}",
        remedy=_remedy(problem, hops, words),
        seconds=watch.seconds,
        facts=facts,
    )


def _remedy(problem: ApiProblem, hops: list[RedirectFollowed], words: str) -> str:
    if hops:
        where = one_line(hops[-1].location)
        return f"The server sends callers to {where}, and that gives no usable answer ({words}): look at it with seawall doctor."
    if isinstance(problem, RedirectProblem):
        return f"The server answers with a redirect that no client should follow ({words}): its operator must correct it."
    if isinstance(problem, TlsProblem):  # the handshake was fine: with TLS 1.3 the server looks at the client after it
        return (
            "The server ends the secure connection as soon as it is used: most likely it wants a certificate of the client "
            "(seawall.Client(cert=...), seawall call --cert)."
        )
    return f"The server accepts connections, but gives no usable answer ({words}): look at its logs; does it speak HTTP?"


def _redirects(hops: list[RedirectFollowed]) -> list[dict[str, object]]:
    return [{"status": hop.status, "to": hop.location} for hop in hops]


def _cause(problem: ApiProblem) -> str:
    return "" if problem.__cause__ is None else str(problem.__cause__)
