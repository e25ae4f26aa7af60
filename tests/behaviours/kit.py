"""What the behaviour tests share: scripts of answers, and transports that note what they were asked."""

from collections.abc import Callable
from typing import Any

import seawall
from seawall import MockTransport, Request, Response, Sent
from seawall.model import Clocks, reveal

URL = "https://api.acme.example"
Answer = int | Response | Callable[[Request], Any]


def fail(kind: type[seawall.ApiProblem], sent: Sent = Sent.MAYBE) -> Callable[[Request], Any]:
    """An answer that is a failure; a new problem each time, as transports make them."""

    def raising(request: Request) -> Response:
        raise kind(sent=sent, method=request.method, url=request.redacted_url)

    return raising


def reply(status: int = 200, content: bytes = b"", **headers: str) -> Response:
    """A response; underscores in the names of header fields stand for dashes."""
    return Response(status, headers=[(name.replace("_", "-"), value) for name, value in headers.items()], content=content)


class Script(MockTransport):
    """Gives each sending the next answer, whatever it asks for; the last one goes on for ever."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__(self._answer)
        self._answers = answers

    def _answer(self, request: Request) -> Any:
        answer = self._answers[min(len(self.calls), len(self._answers)) - 1]
        if isinstance(answer, int):
            return Response(answer)
        return answer if isinstance(answer, Response) else answer(request)

    def seen(self, header: str) -> list[str | None]:
        """The values of a header field, sending by sending; None where it was missing."""
        values = [call.request.headers.get(header) for call in self.calls]
        return [None if value is None else reveal(value) for value in values]


class Unplugged(Script):
    """Fails the first sendings before a byte of their bodies is read, and then answers."""

    def __init__(self, failures: int, *answers: Answer, kind: type[seawall.ApiProblem] = seawall.ConnectProblem) -> None:
        super().__init__(*answers)
        self.failures = failures
        self.refused = 0
        self._kind = kind

    async def send(self, request: Request, clocks: Clocks) -> Response:
        if self.refused < self.failures:
            self.refused += 1
            raise self._kind(sent=Sent.NO, method=request.method, url=request.redacted_url)
        return await super().send(request, clocks)


async def outcome(call: Any) -> Any:
    """What an awaitable gives: its result, or the problem that it raises."""
    try:
        return await call
    except seawall.ApiProblem as problem:
        return problem
