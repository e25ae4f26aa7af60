"""Making the call: once, into memory or into a file; or not at all, for `--as-curl`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import seawall
from seawall import ApiProblem, Client, DecodeProblem, Request, Response
from seawall.model import OnProgress

from ._answer import Answer
from ._plan import Plan

__all__ = ["curl_command", "fetch", "save"]


def fetch(client: Client, plan: Plan) -> Answer:
    """Make the call, read the whole answer and decode it if that was asked for.

    Raises:
        UsageError: The call cannot be made like this.
    """
    try:
        response = client.request(plan.method, plan.url, raise_for_status=False, **plan.options)
    except ApiProblem as problem:
        return Answer(response=problem.response, problem=problem)
    if isinstance(response.problem, ApiProblem):
        return Answer(response=response, problem=response.problem)
    return Answer(response=response) if plan.into is None else _decoded(response, plan.into)


def _decoded(response: Response, into: Any) -> Answer:
    try:
        return Answer(response=response, decoded=True, value=response.json(into))
    except DecodeProblem as problem:
        return Answer(response=response, problem=problem)


def save(client: Client, plan: Plan, path: Path, report: OnProgress | None) -> Answer:
    """Make the call and put the body into a file, which appears under its name only when it is whole.

    A GET goes on where an earlier one was interrupted; what answers another method is no file to go on with.

    Raises:
        OSError: The file cannot be written.
        UsageError: The call cannot be made like this, or there can be no file at this place.
    """
    if plan.method == "GET" and plan.body is None:
        return _download(client, plan, path, report)
    answer = fetch(client, plan)
    if answer.problem is not None:
        return answer
    part = path.with_name(path.name + ".part")
    part.write_bytes(answer.content)
    part.replace(path)
    return Answer(response=answer.response, saved=path)


def _download(client: Client, plan: Plan, path: Path, report: OnProgress | None) -> Answer:
    seen: list[Response] = []
    watched = client.with_options(interceptors=[seawall.after_response(seen.append)])
    try:
        watched.download(plan.url, to=path, on_download=report, **plan.options)
    except ApiProblem as problem:
        return Answer(response=problem.response, problem=problem)
    return Answer(response=seen[-1], saved=path)


def curl_command(make: Callable[..., Client], plan: Plan) -> str:
    """Return the curl command that asks the same, secrets left out. Nothing is sent.

    Args:
        make: Makes the client, given its options.
        plan: What to ask.
    """
    seen: list[Request] = []

    def stop(request: Request, call_next: object) -> Response:
        seen.append(request)
        return Response(204)

    with make(**{**plan.client, "attempt_interceptors": [stop]}) as client:
        client.request(plan.method, plan.url, **plan.options)
    return seen[-1].as_curl()
