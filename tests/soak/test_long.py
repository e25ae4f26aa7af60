"""What takes long: `make soak` runs it. Short forms of all of it are in `make test`."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hypothesis
import msgspec
import pytest
from hypothesis import strategies as st

import seawall
from seawall.testing import BadChunk, FaultServer, Garbage, LostAnswer, Reply, Reset, Truncate
from seawall_demo.trial import QUICK_CALLS, SUBJECTS, BackendProcess, job, run_trial

pytestmark = pytest.mark.soak
FAULTS = [LostAnswer(), Reset("head"), Reset("body"), Garbage(), BadChunk(), Truncate(), Reply(503), Reply(json={"ok": True})]


@pytest.mark.parametrize("seed", range(100, 160))
def test_sixty_storms(seed: int) -> None:
    """In sixty more storms Seawall crashes never, and loses and doubles nothing."""
    with BackendProcess() as backend:
        trial = run_trial(backend, f"soak-{seed}", seed, SUBJECTS["seawall"], job(QUICK_CALLS))
    assert (trial.result.crashes, trial.result.duplicate_creates, trial.result.lost_creates) == (0, 0, 0)
    assert all(name.endswith("-unkeyed") for name in trial.audit.ghosts)


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_thousands_of_faults_leave_no_descriptor_open() -> None:
    """After 20,000 calls on eight threads against every kind of fault, the process holds no more files than before."""
    with FaultServer() as server:
        for fault in FAULTS:
            server.route("GET", f"/{type(fault).__name__}{FAULTS.index(fault)}", fault)
        paths = [f"/{type(fault).__name__}{place}" for place, fault in enumerate(FAULTS)]
        before = _open_files()
        with seawall.Client(server.url, retry=False) as api, ThreadPoolExecutor(8) as threads:
            outcomes = list(threads.map(lambda number: _outcome(api, paths[number % len(paths)]), range(20_000)))
        server.wait_until_closed()
        assert _open_files() <= before
    assert outcomes.count("ok") == outcomes.count("UnavailableProblem") == 2_500
    assert set(outcomes) <= {"ok", "UnavailableProblem", "DisconnectProblem", "ProtocolProblem"}


def _outcome(api: seawall.Client, path: str) -> str:
    try:
        api.get(path)
    except seawall.ApiProblem as problem:
        return type(problem).__name__
    return "ok"


def test_thousands_of_cancelled_tasks_leave_the_pool_whole() -> None:
    """After 2,000 tasks that were cancelled in whatever phase they were, the pool serves all its places again."""

    async def main() -> list[int]:
        async with seawall.AsyncClient(server.url, max_connections=10, retry=False) as api:
            for number in range(2_000):
                task = asyncio.create_task(api.get("/"))
                for _ in range(number % 40):
                    await asyncio.sleep(0)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            return [response.status for response in await asyncio.gather(*(api.get("/") for _ in range(10)))]

    with FaultServer() as server:
        server.route("GET", "/", Reply(json={"ok": True}))
        assert asyncio.run(main()) == [200] * 10
        server.wait_until_closed()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["code", "type", "errors", "params"]), inner),
)


@hypothesis.settings(max_examples=10_000)
@hypothesis.given(body=st.binary() | JSON.map(msgspec.json.encode), status=st.integers(400, 599), kind=st.text(max_size=40))
def test_any_error_body_is_survived(body: bytes, status: int, kind: str) -> None:
    """E1: whatever a server sends with an error status, there is a problem of that status with a safe message."""
    problem = seawall.problems.parse(seawall.Response(status, headers={"Content-Type": kind}, content=body))
    assert problem is not None
    assert problem.status == status
    assert os.linesep not in problem.user_message()
