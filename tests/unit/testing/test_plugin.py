"""The fixtures that every project with pytest finds when Seawall is installed, in projects of their own."""

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import seawall
from seawall.chain import drive
from seawall.chain.runtimes import BlockingRuntime
from seawall.testing import FakeClock, FaultServer, Reply

pytest_plugins = ["pytester"]

FIXTURES = ["fault_server", "tls_fault_server", "fake_clock", "mock_transport", "retry_off", "recording", "recording_options"]
CALL = """
import seawall

def visit(transport, path="/agents"):
    with seawall.Client("http://127.0.0.1:{port}", transport=transport, retry=False) as api:
        return api.get(path).json()
"""


@pytest.fixture
def project(pytester: pytest.Pytester, fault_server: FaultServer) -> pytest.Pytester:
    """A project whose tests ask a server for agents."""
    fault_server.route("GET", "/agents", Reply(json=[1]), Reply(json=[2]), Reply(json=[3]))
    pytester.makepyfile(calls=CALL.format(port=fault_server.port))
    pytester.makeini("[pytest]\n")
    return pytester


def run(project: pytest.Pytester, test: str, *options: str, ci: str = "") -> str:
    """Run pytest over one test file of a project, and return what it says."""
    project.makepyfile(test_agents=f"from calls import visit\n{test}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CI", ci)
        patch.setenv("PYTEST_ADDOPTS", "")
        found = project.runpytest_inprocess("-q", "-p", "no:cacheprovider", "-p", "no:xdist", *options)
    return found.stdout.str() + found.stderr.str()


def recordings(project: pytest.Pytester) -> list[str]:
    """Which recordings a project has."""
    return sorted(path.relative_to(project.path).as_posix() for path in project.path.rglob("*.json"))


LISTS = "def test_lists(recording):\n    assert visit(recording) == [1]\n"


def test_the_fixtures_come_with_the_package(
    fault_server: FaultServer, tls_fault_server: FaultServer, fake_clock: FakeClock, mock_transport: seawall.MockTransport
) -> None:
    """A test takes running servers, a jumping clock and a mock by their names."""
    mock_transport.route("GET", "/x", seawall.Response(200, content=b"ok"))
    for server in (fault_server, tls_fault_server):
        server.route("GET", "/x", Reply(text="ok"))
    clients = [
        seawall.Client(fault_server.url),
        seawall.Client(tls_fault_server.url, verify=tls_fault_server.client_context()),
        seawall.Client("https://api.acme.example", transport=mock_transport),
    ]
    assert [client.get("/x").text for client in clients] == ["ok"] * 3
    assert drive(BlockingRuntime(fake_clock).sleep(3600.0))
    for client in clients:
        client.close()
    assert [entry.value for entry in entry_points(group="pytest11", name="seawall")] == ["seawall_tools._pytest_plugin"]


def test_retries_are_off_where_the_fixture_is_asked_for(retry_off: None, mock_transport: seawall.MockTransport) -> None:
    """The fixture `retry_off` holds while its test runs."""
    route = mock_transport.route("GET", "/x", seawall.Response(503))
    api = seawall.Client("https://api.acme.example", transport=mock_transport)
    with pytest.raises(seawall.UnavailableProblem) as caught:
        api.get("/x")
    assert caught.value.stopped is seawall.StopReason.RETRY_OFF
    assert len(route.calls) == 1


def test_retries_are_on_again_after_it(mock_transport: seawall.MockTransport, fake_clock: FakeClock) -> None:
    """And no longer than that."""
    route = mock_transport.route("GET", "/x", seawall.Response(503))
    api = seawall.Client("https://api.acme.example", transport=mock_transport, clock=fake_clock)
    with pytest.raises(seawall.UnavailableProblem):
        api.get("/x")
    assert len(route.calls) == 3


LOADED = """
import sys, pytest
assert pytest.main(["-q", "-p", "no:cacheprovider", sys.argv[1]]) == 0
print("loaded", *(name for name in sys.modules if name.partition(".")[0].startswith("seawall")))
"""


def loaded_by(project: pytest.Pytester, test: str) -> set[str]:
    """The modules of Seawall that a run of pytest over one test imports."""
    command = [sys.executable, "-c", LOADED, str(project.makepyfile(test))]
    environment = {**os.environ, "PYTEST_ADDOPTS": ""}
    done = subprocess.run(command, cwd=project.path, env=environment, capture_output=True, text=True, check=True)
    mark, *modules = done.stdout.splitlines()[-1].split()
    assert mark == "loaded"
    return set(modules)


def test_a_project_without_the_fixtures_does_not_load_seawall(pytester: pytest.Pytester) -> None:
    """Where no fixture is used pytest loads the plugin alone, which costs it milliseconds; a fixture loads what it needs."""
    plugin = {"seawall_tools", "seawall_tools._pytest_plugin"}
    assert loaded_by(pytester, "def test_nothing():\n    pass\n") == plugin
    assert loaded_by(pytester, "def test_a_clock(fake_clock):\n    pass\n") > plugin | {"seawall.testing", "seawall.client"}


def test_pytest_lists_the_fixtures_with_a_line_each(project: pytest.Pytester) -> None:
    """`pytest --fixtures` says in one line what each fixture is, and `--help` what the option does."""
    listed = run(project, LISTS, "--fixtures").splitlines()
    for name in (
        "fault_server",
        "tls_fault_server",
        "fake_clock",
        "mock_transport",
        "retry_off",
        "recording",
        "recording_options",
    ):
        (place,) = [number for number, line in enumerate(listed) if line.startswith(f"{name} -- ")]
        assert listed[place + 1].startswith("    ")
        assert listed[place + 1].endswith((".", "`"))
    said = " ".join(run(project, LISTS, "--help").split())
    assert "--seawall-record={once,all,none}" in said
    assert "`none` only replays" in said
    assert "seawall_recordings (string): Folder of the fixture" in said or "folder of the fixture `recording`" in said


def test_a_test_is_recorded_once_and_then_replayed(project: pytest.Pytester, fault_server: FaultServer) -> None:
    """The first run asks the server and writes the recording beside the test; the next ones need no server."""
    assert "1 passed" in run(project, LISTS)
    assert recordings(project) == ["recordings/test_agents/test_lists.json"]
    assert "1 passed" in run(project, LISTS)
    assert len(fault_server.calls) == 1


def test_recordings_can_be_made_anew(project: pytest.Pytester, fault_server: FaultServer) -> None:
    """`--seawall-record=all` asks the server again, and the new answer is replayed from then on."""
    run(project, LISTS)
    assert "1 passed" in run(project, LISTS.replace("[1]", "[2]"), "--seawall-record=all")
    assert "1 passed" in run(project, LISTS.replace("[1]", "[2]"))
    assert len(fault_server.calls) == 2


@pytest.mark.parametrize("options", [{"ci": "true"}, {"options": ["--seawall-record=none"]}], ids=["CI", "none"])
def test_nothing_is_recorded_unasked(project: pytest.Pytester, fault_server: FaultServer, options: dict[str, object]) -> None:
    """Under CI, and with `--seawall-record=none`, a test without a recording fails and says how to make it."""
    said = run(project, LISTS, *options.get("options", []), ci=str(options.get("ci", "")))  # type: ignore[misc]
    assert "test_lists.json: there is no such recording" in said
    assert "record it with --seawall-record=once" in said
    assert "_plugin.py" not in said
    assert fault_server.calls == []
    assert recordings(project) == []


def test_an_option_rules_over_ci(project: pytest.Pytester) -> None:
    """Somebody who asks for it may record where CI is set."""
    assert "1 passed" in run(project, LISTS, "--seawall-record=once", ci="1")


NAMES = """
import pytest

@pytest.mark.parametrize("name", ["a/b", "a-b", "x" * 300, "ä"])
def test_of(name, recording):
    visit(recording)

class TestAgents:
    def test_of(self, recording):
        visit(recording)
"""


def test_every_test_has_its_own_file(project: pytest.Pytester, fault_server: FaultServer) -> None:
    """Parameters, classes and odd names lead to different files with names that every system can have, in the folder chosen."""
    fault_server.route("GET", "/agents", Reply(json=[]))
    project.makeini("[pytest]\nseawall_recordings = exchanges\n")
    assert "5 passed" in run(project, NAMES)
    found = recordings(project)
    assert "exchanges/test_agents/TestAgents.test_of.json" in found
    assert len(found) == 5
    assert all(name.startswith("exchanges/test_agents/") and len(Path(name).name) < 120 for name in found)
    assert "5 passed" in run(project, NAMES, "--seawall-record=none")


OPTIONS = """
import pytest

@pytest.fixture
def recording_options():
    return {options}

def test_lists(recording):
    visit(recording, "/agents?innocent=canary")
"""


def test_options_come_from_a_fixture(project: pytest.Pytester) -> None:
    """A project says once what is secret in its recordings, and a wrong option is named without a long traceback."""
    assert "1 passed" in run(project, OPTIONS.format(options={"redact": ["innocent"], "strict": True}))
    assert "canary" not in (project.path / recordings(project)[0]).read_text()
    for options, says in (({"odd": 1}, "unexpected keyword argument 'odd'"), ({"redact": "token"}, "redact: give a list")):
        said = run(project, OPTIONS.format(options=options))
        assert "recording_options: " in said
        assert says in said
        assert "_plugin.py" not in said


def test_a_broken_recording_is_reported(project: pytest.Pytester) -> None:
    """A recording that cannot be read fails its test with the place and the way out."""
    run(project, LISTS)
    (project.path / recordings(project)[0]).write_text('{\n "format": 1,\n}')
    said = run(project, LISTS)
    assert "test_lists.json: line 3, column 1: this is no JSON" in said
    assert "record it with --seawall-record=all" in said


def test_a_mismatch_is_reported_once(project: pytest.Pytester) -> None:
    """A test that fails by an unmatched request says so once; one whose app swallowed it is an error all the same."""
    run(project, LISTS)
    other = LISTS.replace("visit(recording)", "visit(recording, '/others')")
    said = run(project, other)
    assert "1 failed" in said
    assert "error" not in said.splitlines()[-1]
    assert 'path: recorded "/agents", asked "/others"' in said
    swallowed = "def test_lists(recording):\n    try:\n        visit(recording, '/others')\n    except Exception:\n        pass\n"
    said = run(project, swallowed)
    assert "1 passed, 1 error" in said
    assert 'path: recorded "/agents", asked "/others"' in said


def test_a_strict_recording_wants_to_be_used(project: pytest.Pytester) -> None:
    """With `strict` a test that asks for less than was recorded is an error that lists the rest."""
    strict = OPTIONS.format(options={"strict": True})
    run(project, strict)
    said = run(project, strict.replace("visit(recording,", "(lambda *_: 0)(recording,"))
    assert "1 of 1 recordings were not used" in said
    assert "1 passed, 1 error" in said


def test_a_failing_test_keeps_its_recording(project: pytest.Pytester) -> None:
    """What was exchanged before a test failed is written, since it may show why."""
    assert "1 failed" in run(project, LISTS.replace("[1]", "[7]"))
    (exchange,) = json.loads((project.path / recordings(project)[0]).read_text())["exchanges"]
    assert exchange["response"]["body"] == {"json": [1]}
