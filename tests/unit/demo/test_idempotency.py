"""The backend's half of an idempotency key."""

import sqlite3
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing

import httpx2
import pytest

from tests.unit.demo.conftest import Console

KEY = {"Idempotency-Key": "one"}


def test_the_same_request_gets_the_stored_answer(console: Console) -> None:
    """A repeated key creates one agent, and the replayed answer is the first one, marked."""
    first, second = (console.api.post("/agents", json={"name": "Ada"}, headers=KEY) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert console.names().count("Ada") == 1


def test_without_a_key_each_request_creates(console: Console) -> None:
    """Two requests without a key create two agents of the same name."""
    for _ in range(2):
        console.api.post("/agents", json={"name": "Ada"}).raise_for_status()
    assert console.names().count("Ada") == 2


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/agents", {"name": "Grace"}),
        ("POST", "/agent-sessions", {"agent_id": 1, "topic": "x"}),
        ("PATCH", "/agents/1", {"name": "Ada"}),
        ("POST", "/agents?x=1", {"name": "Ada"}),
    ],
)
def test_a_key_belongs_to_one_request(console: Console, method: str, path: str, body: dict[str, object]) -> None:
    """A key that comes with another body, path, method or query is refused, and nothing happens."""
    console.api.post("/agents", json={"name": "Ada"}, headers=KEY).raise_for_status()
    before = console.names()
    refused = console.api.request(method, path, json=body, headers=KEY)
    assert (refused.status_code, refused.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert console.names() == before


def test_a_key_belongs_to_one_user(console: Console) -> None:
    """Two users may happen to use the same key, and neither sees the other's answer."""
    owners = [
        console.api.post("/agents", json={"name": "Ada"}, headers={**KEY, "X-User": user}).json()["owner"]
        for user in ("ada", "grace")
    ]
    assert owners == ["ada", "grace"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("/agents", {"name": ""}, 422), ("/agent-sessions", {"agent_id": 999, "topic": "x"}, 404)],
)
def test_a_refused_request_leaves_no_key(console: Console, path: str, body: dict[str, object], status: int) -> None:
    """A request without effect commits no key, so that its sender may mend it and use the key again."""
    assert console.api.post(path, json=body, headers=KEY).status_code == status
    assert console.keys() == []
    assert console.api.post("/agents", json={"name": "Ada"}, headers=KEY).status_code == 201


def test_key_and_effect_are_committed_together(console: Console) -> None:
    """When the answer cannot be stored with its key, the effect does not stay either."""
    with closing(sqlite3.connect(console.database)) as connection:
        connection.execute("CREATE TRIGGER full BEFORE UPDATE ON seawall_idempotency BEGIN SELECT RAISE(ABORT, 'full'); END")
    before = console.names()
    failed = console.api.post("/agents", json={"name": "Ada"}, headers=KEY)
    assert (failed.status_code, failed.json()["code"]) == (500, "INTERNAL_ERROR")
    assert "full" not in failed.text
    assert console.names() == before
    assert console.keys() == []


@pytest.mark.parametrize("key", ["", "a b", "a" * 256])
def test_what_is_no_key_is_refused(console: Console, key: str) -> None:
    """A key that is empty, too long, or has a space in it is refused by its own code, and nothing happens."""
    refused = console.api.post("/agents", json={"name": "Ada"}, headers={"Idempotency-Key": key})
    assert (refused.status_code, refused.json()["code"]) == (400, "IDEMPOTENCY_KEY_INVALID")
    assert "Ada" not in console.names()


def test_a_key_in_progress_is_refused(console: Console) -> None:
    """While the first request of a key runs, a second one gets 409, and the first one ends well."""

    def create() -> httpx2.Response:
        return console.api.post("/agents", json={"name": "Ada"}, headers=KEY)

    with closing(sqlite3.connect(console.database, isolation_level=None)) as gate, ThreadPoolExecutor(2) as executor:
        gate.execute("BEGIN IMMEDIATE")  # no request can write now, so whichever comes first holds its key
        done, running = wait([executor.submit(create) for _ in range(2)], return_when=FIRST_COMPLETED)
        gate.execute("ROLLBACK")
        (refused,) = (future.result() for future in done)
        (created,) = (future.result() for future in running)
    assert (refused.status_code, refused.json()["code"]) == (409, "IDEMPOTENCY_IN_PROGRESS")
    assert created.status_code == 201
    assert console.names().count("Ada") == 1
