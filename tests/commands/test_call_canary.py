"""A canary in every place of the command line where a secret can stand, and no song of it anywhere."""

import base64
from pathlib import Path
from typing import Any

import pytest

from seawall.testing import FaultServer, LostAnswer, Reply
from tests.commands.kit import at_terminal, run, run_process

CANARY = "canary-4f9a1c"
BASIC = base64.b64encode(f"ada:{CANARY}".encode()).decode()
PLACES: dict[str, list[str]] = {
    "authorization": ["-H", f"Authorization: Bearer {CANARY}"],
    "authorization in lower case": ["-H", f"authorization:{CANARY}"],
    "api key": ["-H", f"X-Api-Key: {CANARY}"],
    "cookie": ["-H", f"Cookie: session={CANARY}"],
    "user": ["-u", f"ada:{CANARY}"],
    "bearer": ["--bearer", CANARY],
    "bearer from stdin": ["--bearer", "@-"],
    "bearer from a variable": ["--bearer-env", "ACME_TOKEN"],
    "query": ["-q", f"access_token={CANARY}"],
    "json": ["-j", f'{{"deep": [{{"password": "{CANARY}"}}]}}'],
    "form": ["-d", f"password={CANARY}"],
    "multipart": ["-F", f"password={CANARY}"],
    "everything": [],
}
PLACES["everything"] = [word for name in ("api key", "cookie", "user", "query", "json") for word in PLACES[name]]
ANSWERS: dict[str, Any] = {"good": Reply(json={"id": 7}), "refused": Reply(403, json={"code": "NO"}), "lost": LostAnswer()}
MODES = [["--explain", "-v", "-i"], ["--json", "--explain", "-v"], ["--as-curl"], ["--into", "int"], ["--repeat", "2"]]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("answer", ANSWERS)
def test_no_secret_is_shown(fault_server: FaultServer, url: str, place: str, answer: str) -> None:
    """Whatever the command shows of a call, good or bad, shows no secret that was given to it, and still sends it."""
    fault_server.route("POST", "/agents", ANSWERS[answer])
    for mode in MODES:
        words = ["POST", f"{url}/agents", "--no-retry", *PLACES[place], *mode]
        done = run("call", *words, stdin=CANARY.encode(), ACME_TOKEN=CANARY)
        assert done.code in (0, 1, 4, 6, 8)
        assert CANARY not in f"{done.text}{done.err}"
        assert BASIC not in f"{done.text}{done.err}"
    seen = [f"{call.target}{dict(call.headers)}{call.body!r}" for call in fault_server.calls]
    assert seen
    assert all(CANARY in each or BASIC in each for each in seen)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param([f"https://ada:{CANARY}@api.acme.example/"], id="in the address"),
        pytest.param(["api.acme.example", "-u", "ada", CANARY], id="a word too many"),
        pytest.param(["-u", "ada", "api.acme.example", CANARY, "/x"], id="two words too many"),
        pytest.param(["localhost:1", "-H", f"Authorization {CANARY}"], id="a header without a colon"),
        pytest.param(["localhost:1", "-H", f"Authorization: a\n{CANARY}"], id="a header with a line break"),
        pytest.param(["localhost:1", "-H", f"Authorization : {CANARY}é€"], id="a header outside Latin-1"),
        pytest.param(["localhost:1", "--bearer", f"a\n{CANARY}"], id="a token with a line break"),
        pytest.param(["api.acme.example:80", "-q", f"token{CANARY}"], id="a parameter without a value"),
        pytest.param(["http://api.acme.example", "--bearer", CANARY], id="a token over plain http"),
        pytest.param(["localhost:1", "-u", f"a:{CANARY}", "--bearer", CANARY], id="two credentials"),
        pytest.param(["localhost:1", "-j", f'{{"password": "{CANARY}"'], id="json that is none"),
        pytest.param(["localhost:1", "-F", f"{CANARY}"], id="a form field without a name"),
        pytest.param(["localhost:1", "--proxy", f"ftp://ada:{CANARY}@proxy.example"], id="a proxy of an unknown kind"),
    ],
)
def test_no_mistake_shows_a_secret(words: list[str]) -> None:
    """An error about the command line does not quote what may be a secret."""
    done = run("call", *words)
    assert (done.code, done.out) == (2, b"")
    assert CANARY not in done.err


def test_no_secret_of_a_proxy_is_shown() -> None:
    """A proxy that cannot be reached is told of without its password."""
    done = run("call", "http://api.acme.example", "--proxy", f"http://ada:{CANARY}@127.0.0.1:1", "--no-retry", "--explain", "-v")
    assert done.code == 6
    assert CANARY not in f"{done.text}{done.err}"


def test_a_crash_shows_no_secret(fault_server: FaultServer, url: str, tmp_path: Path) -> None:
    """Not even the traceback of a defect in somebody's model shows the secrets of the command line."""
    text = "import msgspec\n\nclass Agent(msgspec.Struct):\n    def __post_init__(self):\n        raise RuntimeError('defect')\n"
    (tmp_path / "defective_models.py").write_text(text, encoding="utf-8")
    fault_server.route("POST", "/agents", Reply(json={}))
    done = run_process("call", f"{url}/agents", *PLACES["everything"], "--into", "defective_models:Agent", cwd=tmp_path)
    assert done.code == 1
    assert "RuntimeError: defect" in done.err
    assert CANARY not in f"{done.text}{done.err}"


def test_a_terminal_shows_no_secret(fault_server: FaultServer, url: str) -> None:
    """What is coloured for a terminal is as free of secrets as the rest."""
    fault_server.route("POST", "/agents", Reply(403, json={"code": "NO"}))
    done = at_terminal("call", f"{url}/agents", *PLACES["everything"], "-v", "-i", "--explain")
    assert done.code == 4
    assert CANARY not in done.text
    assert BASIC not in done.text
