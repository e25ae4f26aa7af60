"""Requests, calls and events: immutable, redacted, and honest about what they lack."""

import logging
import pickle
from typing import Any

import pytest

from seawall.chain.runtimes import BlockingRuntime
from seawall.model import (
    AppInfo,
    AttemptStarted,
    BytesBody,
    Call,
    CallStarted,
    Clocks,
    Event,
    Headers,
    Listeners,
    Request,
    Response,
    Secret,
    UsageError,
)
from seawall.testing import FakeClock

CANARY = "canary7f3a"


def test_changes_give_copies() -> None:
    """Each change returns another request, and the first stays as it was."""
    request = Request("GET", "https://a.example/b?c=d", Headers({"A": "b"}))
    assert request.with_header("a", "c").headers.items() == (("a", "c"),)
    assert request.without_header("a").headers.items() == ()
    assert request.with_headers(Headers({"C": "d"})).headers == Headers({"C": "d"})
    assert request.with_method("PUT").method == "PUT"
    assert request.with_url("http://b.example:1/").origin.netloc == "b.example:1"
    assert request.with_body(BytesBody(b"x")).body.length == 1
    assert (request.method, request.target, request.headers.items()) == ("GET", "/b?c=d", (("A", "b"),))
    with pytest.raises(AttributeError):
        request.method = "PUT"  # type: ignore[misc]


@pytest.mark.parametrize("method", ["", "get", "GET /", "GET\r\nX: y", "GÉT", "A B"])
def test_a_method_is_an_upper_case_token(method: str) -> None:
    """A method that could not stand in a request line is refused."""
    with pytest.raises(UsageError, match=r"^method: "):
        Request("GET", "https://a.example/").with_method(method)


def test_a_wrong_url_or_header_is_refused_at_once() -> None:
    """A change that could not be sent is refused where it is made."""
    request = Request("GET", "https://a.example/")
    with pytest.raises(UsageError, match=r"^url: "):
        request.with_url("/relative")
    with pytest.raises(UsageError, match=r"^headers: "):
        request.with_header("A", "b\nc")


def test_a_request_shows_no_secret() -> None:
    """Neither repr nor the curl command shows secrets of the URL or of the headers."""
    request = Request("GET", f"https://a.example/?token={CANARY}&x={CANARY}", Headers(), secret_names=frozenset({"x"}))
    request = request.with_header("X-Plain", Secret(CANARY)).with_header("Authorization", CANARY)
    for shown in (repr(request), request.redacted_url, request.as_curl(), repr(request.headers)):
        assert CANARY not in shown


def test_a_request_by_hand_is_in_no_call() -> None:
    """A request made by hand says how it comes into a call, and a call made by hand cannot send."""
    with pytest.raises(UsageError, match=r"client\.send"):
        _ = Request("GET", "https://a.example/").call.runtime
    call = Call(BlockingRuntime(FakeClock()))
    with pytest.raises(UsageError, match="no client"):
        BlockingRuntime().run(call.send(Request("GET", "https://a.example/")))


def test_a_call_counts_its_time() -> None:
    """What has passed and what is left follow the runtime's clock, and never go below nothing."""
    clock = FakeClock()
    call = Call(BlockingRuntime(clock), clocks=Clocks(clock.monotonic, deadline=clock.monotonic() + 3))
    clock.advance(2)
    assert (call.elapsed(), call.remaining(), call.attempt) == (2, 1, None)
    clock.advance(2)
    assert call.remaining() == 0
    assert Call(BlockingRuntime(clock)).remaining() is None


@pytest.mark.parametrize(
    ("own", "left", "limit"), [(None, None, None), (2.0, None, 2.0), (None, 3.0, 3.0), (2.0, 1.0, 1.0), (2.0, -1.0, 0.0)]
)
def test_the_nearer_limit_holds(own: float | None, left: float | None, limit: float | None) -> None:
    """Of a limit of its own and the deadline, the nearer one holds."""
    clock = FakeClock(start=10.0)
    assert Clocks(clock.monotonic, deadline=None if left is None else 10.0 + left).limit(own) == limit


def test_a_listener_that_raises_spoils_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """An event reaches every listener, also behind one that raises, and the failure is logged."""
    heard: list[Event] = []

    def broken(event: Event) -> None:
        raise RuntimeError

    call = Call(BlockingRuntime(FakeClock()), listeners=Listeners((broken, heard.append)))
    event = CallStarted(method="GET", url="https://a.example/", route=None, at=1.0)
    with caplog.at_level(logging.ERROR, "seawall"):
        call.emit(event)
    assert heard == [event]
    assert call.observed
    assert "CallStarted" in caplog.text
    assert not Call(BlockingRuntime(FakeClock())).observed
    assert AttemptStarted(method="GET", url="/", route=None, at=1.0, number=1) != event


@pytest.mark.parametrize(
    ("thing", "advice"),
    [
        (
            Request("GET", "https://a.example/"),
            "a Request belongs to its call and cannot be pickled; keep .method and .redacted_url",
        ),
        (Response(200), "a Response belongs to its call and cannot be pickled; keep .content and .headers"),
        (Call(BlockingRuntime()), "a Call belongs to its client and cannot be pickled; keep .attempts"),
    ],
)
def test_what_belongs_to_a_call_is_not_pickled(thing: Any, advice: str) -> None:
    """The refusal names the thing itself and what to keep instead, not a lock deep inside it."""
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError) as caught:
            pickle.dumps(thing, protocol)
        assert str(caught.value) == advice


def test_an_app_knows_its_version_and_platform() -> None:
    """The version comes from an installed distribution, the platform from this machine unless it is given."""
    app = AppInfo.from_distribution("msgspec")
    assert app.version[0].isdigit()
    assert app.platform
    assert AppInfo("a", "1", "web").platform == AppInfo.from_distribution("msgspec", platform="web").platform == "web"
    with pytest.raises(UsageError, match=r"^app: "):
        AppInfo.from_distribution("no-such-distribution-anywhere")
