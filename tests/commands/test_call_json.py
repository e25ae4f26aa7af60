"""`seawall call --json` and `--into`: values and documents."""

import json
from pathlib import Path

import pytest

from seawall.testing import FaultServer, Reply
from tests.commands.kit import EVIL, PROBLEM, Done, invalid, run, run_process

DOCUMENT = [
    "method", "url", "status", "reason", "http_version", "headers", "body_format", "body", "value", "saved", "problem",
    "attempts", "timeline", "exit_code",
]  # fmt: skip


def test_json_is_one_document_with_stable_names(fault_server: FaultServer, url: str) -> None:
    """`--json` writes one document with the documented names, all of them always, and keeps the body to the last digit."""
    fields = [("ETag", '"7"'), ("Set-Cookie", "session=canary"), ("Vary", "Accept"), ("vary", "Origin")]
    fault_server.route("GET", "/agents", Reply(body=b'{"n": 1.10, "big": 123456789012345678901}', headers=fields))
    done = run_process("call", f"{url}/agents?token=canary", "--json", "--explain")
    document = json.loads(done.out)
    assert list(document) == DOCUMENT
    assert (done.code, done.err, document["exit_code"]) == (0, "", 0)
    assert (document["method"], document["url"]) == ("GET", f"{url}/agents?token=[redacted]")
    assert (document["status"], document["reason"]) == (200, "OK")
    headers = {"etag": '"7"', "set-cookie": "[redacted]", "vary": "Accept, Origin", "content-length": "41"}
    assert document["headers"] == headers
    assert document["problem"] is None
    assert b'"n": 1.10' in done.out
    assert document["body"]["big"] == 123456789012345678901
    assert [attempt["status"] for attempt in document["attempts"]] == [200]
    assert "attempt 1" in document["timeline"][1]


def test_json_holds_the_problem(fault_server: FaultServer, url: str) -> None:
    """`--json` writes a failure as a document too, with every fact of the problem, and the exit code stays."""
    fault_server.route("GET", "/agents", invalid())
    done = run("call", f"{url}/agents", "--json")
    document = json.loads(done.out)
    assert list(document) == DOCUMENT
    assert (done.code, done.err) == (4, "")
    problem = document["problem"]
    assert (problem["problem"], problem["status"], problem["code"]) == ("ValidationProblem", 422, "AGENT_INVALID")
    assert problem["field_errors"][0]["pointer"] == "/name"
    assert problem["user_message"] == "Some of the information is not valid. Please check your input."
    assert document["body"] == PROBLEM


def test_json_tells_of_a_call_without_an_answer(url: str) -> None:
    """Where nothing came, the document has nulls in place of the answer, the problem and its cause."""
    done = run("call", "127.0.0.1:1", "--json", "--no-retry")
    document = json.loads(done.out)
    assert list(document) == DOCUMENT
    assert (document["status"], document["headers"], document["body"], done.code) == (None, None, None, 6)
    assert document["problem"]["cause"] == "ConnectionRefusedError ECONNREFUSED"
    assert document["problem"]["sent"] == "no"


@pytest.mark.parametrize(
    ("body", "media_type", "expected"),
    [
        (b"plain", "text/plain", ("text", "plain")),
        ("grün".encode("latin-1"), "text/plain; charset=latin-1", ("text", "grün")),
        (b"\xff\x00", "application/octet-stream", ("base64", "/wA=")),
        (b'["\xff"]', "application/json", ("base64", "WyL/Il0=")),
        (b"", "text/plain", (None, None)),
    ],
)
def test_json_holds_any_body(
    fault_server: FaultServer, url: str, body: bytes, media_type: str, expected: tuple[str | None, str | None]
) -> None:
    """A body that is no JSON stands in the document as text, or in base64, and the document says which."""
    fault_server.route("GET", "/agents", Reply(body=body, headers={"Content-Type": media_type}))
    document = json.loads(run("call", f"{url}/agents", "--json").out)
    assert (document["body_format"], document["body"]) == expected


def test_a_body_is_decoded_into_a_model(fault_server: FaultServer, url: str, tmp_path: Path) -> None:
    """`--into` finds a model in the current folder, decodes the body into it, and shows the value."""
    text = "from dataclasses import dataclass\n\n@dataclass\nclass Agent:\n    id: int\n    name: str = 'nobody'\n"
    (tmp_path / "shop_models.py").write_text(text, encoding="utf-8")
    fault_server.route("GET", "/agents", Reply(json=[{"id": 7, "more": EVIL}]))
    done = run_process("call", f"{url}/agents", "--into", "list[shop_models:Agent]", cwd=tmp_path)
    assert done == Done(0, b"[Agent(id=7, name='nobody')]\n", "")


def test_a_decoded_value_stands_in_the_document(fault_server: FaultServer, url: str) -> None:
    """With `--json` the decoded value is in the document, in JSON's own types."""
    fault_server.route("GET", "/agents", Reply(json={"at": "2026-01-02T03:04:05Z"}))
    document = json.loads(run("call", f"{url}/agents", "--into", "dict[str, datetime]", "--json").out)
    assert document["value"] == {"at": "2026-01-02T03:04:05Z"}
