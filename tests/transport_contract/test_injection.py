"""What could start another field, another request, or another call altogether."""

import pytest

from seawall import Secret, UsageError
from seawall.model import Headers, Request
from seawall.testing import FaultServer, Reply
from tests.transport_contract.gear import Sink
from tests.transport_contract.line import Bench

METHODS = ["GE T", "GET\r\nX-A: b", "GET\n", "GET\0", "", "GET / HTTP/1.1\r\n\r\nGET", "GÉT", "G:T"]
HEADERS = [
    ("X-A", "a\r\nX-B: b"),
    ("X-A", "a\nX-B: b"),
    ("X-A", "a\rX-B: b"),
    ("X-A", "a\0b"),
    ("X-A", "a\r\n\r\nGET /other HTTP/1.1\r\n\r\n"),
    ("X-A", "a\x7fb"),
    ("X-A", "a\x01b"),
    ("X-A", "snow ☃"),
    ("X-A", Secret("s3cret\r\nX-B: b")),
    ("X A", "a"),
    ("X-A:", "a"),
    ("X-A\r\nX-B", "a"),
    ("X-A\0", "a"),
    ("", "a"),
]
TARGETS = ["/a b", "/a\r\nX-A: b", "/a\nb", "/a\0b", "/a\tb", "/a\x7fb", "/?q=a b", "/ HTTP/1.1\r\n\r\nGET /other"]


@pytest.mark.row("injection")
@pytest.mark.parametrize("method", METHODS)
async def test_a_method_is_one_word(bench: Bench, method: str) -> None:
    """A method that is no token is refused, and not a byte of the request arrives."""
    with Sink() as sink:
        async with bench.line(f"http://127.0.0.1:{sink.port}") as line:
            with pytest.raises(UsageError, match="method"):
                await line.ask(method)
    assert sink.talkers == 0


@pytest.mark.row("injection")
@pytest.mark.parametrize(("name", "value"), HEADERS)
async def test_a_header_is_one_field(bench: Bench, name: str, value: str | Secret) -> None:
    """A line break, a NUL or what is no character of a field is refused, not a byte arrives, and no secret is quoted."""
    with Sink() as sink:
        async with bench.line(f"http://127.0.0.1:{sink.port}") as line:
            with pytest.raises(UsageError) as caught:
                await line.ask(headers=[("X-Good", "good"), (name, value)])
    assert sink.talkers == 0
    assert "s3cret" not in str(caught.value)


@pytest.mark.row("injection")
@pytest.mark.parametrize("target", TARGETS)
async def test_a_target_is_one_word(bench: Bench, target: str) -> None:
    """A space or a control character in the target is refused, and not a byte arrives."""
    with Sink() as sink:
        async with bench.line(f"http://127.0.0.1:{sink.port}") as line:
            with pytest.raises(UsageError, match="url"):
                await line.ask(path=target)
    assert sink.talkers == 0


@pytest.mark.row("injection")
async def test_the_caller_cannot_frame_a_body_twice(bench: Bench) -> None:
    """Content-Length beside Transfer-Encoding, or two lengths, is refused before a byte is sent."""
    doubles = [
        [("Content-Length", "3"), ("Transfer-Encoding", "chunked")],
        [("Content-Length", "3"), ("Content-Length", "4")],
    ]
    with Sink() as sink:
        async with bench.line(f"http://127.0.0.1:{sink.port}") as line:
            for headers in doubles:
                with pytest.raises(UsageError):
                    await line.ask("POST", headers=headers, body=b"abc")
    assert sink.talkers == 0


@pytest.mark.row("injection")
async def test_a_refusal_costs_nothing(bench: Bench, server: FaultServer) -> None:
    """Refused requests use up neither a slot nor the kept connection's order."""
    server.route("GET", "/", Reply(text="good"))
    async with bench.line(server, max_connections=1) as line:
        await line.ask()
        for _ in range(3):
            with pytest.raises(UsageError):
                await line.ask(headers=[("X-A", "a\r\nb")])
        assert (await line.ask()).content == b"good"


@pytest.mark.row("injection")
@pytest.mark.parametrize("part", ["method", "header", "url"])
async def test_a_client_refuses_too(bench: Bench, part: str) -> None:
    """A request made by hand and sent through a client is checked the same."""
    with Sink() as sink:
        url = f"http://127.0.0.1:{sink.port}/"
        requests = {
            "method": Request("GET\r\n", url),
            "header": Request("GET", url, Headers([("X-A", "a\r\nX-B: b")])),
            "url": Request("GET", f"{url}a b"),
        }
        async with bench.world.client(transport=bench.make()) as api:
            with pytest.raises(UsageError):
                await api.send(requests[part])
    assert sink.talkers == 0
