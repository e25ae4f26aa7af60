"""Recording real exchanges, and having them again without a server."""

import gc
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import seawall
from seawall import MockTransport, Response, Sent
from seawall.testing import (
    FaultServer,
    LostAnswer,
    Recorder,
    RecordingError,
    Replayer,
    Reply,
    Reset,
    Truncate,
    recorded,
)
from tests.behaviours.kit import Script, fail, outcome, reply
from tests.worlds import World

AGENT = {"id": 7, "name": "Ada", "tags": ["ä", None, True, 1.5]}
URL = "https://api.acme.example"


def exchanges(path: Path) -> list[dict[str, Any]]:
    """What a recording holds."""
    return list(json.loads(path.read_text(encoding="utf-8"))["exchanges"])


async def record(world: World, path: Path, transport: Any, *calls: tuple[str, str, dict[str, Any]]) -> None:
    """Make calls through a recorder; their problems are part of the recording."""
    with Recorder(path, transport) as recorder:
        async with world.client(URL, transport=recorder, retry=False) as api:
            for method, url, options in calls:
                await outcome(api.request(method, url, **options))


async def test_what_a_server_said_is_said_again(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """A recording made over real sockets gives the same statuses, fields and bodies when the server is gone."""
    path = tmp_path / "a" / "agents.json"
    packed = {"Content-Encoding": "gzip", "Content-Type": "text/csv", "X-Two": "a"}
    fault_server.route("POST", "/agents", Reply(201, json=AGENT, headers=[("X-Two", "a"), ("x-two", "b"), ("ETag", '"1"')]))
    fault_server.route("GET", "/lines", Reply(text="one\ntwo\nthree", chunked=True))
    fault_server.route("GET", "/packed", Reply(body=gzip.compress(b"a,b\n1,2\n"), headers=packed))
    fault_server.route("GET", "/bytes", Reply(body=bytes(range(256))))
    fault_server.route("HEAD", "/agents", Reply(200, length=42))
    fault_server.route("DELETE", "/agents", Reply(204))
    fault_server.route("GET", "/moved", Reply(302, headers={"Location": "/lines"}))
    fault_server.route("GET", "/gone", Reply(410, json={"title": "Gone", "code": "AGENT_GONE"}))

    async def visit(transport: Any) -> list[Any]:
        seen: list[Any] = []
        async with world.client(fault_server.url, transport=transport) as api:
            for method, url, options in (
                ("POST", "/agents", {"json": AGENT}),
                ("GET", "/lines", {}),
                ("GET", "/packed", {}),
                ("GET", "/bytes", {}),
                ("HEAD", "/agents", {}),
                ("DELETE", "/agents", {}),
                ("GET", "/moved", {}),
            ):
                response = await api.request(method, url, **options)
                fields = response.headers.without("transfer-encoding", "content-length", "content-encoding")
                body = response.json() if method == "POST" else response.content
                seen.append((response.status, fields, body, response.request.url))
            seen.append((await outcome(api.get("/gone"))).code)
        return seen

    with recorded(path) as recorder:
        live = await visit(recorder)
    fault_server.close()
    with recorded(path, strict=True) as replayer:
        again = await visit(replayer)
    assert isinstance(replayer, Replayer)
    assert again == live
    assert live[2][2] == b"a,b\n1,2\n"
    assert again[-1] == "AGENT_GONE"


async def test_a_recording_can_be_read(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """JSON stands in the file as JSON, text line by line, and what differs from run to run is left out."""
    path = tmp_path / "agents.json"
    fault_server.route("POST", "/agents", Reply(json=AGENT, headers={"Date": "Mon, 01 Jan 2026 00:00:00 GMT", "ETag": "x"}))
    fault_server.route("GET", "/lines", Reply(text="one\ntwo"))
    with recorded(path) as transport:
        async with world.client(fault_server.url, transport=transport) as api:
            await api.post("/agents", json={"name": "Ada"}, params={"team": "blue"})
            await api.get("/lines")
    first, second = exchanges(path)
    assert first["request"] == {
        "method": "POST",
        "url": f"{fault_server.url}/agents?team=blue",
        "headers": ["Content-Type: application/json", "Accept: application/json, application/problem+json, */*;q=0.8"],
        "body": {"json": {"name": "Ada"}},
    }
    assert first["response"] == {
        "status": 200,
        "headers": ["ETag: x", "Content-Type: application/json"],
        "body": {"json": AGENT},
    }
    assert second["response"]["body"] == {"text": ["one\n", "two"]}
    assert '"ä"' in path.read_text(encoding="utf-8")


async def test_the_same_exchanges_make_the_same_file(world: World, tmp_path: Path) -> None:
    """Recording again changes nothing where nothing has changed, so that a diff shows what has."""
    files = {"avatar": ("ada.txt", b"I am Ada"), "photo": ("ada.png", b"\x89PNG\x00\xff")}
    calls = (("POST", "/agents", {"json": AGENT}), ("POST", "/files", {"files": files, "data": {"name": "Ada"}}))
    for name in ("a.json", "b.json"):
        await record(world, tmp_path / name, MockTransport(lambda request: Response(200, content=b"{}")), *calls)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


async def test_failures_of_the_network_are_recorded(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """A lost answer, a broken body and a refused connection are raised again, with the same certainty and cause."""
    path = tmp_path / "storm.json"
    fault_server.route("POST", "/lost", LostAnswer())
    fault_server.route("GET", "/reset", Reset("body", Reply(text="four words of text")))
    fault_server.route("GET", "/short", Truncate(Reply(text="four words of text")))
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", f"{fault_server.url}/lost", {"json": {}}),
        ("GET", f"{fault_server.url}/reset", {}),
        ("GET", f"{fault_server.url}/short", {}),
        ("GET", "http://127.0.0.1:1/", {}),
    ]

    async def visit(transport: Any) -> list[Any]:
        async with world.client(transport=transport, retry=False) as api:
            return [await outcome(api.request(method, url, **options)) for method, url, options in calls]

    with Recorder(path) as recorder:
        live = await visit(recorder)
    fault_server.close()
    again = await visit(Replayer(path))
    assert [type(problem) for problem in live] == [seawall.DisconnectProblem] * 3 + [seawall.ConnectProblem]
    for before, after in zip(live, again, strict=True):
        assert (type(after), after.sent, after.detail, after.may_have_applied) == (
            type(before), before.sent, before.detail, before.may_have_applied,
        )  # fmt: skip
        assert str(after.__cause__) == str(before.__cause__)
    assert again[-1].sent is Sent.NO
    assert exchanges(path)[1]["response"]["body"] == {"text": "four word", "cut": True}


@pytest.mark.parametrize("kind", [seawall.ReadTimeoutProblem, seawall.ResolveProblem, seawall.TooLargeProblem])
async def test_every_kind_of_problem_comes_back(world: World, kind: type[seawall.ApiProblem], tmp_path: Path) -> None:
    """A problem of the transport keeps its type, and one of the user's own types becomes the nearest of Seawall's."""
    own, odd = type("MyProblem", (kind,), {}), type("DeadlineProblem", (kind,), {})
    for raised in (kind, own, odd):
        await record(world, tmp_path / "a.json", Script(fail(raised, Sent.NO)), ("GET", "/", {}))
        async with world.client(URL, transport=Replayer(tmp_path / "a.json"), retry=False) as api:
            problem = await outcome(api.get("/"))
        assert (type(problem), problem.sent, problem.url) == (kind, Sent.NO, f"{URL}/")


async def test_each_attempt_is_an_exchange(world: World, tmp_path: Path) -> None:
    """A call that was retried is retried again in the replay, with the same story."""
    script = Script(fail(seawall.ConnectProblem, Sent.NO), 503, reply(200, b"done"))

    async def visit(transport: Any) -> tuple[Any, ...]:
        async with world.client(URL, transport=transport, retry=seawall.Retry(backoff=0)) as api:
            response = await api.get("/")
            return response.content, [(attempt.status, attempt.problem, attempt.sent) for attempt in response.attempts]

    with Recorder(tmp_path / "a.json", script) as recorder:
        live = await visit(recorder)
    assert len(exchanges(tmp_path / "a.json")) == 3
    assert await visit(Replayer(tmp_path / "a.json")) == live


async def test_a_stream_is_recorded_as_it_is_read(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """A streamed body is in the file as a whole, or as far as its reader went; reading further in the replay is an error."""
    lines = b"".join(b'{"n": %d}\n' % number for number in range(20_000))
    fault_server.route("GET", "/whole", Reply(body=lines, chunked=True))
    fault_server.route("GET", "/part", Reply(body=lines, chunked=True))

    async def visit(transport: Any, *, all_of_it: bool) -> list[int]:
        async with world.client(fault_server.url, transport=transport) as api:
            async with api.stream("GET", "/whole") as response:
                whole = [len(line) async for line in world.lines(response)]
            async with api.stream("GET", "/part") as response:
                async for piece in world.pieces(response):
                    whole.append(piece[0])
                    if not all_of_it:
                        break
        return whole

    with Recorder(tmp_path / "a.json") as recorder:
        live = await visit(recorder, all_of_it=False)
    assert len(live) == 20_001
    first, second = exchanges(tmp_path / "a.json")
    assert "".join(first["response"]["body"]["text"]).encode() == lines
    assert second["response"]["body"]["cut"] is True
    assert await visit(Replayer(tmp_path / "a.json"), all_of_it=False) == live
    with pytest.raises(RecordingError, match="recording 2: its body was not read any further"):
        await visit(Replayer(tmp_path / "a.json"), all_of_it=True)


async def test_a_download_is_replayed(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """A file comes whole out of a recording, with its progress, as it came over the network."""
    data = bytes(range(256)) * 1000
    fault_server.route("GET", "/file", Reply(body=data, headers={"ETag": '"1"'}))

    async def visit(transport: Any) -> None:
        told: list[seawall.Progress] = []
        async with world.client(fault_server.url, transport=transport) as api:
            file = await api.download("/file", to=tmp_path / "out", on_download=told.append)
        assert file.read_bytes() == data
        assert told[-1] == seawall.Progress(len(data), len(data))

    await visit(Recorder(tmp_path / "a.json"))
    await visit(Replayer(tmp_path / "a.json"))


async def test_uploads_are_recorded(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """A streamed request body is copied as it is sent, reaches the server, and is what the replay is matched by."""
    route = fault_server.route("PUT", "/file", Reply(204))

    def pieces() -> Iterator[bytes]:
        yield from (b"one ", b"two")

    with Recorder(tmp_path / "a.json") as recorder:
        async with world.client(fault_server.url, transport=recorder) as api:
            await api.put("/file", content=pieces, headers={"Content-Type": "text/plain"})
    assert [call.body for call in route.calls] == [b"one two"]
    assert exchanges(tmp_path / "a.json")[0]["request"]["body"] == {"text": "one two"}
    async with world.client(fault_server.url, transport=Replayer(tmp_path / "a.json")) as api:
        assert (await api.put("/file", content=b"one two")).status == 204


async def test_an_unread_upload_stays_unread(world: World, tmp_path: Path) -> None:
    """A body that can be read once survives a recorded failure that came before it was read, as it did live."""

    class Unplugged(Script):
        async def send(self, request: seawall.Request, clocks: Any) -> Response:
            if not self.calls:
                self.calls.append(None)  # type: ignore[arg-type]
                raise seawall.ConnectProblem(sent=Sent.NO)
            return await super().send(request, clocks)

    async def visit(transport: Any) -> int:
        async with world.client(URL, transport=transport, retry=seawall.Retry(backoff=0)) as api:
            return int((await api.put("/file", content=iter([b"one ", b"two"]))).status)

    with Recorder(tmp_path / "a.json", Unplugged(200)) as recorder:
        assert await visit(recorder) == 200
    failed, answered = (exchange["request"]["body"] for exchange in exchanges(tmp_path / "a.json"))
    assert (failed, answered) == ({"cut": True}, {"text": "one two"})
    assert await visit(Replayer(tmp_path / "a.json")) == 200


@pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_what_was_recorded_survives_the_end(stop: type[BaseException], tmp_path: Path) -> None:
    """An exception or Ctrl-C in the middle keeps the exchanges up to then."""

    def visit() -> None:
        with recorded(tmp_path / "a.json", transport=Script(200)) as transport:
            seawall.Client(URL, transport=transport).get("/")
            raise stop

    with pytest.raises(stop):
        visit()
    assert len(exchanges(tmp_path / "a.json")) == 1


async def test_closing_the_client_saves(world: World, tmp_path: Path) -> None:
    """A recorder that is used without a `with` block is saved when its client is closed."""
    async with world.client(URL, transport=Recorder(tmp_path / "a.json", Script(200))) as api:
        await api.get("/")
    assert len(exchanges(tmp_path / "a.json")) == 1


def test_a_recording_of_nothing_changes_nothing(tmp_path: Path) -> None:
    """A test that stops before its first call leaves the recording as it was, and makes no empty one."""
    (tmp_path / "old.json").write_text("as it was")
    for name in ("old.json", "new.json"):
        with recorded(tmp_path / name, mode="all", transport=Script(200)):
            pass
    assert (tmp_path / "old.json").read_text() == "as it was"
    assert not (tmp_path / "new.json").exists()


def test_the_file_is_replaced_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that fails leaves the old recording whole and nothing beside it."""
    path = tmp_path / "a.json"
    path.write_text("as it was")

    def refuse(source: object, target: object) -> None:
        assert json.loads(Path(str(source)).read_text())["version"] == 1
        raise PermissionError

    monkeypatch.setattr(os, "replace", refuse)
    with (
        pytest.raises(RecordingError, match=r"a\.json: it cannot be written \(PermissionError\)"),
        recorded(path, mode="all", transport=Script(200)) as transport,
    ):
        seawall.Client(URL, transport=transport).get("/")
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]
    assert path.read_text() == "as it was"


@pytest.mark.parametrize(
    ("answer", "options"),
    [
        pytest.param(reply(200), {"content": b"x" * 101}, id="request in memory"),
        pytest.param(reply(200), {"content": lambda: iter([b"x" * 50] * 3)}, id="streamed request"),
        pytest.param(reply(200, b"x" * 101), {}, id="response"),
        pytest.param(reply(200, gzip.compress(b"x" * 101), Content_Encoding="gzip"), {}, id="unpacked response"),
    ],
)
async def test_a_body_over_the_bound_is_refused(world: World, answer: Response, options: dict[str, Any], tmp_path: Path) -> None:
    """A body that nobody would read in a repository raises an error that names the option, the file and the call."""
    recorder = Recorder(tmp_path / "big.json", Script(answer), max_body=100)
    async with world.client(URL, transport=recorder) as api:
        with pytest.raises(
            RecordingError, match=r"big\.json: max_body: .* body of PUT https://api\.acme\.example/ is over 100 bytes"
        ):
            await api.put("/", **options)


async def test_a_stream_over_the_bound_is_refused_and_freed(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """A streamed answer over the bound is refused where it passes the bound, and its connection is closed."""
    fault_server.route("GET", "/big", Reply(body=b"x" * 10_000_000, chunked=True))
    async with world.client(fault_server.url, transport=Recorder(tmp_path / "big.json", max_body=5000)) as api:
        with pytest.raises(RecordingError, match="max_body: the response body"):
            await api.get("/big")
        await world.until(fault_server.wait_until_closed)


async def test_a_packed_body_that_is_broken_stays_broken(world: World, tmp_path: Path) -> None:
    """A body that cannot be unpacked is recorded as it came, and fails in the replay as it did live."""
    script = Script(reply(200, b"no gzip", Content_Encoding="gzip"))
    await record(world, tmp_path / "a.json", script, ("GET", "/", {}))
    async with world.client(URL, transport=Replayer(tmp_path / "a.json")) as api:
        assert type(await outcome(api.get("/"))) is seawall.ProtocolProblem
    plain = world.client(URL, transport=Recorder(tmp_path / "b.json", script), bounds=seawall.Bounds(decompress=False))
    assert (await plain.get("/")).content == b"no gzip"


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": 1e400}',
        b'{"a": -0}',
        b'{"a": 0.12345678901234567890}',
        b'["\\ud800"]',
        b"\xef\xbb\xbf{}",
        b"[" * 100 + b"]" * 100,
    ],
    ids=range(8),
)
async def test_json_that_would_lose_something_is_kept_as_text(world: World, body: bytes, tmp_path: Path) -> None:
    """JSON that cannot be read and written again without loss comes back byte for byte."""
    await record(world, tmp_path / "a.json", Script(reply(200, body, Content_Type="application/json")), ("GET", "/", {}))
    async with world.client(URL, transport=Replayer(tmp_path / "a.json")) as api:
        assert (await api.get("/")).content == body


def test_a_recorder_belongs_to_the_world_of_its_transport() -> None:
    """A recorder around a transport is refused by the client that the transport would not fit."""
    with pytest.raises(seawall.UsageError, match="is for AsyncClient"):
        seawall.Client(transport=Recorder("a.json", seawall.AsyncHttpx2Transport()))
    with pytest.raises(seawall.UsageError, match="is for Client"):
        seawall.AsyncClient(transport=Recorder("a.json", seawall.Httpx2Transport()))


async def test_calls_at_the_same_time_are_recorded_one_by_one(world: World, fault_server: FaultServer, tmp_path: Path) -> None:
    """Calls of many threads or tasks make one exchange each, in the order in which they began, and find their own again."""
    for number in range(12):
        fault_server.route("GET", f"/{number}", Reply(text=f"answer {number}"))

    async def visit(transport: Any) -> list[str]:
        async with world.client(fault_server.url, transport=transport) as api:

            def job(number: int) -> Any:
                async def call() -> str:
                    return str((await api.get(f"/{number}")).text)

                return call

            return await world.gather(*(job(number) for number in range(12)))

    with Recorder(tmp_path / "a.json") as recorder:
        live = await visit(recorder)
    assert live == [f"answer {number}" for number in range(12)]
    assert len(exchanges(tmp_path / "a.json")) == 12
    with recorded(tmp_path / "a.json", strict=True) as replayer:
        assert await visit(replayer) == live


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("mode", "new"),
        ("redact", "token"),
        ("redact", [3]),
        ("redact", 3),
        ("keep", "x"),
        ("keep", 3),
        ("keep", [3]),
        ("match_on", ["host"]),
    ],
)
def test_wrong_options_are_refused(option: str, value: Any, tmp_path: Path) -> None:
    """An option that means nothing is refused by its name when the recording begins."""
    (tmp_path / "a.json").write_text('{"format": "seawall-recording", "version": 1, "exchanges": []}')
    with pytest.raises(seawall.UsageError, match=f"^{option}: "):
        recorded(tmp_path / "a.json", **{option: value})


@pytest.mark.parametrize(("option", "value"), [("match_on", ["host"]), ("max_body", -1), ("max_body", "1 MiB")])
def test_wrong_options_are_refused_before_anything_is_recorded(option: str, value: Any, tmp_path: Path) -> None:
    """An option that would spoil the first replay is refused by its name while there is no recording yet."""
    with pytest.raises(seawall.UsageError, match=f"^{option}: "):
        recorded(tmp_path / "a.json", **{option: value})


async def test_two_recorders_of_one_file_are_refused(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second recorder of a file is refused by the file's name, however it is written, until the first one is closed."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.json"
    with recorded(path, transport=Script(200)) as first:
        for same in (path, "a.json"):
            with pytest.raises(RecordingError, match=r"a\.json: another recorder writes this file"):
                recorded(same)
        with recorded(tmp_path / "b.json"):
            async with world.client(URL, transport=first) as api:
                await api.get("/agents")
    assert len(exchanges(path)) == 1
    with recorded(path, mode="all"):
        assert len(exchanges(path)) == 1


async def test_a_recorder_that_was_saved_does_not_go_on_beside_another(world: World, tmp_path: Path) -> None:
    """What was saved lets go of its file; it may record more as long as nobody else has the file."""
    path = tmp_path / "a.json"
    first = Recorder(path, Script(200, 200, 200))
    async with world.client(URL, transport=first, retry=False) as api:
        await api.get("/1")
        first.save()
        await api.get("/2")
        first.save()
        with Recorder(path), pytest.raises(RecordingError, match="another recorder"):
            await api.get("/3")
    assert [each["request"]["url"] for each in exchanges(path)] == [f"{URL}/1", f"{URL}/2"]


ANOTHER_PROCESS = """
import sys, seawall
from seawall.testing import recorded

answer = seawall.MockTransport(lambda request: seawall.Response(200))
with recorded(sys.argv[1], mode="all", transport=answer) as transport:
    print("recording", flush=True)
    sys.stdin.readline()
    seawall.Client("https://api.acme.example", transport=transport).get(sys.argv[2])
"""


def another_process(path: Path, url: str) -> "subprocess.Popen[str]":
    """Begin to record in another process, which makes one call as soon as it reads a line, and ends."""
    command = [sys.executable, "-c", ANOTHER_PROCESS, str(path), url]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    assert process.stdout is not None
    assert process.stdout.readline() == "recording\n"
    return process


def record_elsewhere(path: Path, url: str) -> None:
    """Record one exchange in another process, from its beginning to its end."""
    process = another_process(path, url)
    assert (process.communicate("go\n"), process.returncode) == (("", ""), 0)


@pytest.mark.parametrize("before", [None, "old"])
async def test_what_another_process_recorded_is_not_replaced(world: World, tmp_path: Path, before: str | None) -> None:
    """Of two processes that record into one file the second one to save is told what to do, and the first one's stays."""
    path = tmp_path / "made" / "a.json"
    if before is not None:
        path.parent.mkdir()
        path.write_text(before)
    recorder = Recorder(path, Script(200))
    async with world.client(URL, transport=recorder) as api:
        await api.get("/ours")
        record_elsewhere(path, "/theirs")
        with pytest.raises(RecordingError, match=r"a\.json: it was written by somebody else.*a file of its own"):
            recorder.save()
        path.unlink()  # nothing is left that could be lost
    assert [each["request"]["url"] for each in exchanges(path)] == [f"{URL}/ours"]
    assert [file.name for file in path.parent.iterdir()] == ["a.json"]


async def test_saving_again_is_not_somebody_elses_writing(world: World, tmp_path: Path) -> None:
    """One recorder may save as often as it likes; once another one has the file, nothing new is nothing to save."""
    path = tmp_path / "a.json"
    with Recorder(path, Script(200, 200)) as recorder:
        async with world.client(URL, transport=recorder) as api:
            await api.get("/1")
            recorder.save()
            await api.get("/2")
        assert len(exchanges(path)) == 2
        record_elsewhere(path, "/theirs")
    assert [each["request"]["url"] for each in exchanges(path)] == [f"{URL}/theirs"]


def test_of_many_processes_that_save_at_once_one_wins(tmp_path: Path) -> None:
    """However many processes save at the same instant, the file is that of one, and all the others fail."""
    path = tmp_path / "a.json"
    crowd = [another_process(path, f"/{number}") for number in range(4)]
    for process in crowd:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate()[1] for process in crowd]
    winners = [number for number, process in enumerate(crowd) if process.returncode == 0]
    assert [f"{URL}/{number}" for number in winners] == [each["request"]["url"] for each in exchanges(path)]
    assert sum("written by somebody else" in words for words in said) == len(crowd) - 1


def test_a_recorder_that_was_dropped_holds_no_file(tmp_path: Path) -> None:
    """One that nobody closed and nobody has any more does not keep the next one from its file."""
    Recorder(tmp_path / "a.json")
    gc.collect()
    with Recorder(tmp_path / "a.json") as recorder:
        assert recorder.path == tmp_path / "a.json"
