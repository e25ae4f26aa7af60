"""What the policy of the app's headers remembers."""

import sys

from seawall.chain import drive
from seawall.chain.runtimes import BlockingRuntime
from seawall.model import AppInfo, Call, Headers, Request, Response, Secret
from seawall.policies import AppHeaders


async def answer(request: Request) -> Response:
    return Response(204, request=request)


def test_nothing_of_a_call_is_kept() -> None:
    """A secret that a call brought in its headers is let go when the call is over."""
    policy, secret = AppHeaders(AppInfo("app", "1.0", "linux"), "agent"), Secret("key")

    def call() -> None:
        request = Request("GET", "http://api.test/", Headers([("X-Api-Key", secret)]), call=Call(BlockingRuntime()))
        assert drive(policy(request, answer)).request.headers["X-App-Version"] == "1.0"

    held = sys.getrefcount(secret)
    call()
    assert sys.getrefcount(secret) == held


def test_the_clients_own_fields_are_completed_once() -> None:
    """Calls that bring just what the client always sends share one set of headers, but for the name of the call."""
    usual, seen = Headers([("X-Team", "blue")]), list[str]()
    policy = AppHeaders(None, "agent", request_id=lambda: "name", usual=usual)

    async def note(request: Request) -> Response:
        seen.append(f"{request.headers['X-Team']} {request.headers['User-Agent']} {request.headers['X-Request-Id']}")
        return await answer(request)

    for headers in (usual, Headers([("X-Team", "red")])):
        drive(policy(Request("GET", "http://api.test/", headers, call=Call(BlockingRuntime())), note))
    assert seen == ["blue agent name", "red agent name"]
