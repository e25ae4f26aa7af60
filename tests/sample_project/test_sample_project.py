"""A project that knows only Seawall's public names can test itself with the kit, and its tests can fail."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import seawall
import seawall.testing
from seawall.testing import FaultServer, Reply

PROJECT = Path(__file__).parent / "project"
SOURCES = sorted(PROJECT.rglob("*.py"))
PUBLIC = {"seawall": set(seawall.__all__) | {"testing"}, "seawall.testing": set(seawall.testing.__all__)}
TESTS = 16
OURS = ["no:anyio", "no:hypothesispytest", "no:timeout", "no:xdist"]  # plugins that the project would not have, nor wait for


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, in a place of its own."""
    return Path(shutil.copytree(PROJECT, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__")))


def run(project: Path, *options: str, **environment: str) -> str:
    """Run the project's tests as its authors would, under CI, and return what pytest says."""
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", *[f"-p{name}" for name in OURS], *options],
        cwd=project,
        env={**os.environ, "CI": "true", "PYTEST_ADDOPTS": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout + found.stderr


def outcomes(said: str) -> dict[str, int]:
    """How many tests passed, failed, and so on."""
    return {word: int(count) for count, word in re.findall(r"(\d+) ([a-z]+)", said.splitlines()[-1]) if word != "in"}


def test_the_project_passes_its_tests(project: Path) -> None:
    """All tests of the project pass, with the plugin that pytest finds by itself, and without a network."""
    assert outcomes(run(project)) == {"passed": TESTS}


@pytest.mark.parametrize(
    ("bug", "failed", "says"),
    [
        (
            "fahrenheit",
            5,
            [
                "POST /stations/{number}/readings: expected one call, and that as described; one call came",
                "json /celsius: expected 21.5, got 70.7",
            ],
        ),
        ("new-key", 4, ["expected the last call to be as described; 2 calls came", "Idempotency-Key: expected"]),
        ("impatient", 1, ["ServiceDownError"]),
        ("optimist", 4, ["DID NOT RAISE"]),
        (
            "renamed",
            2,
            [
                "test_stations_are_listed_for_those_who_signed_in.json: no recording fits GET https://weather.acme.example/station",
                'path: recorded "/stations", asked "/station"',
            ],
        ),
    ],
)
def test_the_project_fails_its_tests_when_it_is_broken(project: Path, bug: str, failed: int, says: list[str]) -> None:
    """A bug in the app is reported by the tests that are about it, and the kit says in its own words what is wrong."""
    said = run(project, WEATHER_BUG=bug)
    found = outcomes(said)
    assert (found["failed"], found["failed"] + found["passed"]) == (failed, TESTS)
    assert [line for line in says if line not in said] == []


STATIONS = [{"number": 1, "name": "Brocken"}, {"number": 2, "name": "Arkona"}, {"number": 3, "name": "Zugspitze"}]


@pytest.fixture
def service(fault_server: FaultServer) -> FaultServer:
    """The real service, as far as the project's recordings show it."""
    granted = {"access_token": "canary-4f1c9-token", "token_type": "Bearer", "expires_in": 3600}
    fault_server.route("POST", "/login", Reply(json=granted))
    pages = [Reply(json=STATIONS[:2], headers={"Link": '</stations?page=2>; rel="next"'}), Reply(json=STATIONS[2:])]
    fault_server.route("GET", "/stations", *pages)
    for station in STATIONS:
        fault_server.route("GET", f"/stations/{station['number']}", Reply(json=station))
    return fault_server


def recordings(project: Path, url: str = "") -> dict[str, str]:
    """The recordings of a project, by file, wherever the service was."""
    files = project.rglob("recordings/**/*.json")
    shown = "https://weather.acme.example"
    return {str(file.relative_to(project)): file.read_text(encoding="utf-8").replace(url or shown, shown) for file in files}


def test_the_recordings_are_what_the_service_says(project: Path, service: FaultServer) -> None:
    """Recording anew gives the very files that the project carries, so that they are no tales; no secret is in them."""
    kept = recordings(PROJECT)
    said = run(project, "--seawall-record=all", "tests/test_recorded.py", WEATHER_URL=service.url)
    assert outcomes(said) == {"passed": 2}
    assert recordings(project, service.url) == kept
    assert len(kept) == 2
    assert not any(word in text for text in kept.values() for word in ("canary", "battery", "ada"))


def test_the_service_is_not_asked_unasked(project: Path, service: FaultServer) -> None:
    """Where there is no recording, nothing is recorded under CI, and the report says what to do."""
    shutil.rmtree(project / "tests" / "recordings")
    said = run(project, "tests/test_recorded.py", WEATHER_URL=service.url)
    assert outcomes(said) == {"errors": 2}
    assert "there is no such recording" in said
    assert "record it with --seawall-record=once" in said
    assert service.calls == []


def foreign_names(file: Path) -> Iterator[str]:
    """What a file takes of Seawall that is not public."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if _is_ours(alias.name) and alias.name not in PUBLIC)
        elif isinstance(node, ast.ImportFrom) and _is_ours(node.module or ""):
            public = PUBLIC.get(node.module or "", set())
            yield from (f"{node.module}.{alias.name}" for alias in node.names if alias.name not in public)
        elif isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value)
            private = node.attr.startswith("_") and not node.attr.endswith("__") and owner != "self"
            if private or (owner in PUBLIC and node.attr not in PUBLIC[owner]):
                yield ast.unparse(node)


def _is_ours(module: str) -> bool:
    return module.partition(".")[0].startswith("seawall")


def test_only_public_names_are_used() -> None:
    """The project imports `seawall` and `seawall.testing`, and takes from them only what they export."""
    assert len(SOURCES) == 8
    assert {str(file.relative_to(PROJECT)): list(foreign_names(file)) for file in SOURCES if list(foreign_names(file))} == {}


@pytest.mark.parametrize(
    "line",
    [
        "from seawall.testing._plugin import recording",
        "import seawall.transport",
        "from seawall import model",
        "from seawall.problems import NotFoundProblem",
        "import seawall; seawall.transport",
        "import seawall_tools",
        "api._core",
    ],
)
def test_a_private_name_would_be_seen(line: str, tmp_path: Path) -> None:
    """Each way to reach behind the public names is noticed."""
    (tmp_path / "a.py").write_text(line)
    assert len(list(foreign_names(tmp_path / "a.py"))) == 1
