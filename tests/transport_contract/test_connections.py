"""Making connections, keeping them, and losing them."""

import socket
import threading

import pytest

from seawall import (
    CertificateProblem,
    ConnectProblem,
    ConnectTimeoutProblem,
    DeadlineProblem,
    DisconnectProblem,
    ReadTimeoutProblem,
    Sent,
    TlsProblem,
)
from seawall.problems import ResolveProblem
from seawall.testing import Behaviour, CloseAfter, FaultServer, Hang, LostAnswer, Reply, Reset, TlsIdentity
from tests.transport_contract.gear import Sink, closed_port, full_port
from tests.transport_contract.line import SOON, Bench

METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH"]


@pytest.mark.row("reuse")
async def test_a_connection_is_used_again(bench: Bench, server: FaultServer) -> None:
    """Calls one after the other share one connection, whatever their methods and bodies."""
    server.route("*", "/", Reply(text="x" * 100_000), Reply(204), Reply(text="chunks", chunked=True), Reply(json={}))
    async with bench.line(server) as line:
        answers = [await line.ask(method, body=b"x") for method in METHODS]
        assert server.connections == server.open_connections == 1
    assert [answer.status for answer in answers] == [200, 204, 200, 200, 200, 200, 200]
    server.wait_until_closed()


@pytest.mark.row("stale")
@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
@pytest.mark.parametrize("reset", [False, True], ids=["fin", "rst"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_closed_connection_is_not_used(bench: Bench, server: FaultServer, busy: bool, reset: bool, method: str) -> None:
    """A kept connection that the peer closed is noticed before the first byte, also when the loop was busy meanwhile."""
    route = server.route("*", "/", CloseAfter(Reply(text="1"), reset=reset), Reply(text="2"))
    async with bench.line(server) as line:
        await line.ask()
        if busy:
            server.wait_until_closed()  # only the descriptor knows
        else:
            await bench.world.until(server.wait_until_closed)
        answer = await line.ask(method, body=b"once")
    assert answer.content == b"2"
    assert [(call.method, call.connection) for call in route.calls] == [("GET", 1), (method, 2)]


@pytest.mark.row("stale")
async def test_many_closed_connections_are_passed_over(bench: Bench, server: FaultServer) -> None:
    """Five kept connections that were all closed cost the next call nothing but a new connection."""
    together = threading.Barrier(5)

    def reply(call: object) -> Behaviour:
        together.wait(20)
        return CloseAfter(Reply(text="old"))

    server.route("GET", "/", reply)
    route = server.route("POST", "/", Reply(text="new"))
    async with bench.line(server) as line:
        await bench.world.gather(*[line.ask] * 5)
        server.wait_until_closed()
        assert (await line.ask("POST", body=b"once")).content == b"new"
    assert (len(route.calls), server.connections) == (1, 6)


@pytest.mark.row("lost answer")
@pytest.mark.parametrize("behaviour", [LostAnswer(), Reset("request")], ids=["fin", "rst"])
@pytest.mark.parametrize("method", METHODS)
async def test_a_lost_answer_is_not_asked_for_again(bench: Bench, server: FaultServer, behaviour: Behaviour, method: str) -> None:
    """A request that was read on a kept connection and not answered may have been sent, and is counted once at the server."""
    route = server.route("*", "/", Reply(), behaviour, Reply(text="mine"))
    async with bench.line(server) as line:
        await line.ask()
        problem = await line.fail(method, body=b"" if method in ("GET", "HEAD") else b"once")
        server.wait_until_closed()
        after = await line.ask()
    assert (type(problem), problem.sent, problem.may_have_been_sent) == (DisconnectProblem, Sent.MAYBE, True)
    assert [(call.method, call.connection) for call in route.calls] == [("GET", 1), (method, 1), ("GET", 2)]
    assert after.content == b"mine"


@pytest.mark.row("lost answer")
async def test_a_lost_answer_on_a_new_connection(bench: Bench, server: FaultServer) -> None:
    """A new connection makes no difference: the request may have been sent."""
    route = server.route("POST", "/", LostAnswer())
    async with bench.line(server) as line:
        problem = await line.fail("POST", body=b"once")
    assert (type(problem), problem.sent, len(route.calls)) == (DisconnectProblem, Sent.MAYBE, 1)


@pytest.mark.row("connect")
async def test_nobody_listens(bench: Bench) -> None:
    """A refused connection is a connect problem with the system's error, and nothing was sent."""
    async with bench.line(f"http://127.0.0.1:{closed_port()}") as line:
        problem = await line.fail("POST", body=b"x")
    assert (type(problem), problem.sent) == (ConnectProblem, Sent.NO)
    assert str(problem.__cause__) == "ConnectionRefusedError ECONNREFUSED"


@pytest.mark.row("connect")
async def test_no_such_name(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that has no address is a resolve problem, and nothing was sent."""

    def getaddrinfo(*details: object, **options: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    async with bench.line("http://nowhere.invalid") as line:
        problem = await line.fail()
    assert (type(problem), problem.sent, problem.offline) == (ResolveProblem, Sent.NO, True)


@pytest.mark.row("connect")
async def test_a_name_server_that_is_silent(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking a name up counts as connecting, and ends by its clock."""
    over = threading.Event()
    real = socket.getaddrinfo

    def getaddrinfo(host: str, *details: object, **options: object) -> object:
        if options.get("flags") == socket.AI_NUMERICHOST:
            return real(host, *details, **options)  # type: ignore[arg-type]
        over.wait(20)
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    async with bench.line(f"http://somewhere.invalid:{closed_port()}") as line:
        problem = await line.fail(clocks=line.clocks(connect=SOON))
        over.set()
    assert (type(problem), problem.sent) == (ConnectTimeoutProblem, Sent.NO)


@pytest.mark.row("connect")
@pytest.mark.parametrize(
    ("clocks", "kind"),
    [({"connect": SOON}, ConnectTimeoutProblem), ({"total": SOON}, DeadlineProblem)],
    ids=["connect", "total"],
)
@pytest.mark.parametrize("stage", ["tcp", "tls"])
async def test_connecting_takes_too_long(bench: Bench, stage: str, clocks: dict[str, float], kind: type[Exception]) -> None:
    """A connection or a TLS handshake that is never answered ends by the connect clock or the total, and nothing was sent."""
    with full_port() as full, Sink() as silent:
        url = f"http://127.0.0.1:{full}" if stage == "tcp" else f"https://127.0.0.1:{silent.port}"
        async with bench.line(url) as line:
            problem = await line.fail("POST", clocks=line.clocks(**clocks), body=b"x")
    assert (type(problem), problem.sent) == (kind, Sent.NO)


@pytest.mark.row("connect")
async def test_a_silent_server_is_no_connect_problem(bench: Bench, server: FaultServer) -> None:
    """A server that takes the request and says nothing is a read timeout, whatever the connect clock says."""
    route = server.route("*", "/", Hang())
    async with bench.line(server) as line:
        problem = await line.fail("POST", clocks=line.clocks(connect=5, read=SOON), body=b"x")
        server.wait_until_closed()
    assert (type(problem), problem.sent, len(route.calls)) == (ReadTimeoutProblem, Sent.MAYBE, 1)


@pytest.mark.row("connect")
@pytest.mark.parametrize("wrong", ["expired", "wrong_host", "stranger"])
async def test_a_certificate_that_is_not_to_be_trusted(bench: Bench, wrong: str) -> None:
    """An expired certificate, one for another host and one of an unknown authority end the call before anything is sent."""
    theirs = TlsIdentity() if wrong == "stranger" else TlsIdentity(**{wrong: True})
    verify = bench.identity.client_context() if wrong == "stranger" else theirs.client_context()
    with FaultServer(tls=theirs) as server:
        async with bench.line(server, verify=verify) as line:
            problem = await line.fail("POST", body=b"x")
            server.wait_until_closed()
        assert server.calls == []
    assert (type(problem), problem.sent, problem.retryable) == (CertificateProblem, Sent.NO, False)


@pytest.mark.row("connect")
async def test_the_other_side_speaks_no_tls(bench: Bench) -> None:
    """A plain server behind an https URL is a TLS problem, and nothing was sent."""
    with Sink(answer=b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n") as plain:
        async with bench.line(f"https://127.0.0.1:{plain.port}") as line:
            problem = await line.fail()
    assert (type(problem), problem.sent) == (TlsProblem, Sent.NO)
