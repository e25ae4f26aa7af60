"""What the httpx2 transport says when a server, or the way to it, fails."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from seawall.model import BytesBody, Cancel, Sent
from seawall.problems import (
    ApiProblem,
    CancelledProblem,
    CertificateProblem,
    ConnectProblem,
    ConnectTimeoutProblem,
    DeadlineProblem,
    DisconnectProblem,
    OriginalError,
    PoolTimeoutProblem,
    ProtocolProblem,
    ReadTimeoutProblem,
    ResolveProblem,
    TlsProblem,
    TooLargeProblem,
)
from seawall.testing import (
    BadChunk,
    Behaviour,
    Drip,
    Endless,
    FaultServer,
    Garbage,
    Gate,
    Hang,
    HugeHeaders,
    LostAnswer,
    Raw,
    Reply,
    Reset,
    TlsIdentity,
    Truncate,
    TruncatedChunk,
)
from tests.unit.transport.network_worlds import NAMES, World, closed_port, full_listener, listen

SOON = 0.05  # seconds: long enough to be a wait, short enough for a test


@pytest.fixture(params=NAMES)
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def server(request: pytest.FixtureRequest) -> Iterator[FaultServer]:
    with FaultServer(tls=request.param) as server:
        yield server


def fails(world: World, url: str, *, server: FaultServer | None = None, clocks: Any = None, **fields: Any) -> ApiProblem:
    """The problem that a request ends with; its socket is closed, and nothing raw hangs on it."""
    with pytest.raises(ApiProblem) as caught:
        world.get(world.transport(server), url, clocks, **fields)
    problem = caught.value
    assert problem.__context__ is None or isinstance(problem.__context__, OriginalError)
    assert problem.method == fields.get("method", "GET")
    if server is not None:
        server.wait_until_closed()
    return problem


def test_a_refused_connection(world: World) -> None:
    """A port without a listener is a connect problem with the errno, and nothing was sent."""
    problem = fails(world, f"http://127.0.0.1:{closed_port()}/?token=s3cret")
    assert (type(problem), problem.sent) == (ConnectProblem, Sent.NO)
    assert str(problem.__cause__) == "ConnectionRefusedError ECONNREFUSED"
    assert "s3cret" not in (problem.url or "")


def test_an_unknown_host(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that cannot be resolved is a resolve problem, and nothing was sent."""
    _names(monkeypatch, socket.gaierror(socket.EAI_NONAME, "unknown"))
    problem = fails(world, "http://nowhere.invalid/")
    assert (type(problem), problem.sent, problem.offline) == (ResolveProblem, Sent.NO, True)


@pytest.mark.parametrize(
    ("clocks", "kind"),
    [({"connect": SOON}, ConnectTimeoutProblem), ({"total": SOON}, DeadlineProblem), ({}, CancelledProblem)],
    ids=["connect", "total", "cancel"],
)
def test_a_name_server_that_is_silent(world: World, monkeypatch: pytest.MonkeyPatch, clocks: Any, kind: Any) -> None:
    """A look-up that hangs ends by the connect clock, the deadline or a cancellation."""
    asked, over = _names(monkeypatch, None)
    cancel = Cancel()
    if kind is CancelledProblem:
        threading.Thread(target=lambda: (asked.wait(), cancel.cancel()), daemon=True).start()
    problem = fails(world, f"http://{world}-{kind.__name__}.invalid/", clocks=world.clocks(cancel=cancel, **clocks))
    over.set()
    assert (type(problem), problem.sent) == (kind, Sent.NO)


def _names(monkeypatch: pytest.MonkeyPatch, error: Exception | None) -> tuple[threading.Event, threading.Event]:
    real, asked, over = socket.getaddrinfo, threading.Event(), threading.Event()

    def getaddrinfo(host: str, *details: Any, **options: Any) -> Any:
        if not host.endswith(".invalid") or options.get("flags"):
            return real(host, *details, **options)
        asked.set()
        if error is not None:
            raise error
        over.wait()
        raise socket.gaierror(socket.EAI_AGAIN, "later")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked, over


def test_the_next_address_is_tried(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host of several addresses is reached by the one that answers."""
    real = socket.getaddrinfo
    with FaultServer() as server:
        server.route("GET", "/", Reply(text="here"))
        good, bad = (real("127.0.0.1", port, type=socket.SOCK_STREAM)[0] for port in (server.port, closed_port()))

        def getaddrinfo(host: str, *details: Any, **options: Any) -> Any:
            if options.get("flags"):
                raise socket.gaierror
            return [bad, good]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        _, body = world.get(world.transport(), f"http://several.test:{server.port}/")
    assert body == b"here"


def test_a_silent_address(world: World) -> None:
    """A connection that is never made ends by the connect clock, and nothing was sent."""
    with ExitStack() as stack:
        port = full_listener(stack)
        problem = fails(world, f"http://127.0.0.1:{port}/", clocks=world.clocks(connect=SOON))
    assert (type(problem), problem.sent) == (ConnectTimeoutProblem, Sent.NO)


@pytest.mark.parametrize("identity", [{"expired": True}, {"wrong_host": True}, {}], ids=["expired", "wrong host", "stranger"])
def test_a_bad_certificate(world: World, identity: dict[str, bool]) -> None:
    """A certificate that is not to be trusted ends the call before anything is sent, and is not worth a retry."""
    with FaultServer(tls=TlsIdentity(**identity)) as server:
        verify = server.client_context() if identity else TlsIdentity().client_context()
        with pytest.raises(CertificateProblem) as caught:
            world.get(world.transport(verify=verify), f"{server.url}/")
        server.wait_until_closed()
        assert server.calls == []
    assert (caught.value.sent, caught.value.retryable) == (Sent.NO, False)


def test_no_tls_on_the_other_side(world: World) -> None:
    """A server that does not speak TLS is a TLS problem, and nothing was sent."""

    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        _drain(connection)

    port, thread = listen(answer)
    problem = fails(world, f"https://127.0.0.1:{port}/")
    thread.join()
    assert (type(problem), problem.sent) == (TlsProblem, Sent.NO)


@pytest.mark.parametrize(("clocks", "kind"), [({"connect": SOON}, ConnectTimeoutProblem), ({"total": SOON}, DeadlineProblem)])
def test_a_silent_handshake(world: World, clocks: Any, kind: Any) -> None:
    """A TLS handshake that is never answered ends by the connect clock or the deadline."""
    closed = threading.Event()
    port, _ = listen(lambda connection: (_drain(connection), closed.set()))
    transport = world.transport(verify=TlsIdentity().client_context())
    with pytest.raises(ApiProblem) as caught:
        world.get(transport, f"https://127.0.0.1:{port}/", world.clocks(**clocks))
    problem = caught.value
    assert (type(problem), problem.sent) == (kind, Sent.NO)
    assert closed.wait(20)


def _drain(connection: socket.socket) -> None:
    try:
        while connection.recv(65536):
            pass
    except OSError:
        pass


@pytest.mark.parametrize(
    ("behaviour", "kind", "sent"),
    [
        (LostAnswer(), DisconnectProblem, Sent.MAYBE),
        (Reset("request"), DisconnectProblem, Sent.MAYBE),
        (Reset("head"), DisconnectProblem, Sent.MAYBE),
        (Reset("body", Reply(text="x" * 1000)), DisconnectProblem, Sent.YES),
        (Truncate(Reply(text="x" * 1000)), DisconnectProblem, Sent.YES),
        (Truncate(Reply(text="x" * 1000, chunked=True), after=-5), DisconnectProblem, Sent.YES),
        (TruncatedChunk(), DisconnectProblem, Sent.YES),
        (BadChunk(), ProtocolProblem, Sent.YES),
        (BadChunk(then="hang"), ProtocolProblem, Sent.YES),
        (Garbage(), ProtocolProblem, Sent.MAYBE),
        (Raw(b"HTTP/1.1 200 OK\r\nBad Header\r\n\r\n", then="hang"), ProtocolProblem, Sent.MAYBE),
        (Raw(b"HTTP/9.9 200 OK\r\n\r\n", then="hang"), ProtocolProblem, Sent.MAYBE),
        (HugeHeaders(), TooLargeProblem, Sent.MAYBE),
        (HugeHeaders(count=1_000_000, size=1), TooLargeProblem, Sent.MAYBE),
        (Raw(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 10_000, then="hang"), TooLargeProblem, Sent.MAYBE),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_broken_answer(world: World, server: FaultServer, behaviour: Behaviour, kind: Any, sent: Sent, method: str) -> None:
    """Each way to break an answer has its problem, says what was sent, is sent once, and costs the connection."""
    route = server.route("*", "/", Reply(), behaviour)
    transport = world.transport(server)

    async def work() -> None:
        await world.send(transport, world.request(f"{server.url}/"))
        await world.send(transport, world.request(f"{server.url}/", method))

    with pytest.raises(ApiProblem) as caught:
        world.run(work())
    assert (type(caught.value), caught.value.sent) == (kind, sent)
    server.wait_until_closed()
    assert len(route.calls) == 2
    assert server.connections == 1


@pytest.mark.parametrize(
    ("behaviour", "clocks", "kind", "sent"),
    [
        (Hang(), {"read": SOON}, ReadTimeoutProblem, Sent.MAYBE),
        (Hang(), {"total": SOON}, DeadlineProblem, Sent.MAYBE),
        (Raw(b"HTTP/1.1 200 OK\r\n", then="hang"), {"read": SOON}, ReadTimeoutProblem, Sent.MAYBE),
        (Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", then="hang"), {"read": SOON}, ReadTimeoutProblem, Sent.YES),
        (Drip(interval=0.02, part="head"), {"total": 5 * SOON, "read": 10}, DeadlineProblem, Sent.MAYBE),
        (Drip(Reply(text="x" * 999), interval=0.02, part="body"), {"total": 5 * SOON, "read": 10}, DeadlineProblem, Sent.YES),
        (Endless(), {"total": 5 * SOON}, DeadlineProblem, Sent.YES),
    ],
)
def test_each_clock_ends_the_wait(
    world: World, server: FaultServer, behaviour: Behaviour, clocks: Any, kind: Any, sent: Sent
) -> None:
    """The read clock runs for each read, the deadline over everything, drips and floods included."""
    server.route("GET", "/", Reply(), behaviour)
    transport = world.transport(server)

    async def work() -> None:
        await world.send(transport, world.request(f"{server.url}/"))
        response = await transport.send(world.request(f"{server.url}/"), world.clocks(**clocks))
        while await response.next_piece():
            pass

    with pytest.raises(ApiProblem) as caught:
        world.run(work())
    assert (type(caught.value), caught.value.sent) == (kind, sent)
    server.wait_until_closed()


def test_a_slow_answer_within_its_clocks(world: World, server: FaultServer) -> None:
    """Drops that each come within the read clock make a whole answer."""
    server.route("GET", "/", Drip(Reply(text="slow"), interval=0.001))
    assert world.get(world.transport(server), f"{server.url}/", world.clocks(read=10))[1] == b"slow"


def test_an_upload_that_nobody_reads(world: World) -> None:
    """A server that takes no more of a request ends it by the read clock."""
    over = threading.Event()
    port, _ = listen(lambda connection: over.wait())
    body = BytesBody(b"x" * 50_000_000)
    problem = fails(world, f"http://127.0.0.1:{port}/", method="POST", clocks=world.clocks(read=SOON), body=body)
    over.set()
    assert (type(problem), problem.sent) == (ReadTimeoutProblem, Sent.MAYBE)


def test_all_connections_are_busy(world: World) -> None:
    """Who gets no slot by the deadline has sent nothing, and the slot's holder is not disturbed."""
    gate = Gate(Reply(text="late"))
    with FaultServer() as server:
        server.route("GET", "/", gate)
        server.route("GET", "/other", Reply(text="other"))
        transport = world.transport(max_connections=1)
        holder = world.start(world.send(transport, world.request(f"{server.url}/")))
        assert gate.reached.wait(20)
        with pytest.raises(PoolTimeoutProblem) as caught:
            world.run(world.send(transport, world.request(f"{server.url}/other"), world.clocks(SOON)))
        assert caught.value.sent is Sent.NO
        gate.open()
        assert holder.result(20)[1] == b"late"
        assert world.get(transport, f"{server.url}/other")[1] == b"other"


def test_a_reset_on_arrival(world: World, server: FaultServer) -> None:
    """A connection that is reset as soon as it is made is a connect or disconnect problem, never a certain success."""
    server.refuse_next(1)
    problem = fails(world, f"{server.url}/", server=server)
    assert isinstance(problem, ConnectProblem | DisconnectProblem)
    assert problem.sent is not Sent.YES
