"""The listener that a browser comes back to: what it answers, what it ignores, and how it ends."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from seawall import Secret
from seawall.auth.sources._redirect_listener import MAX_CONNECTIONS, MAX_HEAD, RedirectListener
from seawall.chain.runtimes import SYSTEM_CLOCK
from seawall.testing import FakeClock

PATH = "/callback"
GOOD = "/callback?state=right&code=c"


class Wait:
    """A listener, waited for in a thread; `result()` joins it."""

    def __init__(self, now: Callable[[], float] = SYSTEM_CLOCK.monotonic, seconds: float = 30.0) -> None:
        self.listener = RedirectListener(0, PATH)
        self._found: list[Secret | None] = []
        self._thread = threading.Thread(target=self._work, args=(now, now() + seconds), daemon=True)

    def _work(self, now: Callable[[], float], ends: float) -> None:
        self._found.append(self.listener.wait(lambda target: "state=right" in target.reveal(), now, ends))

    def start(self) -> None:
        self._thread.start()

    def result(self) -> str | None:
        self._thread.join()
        (found,) = self._found
        return None if found is None else found.reveal()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.listener.port), timeout=10)

    def say(self, text: bytes) -> bytes:
        """Say something, and give the whole answer."""
        with self.connect() as peer:
            peer.sendall(text)
            return read(peer)


def read(peer: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    pieces = []
    try:
        while piece := peer.recv(65536):
            pieces.append(piece)
    except ConnectionResetError:
        pass
    return b"".join(pieces)


def get(target: str, *fields: str) -> bytes:
    """A request."""
    return "\r\n".join([f"GET {target} HTTP/1.1", "Host: 127.0.0.1", *fields, "", ""]).encode()


@contextmanager
def waiting(**options: Any) -> Iterator[Wait]:
    """A wait that is ended at the latest with the block."""
    wait = Wait(**options)
    wait.start()
    try:
        yield wait
    finally:
        wait.listener.stop()
        wait.result()


def test_the_right_request_ends_the_wait_with_a_plain_page() -> None:
    """The page is complete, is kept by nobody, leads nowhere, and the port is free afterwards."""
    with waiting() as wait:
        answer = wait.say(get(GOOD)).decode()
        assert wait.result() == GOOD
        head, _, body = answer.partition("\r\n\r\n")
        assert head.startswith("HTTP/1.1 200 OK\r\n")
        assert f"Content-Length: {len(body)}" in head
        for field in ("Cache-Control: no-store", "Referrer-Policy: no-referrer", "Content-Security-Policy: default-src 'none'"):
            assert field in head
        assert "close this window" in body
        with pytest.raises(ConnectionRefusedError):
            wait.connect()


@pytest.mark.parametrize(
    "request_text",
    [
        get("/"),
        get("/favicon.ico"),
        get("/callback/?state=right"),
        get("/callbackx?state=right"),
        get("/other?state=right"),
        get("/callback"),
        get("/callback?state=wrong&code=<script>alert(1)</script>"),
        get("/%63allback?state=right"),
        get(GOOD).replace(b"GET", b"POST"),
        get(GOOD).replace(b"GET", b"HEAD"),
        get(GOOD).replace(b"HTTP/1.1", b"HTTP/2.0"),
        get("http://127.0.0.1/callback?state=right"),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"\r\n\r\n",
        get("/callback?state=right\x00"),
    ],
)
def test_what_is_not_the_browser_gets_one_constant_page(request_text: bytes) -> None:
    """A wrong path, state, method or protocol is answered by the same bytes, quotes nothing, and the wait goes on."""
    with waiting() as wait:
        foreign = wait.say(get("/nothing"))
        answer = wait.say(request_text)
        assert answer == foreign
        assert answer.startswith(b"HTTP/1.1 404 ")
        assert wait.say(get(GOOD)).startswith(b"HTTP/1.1 200 ")
        assert wait.result() == GOOD


def test_a_request_may_come_in_pieces() -> None:
    """A head is read until it is whole, however it is cut."""
    with waiting() as wait, wait.connect() as peer:
        for byte in get(GOOD, "Cookie: a=b"):
            peer.send(bytes([byte]))
        assert read(peer).startswith(b"HTTP/1.1 200 ")
        assert wait.result() == GOOD


def test_silent_connections_keep_nobody_waiting() -> None:
    """Browsers open connections that they do not use: the request on another one is served at once."""
    with waiting() as wait, wait.connect(), wait.connect() as half:
        half.sendall(b"GET /call")
        assert wait.say(get(GOOD)).startswith(b"HTTP/1.1 200 ")
        assert wait.result() == GOOD


def test_too_many_connections_push_out_the_oldest() -> None:
    """There is a bound, and whoever fills it does not keep the browser out."""
    with waiting(now=FakeClock().monotonic) as wait:  # whose own time does not end
        idle = [wait.connect() for _ in range(MAX_CONNECTIONS)]
        try:
            assert wait.say(get("/nothing")).startswith(b"HTTP/1.1 404 ")
            assert read(idle[0]) == b""
            assert wait.say(get(GOOD)).startswith(b"HTTP/1.1 200 ")
        finally:
            for peer in idle:
                peer.close()


def test_a_head_without_end_is_cut_off() -> None:
    """A head has a bound, after which nothing more is read."""
    with waiting(now=FakeClock().monotonic) as wait:
        assert not wait.say(b"GET " + GOOD.encode() + b"a" * MAX_HEAD * 3).startswith(b"HTTP/1.1 200 ")
        assert wait.say(get(GOOD)).startswith(b"HTTP/1.1 200 ")


def test_a_connection_that_dawdles_is_closed() -> None:
    """Each connection has its own time, after which it is closed without an answer, and the wait goes on."""
    clock = FakeClock()
    with waiting(now=clock.monotonic) as wait, wait.connect() as late:
        late.sendall(b"GET /")
        assert wait.say(get("/nothing")).startswith(b"HTTP/1.1 404 ")  # so that the first one was accepted before time passes
        clock.advance(6.0)
        assert wait.say(get("/nothing")).startswith(b"HTTP/1.1 404 ")
        assert read(late) == b""
        assert wait.say(get(GOOD)).startswith(b"HTTP/1.1 200 ")


def test_a_browser_may_come_late() -> None:
    """However long nobody came, a connection's own time begins when it does."""
    clock, asked = FakeClock(), threading.Semaphore(0)

    def now() -> float:
        time = clock.monotonic()
        asked.release()
        return time

    with waiting(now=now) as wait:
        asked.acquire()  # when it is to end
        asked.acquire()  # what time it is, before it falls asleep
        clock.advance(20.0)
        assert wait.say(get(GOOD)).startswith(b"HTTP/1.1 200 ")


def test_a_browser_that_leaves_early_is_forgotten() -> None:
    """A connection that ends before its request does is no event."""
    with waiting() as wait:
        with wait.connect() as peer:
            peer.sendall(b"GET /call")
        assert wait.say(get(GOOD)).startswith(b"HTTP/1.1 200 ")


def test_the_time_of_all_ends_it() -> None:
    """Nobody comes, and nobody waits for ever."""
    wait = Wait(seconds=0.01)
    wait.start()
    assert wait.result() is None


def test_it_can_be_stopped_before_during_and_after_the_wait() -> None:
    """Stopping is safe at any moment and twice, and leaves nothing listening."""
    before = Wait()
    before.listener.stop()
    before.listener.stop()
    with pytest.raises(ConnectionRefusedError):
        before.connect()
    before.start()
    assert before.result() is None
    with waiting() as during:
        assert during.say(get("/nothing")).startswith(b"HTTP/1.1 404 ")  # it waits for sure
        during.listener.stop()
        assert during.result() is None
        during.listener.stop()


def test_only_this_machine_is_listened_to() -> None:
    """The door is the loopback address, not every address of the machine."""
    wait = Wait()
    assert wait.listener._door.getsockname()[0] == "127.0.0.1"
    wait.listener.stop()
