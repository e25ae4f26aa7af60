"""The comparison with other clients: what it promises to print, and that it looks before it measures."""

import json
import shutil
from pathlib import Path

import pytest

from benchmarks import _compare_children as children
from benchmarks import (
    _compare_growth,
    _compare_proof,
    _compare_rows,
    _compare_server,
    compare,
)
from benchmarks import _compare_worker as worker
from benchmarks._compare_cases import CASES, GOALS, GROWTH, Target
from benchmarks._harness import Row
from seawall.testing import Behaviour, FaultServer, Garbage, Reply, Truncate

PROMISED = {
    "compare/async16/httpx2": 12,
    "compare/async64/httpx2": 12,
    "compare/async16/aiohttp": 1.5,
    "compare/uvloop16/pyreqwest": 1.0,
    "compare/sync1/httpx2": 8,
    "compare/sync1/urllib3": 2,
    "compare/async16/prototype": 0.5,
    "compare/download10/urllib3": 1,
    "compare/download10/pyreqwest": 1,
}
BODY = b"x" * 1200


def figures(cpu: float) -> children.Figures:
    return children.Figures(cpu, rate=1.0, p50=2.0, p99=3.0, memory=4.0)


def rows_by_id(*, quick: bool) -> dict[str, Row]:
    """The rows of a run in which Seawall costs 10 us and every peer 100."""
    rows = []
    for case in compare.chosen(quick=quick, only=None):
        if case is not GROWTH:
            names = case.taking_part(quick=quick)
            rows += _compare_rows.rows_of(case, {name: figures(10.0 if name == "seawall" else 100.0) for name in names})
    assert len({row.id for row in rows}) == len(rows)
    return {row.id: row for row in rows}


@pytest.mark.parametrize("quick", [True, False])
def test_every_promised_row_is_there(quick: bool) -> None:
    """A quick run and a full one have the rows that goals are set for, under ids that no other row has."""
    rows = rows_by_id(quick=quick)
    goals = {name: row for name, row in rows.items() if row.goal}
    assert {name: row.goal for name, row in goals.items()} == {name: f">= {least:g}" for name, least in PROMISED.items()}
    assert all((row.ratio, row.ratio_to) == (10.0, "seawall") for row in goals.values())
    assert {goal.id: goal.least for goal in GOALS} == PROMISED


@pytest.mark.parametrize("quick", [True, False])
def test_seawall_stands_in_every_case(quick: bool) -> None:
    """Where a peer is measured, Seawall is measured beside it; growth is measured in both kinds of run."""
    cases = compare.chosen(quick=quick, only=None)
    assert all("seawall" in case.taking_part(quick=quick) for case in cases)
    assert GROWTH in cases
    assert compare.chosen(quick=quick, only="async16") == [case for case in CASES if case.name == "async16"]


@pytest.mark.parametrize(("peer", "met"), [(11.9, False), (12.0, True)])
def test_a_goal_is_met_from_its_ratio_on(peer: float, met: bool) -> None:
    """The ratio is the peer's cost by Seawall's, and the verdict follows it."""
    case = next(case for case in CASES if case.name == "async64")
    rows = {row.id: row for row in _compare_rows.rows_of(case, {"seawall": figures(1.0), "httpx2": figures(peer)})}
    row = rows["compare/async64/httpx2"]
    assert (row.value, row.ratio, row.met) == (peer, peer, met)
    assert {f"{row.id}/{part}" for part in ("rate", "p50", "p99", "memory")} <= set(rows)


def test_each_subject_can_be_made() -> None:
    """Every subject of every case has a module that a worker finds."""
    subjects = {name for case in CASES for quick in (True, False) for name in case.taking_part(quick=quick)}
    assert subjects == set(worker.MODULES)


def test_a_missing_peer_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Who is not installed is named, with the command that installs him: no row is left out in silence."""
    monkeypatch.setattr(children, "NIQUESTS", tmp_path / "python")
    with pytest.raises(SystemExit, match=r"httq, niquests.*make bench"):
        children.check_installed({"seawall", "prototype", "niquests", "httq"})
    children.check_installed({"seawall", "prototype", "protocol"})


def test_a_missing_server_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without nginx nothing is measured, and the message says how it gets here."""
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
    with pytest.raises(SystemExit, match="make bench"):
        _compare_server.find_nginx()


@pytest.mark.parametrize("agents", [0, 1, 19])
def test_documents_say_how_long_they_are(agents: int) -> None:
    """A client that decodes can be checked by the size that the document names."""
    document = _compare_server.document(agents)
    assert json.loads(document)["bytes"] == len(document)
    assert len(json.loads(document)["agents"]) == agents


def test_each_policy_is_seen_acting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A policy that does nothing is noticed before anything is timed."""
    _compare_proof.see_all_acting()
    monkeypatch.setattr("seawall.policies.headers._interceptor.AppHeaders.__call__", _pass_on)
    with pytest.raises((AssertionError, KeyError)):
        _compare_proof.see_all_acting()


async def _pass_on(self: object, request: object, call_next: object) -> object:
    return await call_next(request)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("subject", "world"), [("prototype", "blocking"), ("prototype", "asyncio"), ("protocol", "asyncio"), ("prototype", "uvloop")]
)
def test_a_worker_does_what_it_is_told(subject: str, world: str) -> None:
    """A yardstick in its own process makes as many calls as asked, by as many callers, on connections that it keeps."""
    with FaultServer() as server:
        route = server.route("GET", "/agents", Reply(body=BODY))
        with children.started(subject, world, Target(f"{server.url}/agents", len(BODY))) as child:
            assert set(child.ask("batch", concurrency=2, calls=20)) == {"cpu", "wall"}
            assert len(route.calls) == 2 + 20
            assert set(child.ask("latencies", concurrency=1, calls=10)) == {"p50", "p99"}
            assert child.ask("memory")["memory"] > 1
        assert len(route.calls) == 2 + 20 + 1 + 10
        assert len({seen.connection for seen in route.calls}) <= 2


def ends(world: str, target: Target) -> None:
    with children.started("prototype", world, target) as child, pytest.raises(SystemExit, match="the worker of prototype"):
        child.ask("batch", concurrency=1, calls=1)


@pytest.mark.parametrize(("world", "behaviour"), [("blocking", Truncate(Reply(body=BODY))), ("asyncio", Garbage())])
def test_a_failing_call_ends_the_measurement(world: str, behaviour: Behaviour, capfd: pytest.CaptureFixture[str]) -> None:
    """A worker whose call fails ends with the error, and the run with it: there is no figure of calls that came to nothing."""
    with FaultServer() as server:
        server.route("GET", "/agents", Reply(body=BODY), behaviour)
        ends(world, Target(f"{server.url}/agents", len(BODY)))
    assert "Error" in capfd.readouterr().err


def test_a_body_of_another_length_ends_the_measurement(capfd: pytest.CaptureFixture[str]) -> None:
    """What comes is counted: a client that skips bodies is not measured."""
    with FaultServer() as server:
        server.route("GET", "/agents", Reply(body=BODY))
        ends("blocking", Target(f"{server.url}/agents", 7))
    assert "in place of 7 each" in capfd.readouterr().err


def test_growth_is_judged_by_its_ratio() -> None:
    """Growth that is a little more than linear passes, more than a fifth does not."""
    assert _compare_growth._row("calls", "seawall", 11.0, 10.0, "1x").met is True
    row = _compare_growth._row("calls", "seawall", 12.5, 10.0, "1x")
    assert (row.id, row.ratio, row.goal, row.met) == ("compare/growth/calls", 1.25, "<= 1.2", False)
