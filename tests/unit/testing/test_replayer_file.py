"""Files that are no recordings, or broken ones: the error names the file and the place."""

import copy
import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

import seawall
from seawall.testing import RecordingError, Replayer, UnmatchedRequestError

GOOD: dict[str, Any] = {
    "format": "seawall-recording",
    "version": 1,
    "exchanges": [
        {
            "request": {
                "method": "POST",
                "url": "https://api.acme.example/agents?a=1",
                "headers": ["Content-Type: application/json"],
                "body": {"json": {"name": "Ada", "tags": [1, None, 1.5]}},
            },
            "response": {
                "status": 201,
                "http_version": "HTTP/2",
                "headers": ["Content-Type: text/plain; charset=iso-8859-1"],
                "body": {"text": ["one\n", "two"]},
            },
        },
        {
            "request": {"method": "GET", "url": "https://api.acme.example/agents", "body": {"base64": "AAE=", "cut": True}},
            "response": {"status": 200, "body": {"cut": True}},
            "problem": {"type": "DisconnectProblem", "sent": "yes", "detail": "x", "cause": "OSError EPIPE"},
        },
    ],
}


def changed(path: str, value: Any) -> bytes:
    """The good file with one member changed, removed (`...`) or added."""
    plain = copy.deepcopy(GOOD)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place: Any = plain
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return json.dumps(plain).encode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"", "line 1, column 1: this is no JSON", id="empty"),
        pytest.param(b'{\n "format": 1,\n}', "line 3, column 1: this is no JSON", id="comma"),
        pytest.param(b"\xff", "this is no JSON (UnicodeDecodeError)", id="no utf-8"),
        pytest.param(b"[" * 100_000, "this is no JSON (RecursionError)", id="deep"),
        pytest.param(b"1" * 5000, "this is no JSON (ValueError)", id="a long number"),
        pytest.param(b"[]", 'this is no recording of Seawall, which has `"format": "seawall-recording"` at its top', id="list"),
        pytest.param(b'{"version": 1, "interactions": []}', "this is no recording of Seawall", id="foreign"),
        pytest.param(changed("version", 2), "it is of version 2, and this Seawall reads version 1; record it anew", id="newer"),
        pytest.param(changed("version", ...), "it is of version None", id="no version"),
        pytest.param(changed("version", True), "$.version", id="version true"),
        pytest.param(changed("exchanges", {}), "Expected `array`, got `object` - at `$.exchanges`", id="exchanges"),
        pytest.param(changed("exchanges.1.request", ...), "missing required field `request` - at `$.exchanges[1]`", id="request"),
        pytest.param(changed("exchanges.1.note", ""), "unknown field `note` - at `$.exchanges[1]`", id="unknown"),
        pytest.param(
            changed("exchanges.0.response.status", "200"), "got `str` - at `$.exchanges[0].response.status`", id="status"
        ),
        pytest.param(changed("exchanges.0.response.status", 42), "`int` >= 100 - at `$.exchanges[0].response.status`", id="low"),
        pytest.param(changed("exchanges.0.response", ...), "neither a response nor a problem - at `$.exchanges[0]", id="no end"),
        pytest.param(changed("exchanges.0.request.url", "/agents"), "is no absolute http or https URL", id="relative"),
        pytest.param(changed("exchanges.0.request.url", "http://a b/"), "at `$.exchanges[0].request.url`", id="url"),
        pytest.param(changed("exchanges.0.response.headers", ["X"]), "at `$.exchanges[0].response.headers[0]`", id="field"),
        pytest.param(changed("exchanges.0.response.body", {}), "not 0 of them - at `$.exchanges[0].response.body`", id="no form"),
        pytest.param(
            changed("exchanges.0.response.body.json", 1), "not 2 of them - at `$.exchanges[0].response.body`", id="forms"
        ),
        pytest.param(
            changed("exchanges.0.response.body.text", "€"), "at `$.exchanges[0].response.body.text`", id="outside the charset"
        ),
        pytest.param(changed("exchanges.0.request.body.json", float("nan")), "at `$.exchanges[0].request.body.json`", id="nan"),
        pytest.param(changed("exchanges.0.request.body.json", "\ud800"), "at `$.exchanges[0].request.body.json`", id="half"),
        pytest.param(changed("exchanges.1.request.body.base64", "A"), "at `$.exchanges[1].request.body.base64`", id="base64"),
        pytest.param(
            changed("exchanges.1.problem.type", "OddProblem"),
            "There is no problem type `OddProblem` in seawall.problems - at `$.exchanges[1].problem.type`",
            id="problem",
        ),
        pytest.param(changed("exchanges.1.problem.sent", "perhaps"), "at `$.exchanges[1].problem.sent`", id="sent"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(content: bytes, says: str, tmp_path: Path) -> None:
    """Every mistake in a recording is named with the file and the place, when the recording is opened."""
    file = tmp_path / "agents.json"
    file.write_bytes(content)
    with pytest.raises(RecordingError, match=re.escape(says)) as caught:
        Replayer(file)
    assert str(caught.value).startswith(f"{file}: ")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """No file, or a folder in its place, is an error of the recording with its path."""
    with pytest.raises(RecordingError, match=r"none\.json: there is no such recording"):
        Replayer(tmp_path / "none.json")
    with pytest.raises(RecordingError, match=r"it cannot be read \(IsADirectoryError\)"):
        Replayer(tmp_path)


JUNK = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value in a JSON document."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(place for key, member in members for place in places(member, (*way, key)))]


def replaced(value: Any, way: tuple[Any, ...], junk: Any) -> Any:
    """A copy of a JSON document with something else at one place."""
    if not way:
        return junk
    copied = copy.copy(value)
    copied[way[0]] = replaced(value[way[0]], way[1:], junk)
    return copied


def open_and_ask(content: bytes) -> None:
    """Do with a file what a test would do: open it, ask for something, and take whatever it has."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.json"
        file.write_bytes(content)
        try:
            strict, easy = Replayer(file), Replayer(file, match_on=())
        except RecordingError as error:
            said = str(error)
        else:
            said = f"{file}: "
            for transport in (strict, easy, easy):
                visit(transport)
    assert said.startswith(f"{file}: ")


def visit(transport: Replayer) -> None:
    """Make a call that may fail in every way that a call may."""
    with seawall.Client("https://api.acme.example", transport=transport, retry=False) as api:
        try:
            api.post("/agents", json={"name": "Ada"})
        except (seawall.ApiProblem, UnmatchedRequestError, RecordingError):
            pass


@given(way=some.sampled_from(places(GOOD)), junk=JUNK)
def test_wrong_values_meet_a_typed_error(way: tuple[Any, ...], junk: Any) -> None:
    """A file with anything at any place is replayed or refused with a `RecordingError`, never with another error."""
    open_and_ask(json.dumps(replaced(GOOD, way, junk)).encode())


@given(data=some.data())
def test_wrong_bytes_meet_a_typed_error(data: some.DataObject) -> None:
    """So is a file that is cut, or in which some bytes are others."""
    content = bytearray(json.dumps(GOOD).encode())
    for _ in range(data.draw(some.integers(1, 4))):
        content[data.draw(some.integers(0, len(content) - 1))] = data.draw(some.integers(0, 255))
    open_and_ask(bytes(content[: data.draw(some.integers(0, len(content)))]))


@given(content=some.binary(max_size=50) | JUNK.map(lambda junk: json.dumps(junk).encode()))
def test_anything_else_meets_a_typed_error(content: bytes) -> None:
    """So is a file that has nothing to do with recordings."""
    open_and_ask(content)
