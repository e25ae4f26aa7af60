"""From live requests and responses to what stands in a recording: whatever is secret is gone on the way."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

from seawall.model import REDACTED, Headers, Request, reveal
from seawall.problems import ApiProblem

from ._recording_body import RecordedBody
from ._recording_content import ContentRedactor, split_url_text
from ._recording_file import USUAL_VERSION, Exchange, RecordedProblem, RecordedRequest, RecordedResponse, split_fields
from ._recording_secrets import Hidden, Secrets

__all__ = ["Redactor"]

M = TypeVar("M", RecordedRequest, RecordedResponse)


class Redactor:
    """Makes recorded requests, responses and problems of live ones.

    Args:
        redact: What is secret besides what its name says: names, patterns, values.
        keep: Names that are not secret here, and header fields that are left out otherwise.

    Raises:
        UsageError: One of them is of another type.
    """

    def __init__(self, redact: Iterable[Hidden] = (), keep: Iterable[str] = ()) -> None:
        self._secrets = Secrets(redact, keep)
        self._asked = ContentRedactor(self._secrets, asked=True)
        self._answered = ContentRedactor(self._secrets, asked=False)

    def request(self, request: Request, content: bytes, *, cut: bool = False) -> RecordedRequest:
        """Describe a request.

        Args:
            request: What was sent.
            content: What was read of its body.
            cut: Whether there was more.
        """
        content_type = reveal(request.headers.get("content-type", ""))
        return RecordedRequest(
            method=request.method,
            url=self._asked.url(request.url, request.secret_names),
            headers=self._asked.fields(request.headers.items()),
            body=self._asked.body(content, content_type, cut=cut, everything=request.body.secret),
        )

    def response(
        self, status: int, http_version: str, headers: Headers[str], content: bytes, *, cut: bool = False
    ) -> RecordedResponse:
        """Describe a response whose body is unpacked."""
        version = USUAL_VERSION if http_version == USUAL_VERSION else http_version  # left out only if it is the same object
        content_type: str = headers.get("content-type", "")
        body = self._answered.body(content, content_type, cut=cut)
        if body is not None and not cut:
            headers = headers.without("content-length")
        lines = self._answered.fields(headers.items())
        return RecordedResponse(status=status, http_version=version, headers=lines, body=body)

    def problem(self, problem: ApiProblem) -> RecordedProblem:
        """Describe what the transport raised."""
        recorded = RecordedProblem.of(problem)
        return msgspec.structs.replace(recorded, detail=self._answered.text(recorded.detail))

    def scrub(self, exchange: Exchange) -> Exchange:
        """Replace every value that was hidden anywhere, wherever else it occurs.

        The origin of a URL stays: nothing secret can be there, and without it the recording would lead nowhere.
        """
        scrub = self._secrets.scrub
        origin, target = split_url_text(exchange.request.url)
        request, response, problem = self._scrubbed(exchange.request), exchange.response, exchange.problem
        return Exchange(
            request=msgspec.structs.replace(request, url=origin + scrub(target)),
            response=None if response is None else self._scrubbed(response),
            problem=None if problem is None else msgspec.structs.replace(problem, detail=scrub(problem.detail)),
        )

    def _scrubbed(self, message: M) -> M:
        scrub, body = self._secrets.scrub, message.body
        lines = [f"{name}: {scrub(value)}" for name, value in split_fields(message.headers)]
        if body is not None and "json" in body.forms:
            body = msgspec.structs.replace(body, json=_each_text(body.json, scrub))
        elif body is not None and isinstance(body.text, str | list):
            body = RecordedBody.of_text(scrub("".join(body.text)), cut=body.cut)
        elif body is not None and body.forms:
            body = RecordedBody.of_bytes(self._secrets.scrub_bytes(body.content("")), cut=body.cut)
        return msgspec.structs.replace(message, headers=lines, body=body)


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {change(name): _each_text(member, change) for name, member in value.items()}
    if isinstance(value, list):
        return [_each_text(member, change) for member in value]
    if isinstance(value, str):
        return change(value)
    return REDACTED if isinstance(value, int) and change(str(value)) == REDACTED else value
