"""The token server, spoken to over a raw socket: what RFC 6749 and RFC 6750 ask of it, and the storms it makes."""

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest

from seawall import MockTransport, Secret
from seawall.model import form_body
from seawall.testing import FakeClock, FaultServer, Gate, IssuedTokens, LostAnswer, Reply, TokenServer
from tests.unit.testing.kits import MemoryKit
from tests.unit.testing.raw import ask

FORM = "application/x-www-form-urlencoded"


class Backend:
    """A server with a token endpoint and something to protect."""

    def __init__(self, server: FaultServer) -> None:
        self.server = server

    def serve(self, tokens: TokenServer, **protection: Any) -> TokenServer:
        """Put a token server behind the routes."""
        self.server.route("*", "/token", tokens.token_endpoint())
        self.server.route("GET", "/agents", tokens.protect(Reply(text="welcome"), **protection))
        return tokens

    def get(self, *fields: str) -> tuple[int, str | None]:
        """Ask for what is protected; the result is the status and the challenge."""
        status, headers, _ = self._ask("GET", "/agents", *fields)
        return status, headers.get("www-authenticate")

    def get_with(self, tokens: IssuedTokens) -> int:
        """Ask for what is protected, with a token; the result is the status."""
        return self.get(f"Authorization: Bearer {tokens.access_token.reveal()}")[0]

    def post(self, body: Any, *fields: str, media_type: str = FORM, method: str = "POST") -> tuple[int, dict[str, str], Any]:
        """Send a token request; the result is the status, the fields and the document."""
        content = body if isinstance(body, bytes) else urlencode(body).encode()
        return self._ask(method, "/token", f"Content-Type: {media_type}", *fields, content=content)

    def refresh(self, tokens: IssuedTokens, **more: str) -> tuple[int, Any]:
        """Refresh; the result is the status and the document."""
        form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token.reveal(), **more}
        status, _, document = self.post(form)
        return status, document

    def _ask(self, method: str, path: str, *fields: str, content: bytes = b"") -> tuple[int, dict[str, str], Any]:
        lines = [f"{method} {path} HTTP/1.1", "Connection: close", f"Content-Length: {len(content)}", *fields, "", ""]
        data, _ = ask(self.server, "\r\n".join(lines).encode() + content)
        head, _, body = data.decode().partition("\r\n\r\n")
        status, *rest = head.split("\r\n")
        headers = {line.partition(":")[0].lower(): line.partition(": ")[2] for line in rest}
        document = json.loads(body) if "json" in headers.get("content-type", "") else body
        return int(status.split(" ")[1]), headers, document


@pytest.fixture
def backend() -> Iterator[Backend]:
    """A backend without tokens yet."""
    with FaultServer() as server:
        yield Backend(server)


def test_a_good_token_is_let_through(backend: Backend) -> None:
    """The scheme is matched in any case, and tokens of several logins are good side by side."""
    tokens = backend.serve(TokenServer())
    first, second = tokens.issue(), tokens.issue()
    assert (backend.get_with(first), backend.get_with(second)) == (200, 200)
    assert backend.get(f"authorization: bEaReR   {first.access_token.reveal()}") == (200, None)
    assert tokens.rejected == 0
    assert tokens.issued == [first, second]


@pytest.mark.parametrize(
    ("fields", "status", "challenge"),
    [
        ([], 401, 'Bearer realm="agents \\"\\\\x\\""'),
        (["Authorization: Basic abc"], 401, 'Bearer realm="agents \\"\\\\x\\""'),
        (
            ["Authorization: Bearer unknown"],
            401,
            'Bearer realm="agents \\"\\\\x\\"", error="invalid_token", '
            'error_description="The access token expired, was replaced, or never was."',
        ),
        (
            ["Authorization: Bearer"],
            400,
            'Bearer realm="agents \\"\\\\x\\"", error="invalid_request", error_description="The token is malformed."',
        ),
        (
            ["Authorization: Bearer a,b"],
            400,
            'Bearer realm="agents \\"\\\\x\\"", error="invalid_request", error_description="The token is malformed."',
        ),
        (
            ["Authorization: Bearer a", "Authorization: Bearer b"],
            400,
            'Bearer realm="agents \\"\\\\x\\"", error="invalid_request", '
            'error_description="There is more than one Authorization field."',
        ),
    ],
)
def test_a_call_without_a_good_token_is_challenged(backend: Backend, fields: list[str], status: int, challenge: str) -> None:
    """The challenge names an error only where a token was sent, and only a 401 is counted as rejected (RFC 6750, section 3)."""
    tokens = backend.serve(TokenServer(realm='agents "\\x"'))
    tokens.issue()
    assert backend.get(*fields) == (status, challenge)
    assert tokens.rejected == (status == 401)


def test_a_token_may_allow_too_little(backend: Backend) -> None:
    """A good token without the scope gets a 403 that names the scope, and no 401."""
    tokens = backend.serve(TokenServer(scope="read"), scope="write read")
    issued = tokens.issue()
    status, challenge = backend.get(f"Authorization: Bearer {issued.access_token.reveal()}")
    assert status == 403
    assert challenge is not None
    assert 'error="insufficient_scope"' in challenge
    assert challenge.endswith('scope="read write"')
    assert tokens.rejected == 0
    assert backend.get("Authorization: Bearer x")[0] == 401


def test_a_refresh_rotates_both_tokens(backend: Backend) -> None:
    """A refresh answers as RFC 6749, section 5.1 says, and replaces the access token and the refresh token."""
    tokens = backend.serve(TokenServer(lifetime=300.5, scope="read write"))
    old = tokens.issue()
    form = {"grant_type": "refresh_token", "refresh_token": old.refresh_token.reveal(), "empty": ""}
    status, headers, document = backend.post(form, media_type=f"{FORM}; charset=utf-8")
    new = tokens.issued[-1]
    assert status == 200
    assert document == {
        "access_token": new.access_token.reveal(), "token_type": "Bearer", "expires_in": 300,
        "refresh_token": new.refresh_token.reveal(), "scope": "read write",
    }  # fmt: skip
    assert (headers["cache-control"], headers["pragma"], headers["content-type"]) == ("no-store", "no-cache", "application/json")
    assert len({old.access_token, new.access_token, old.refresh_token, new.refresh_token}) == 4
    assert (backend.get_with(old), backend.get_with(new)) == (401, 200)
    assert (tokens.refreshes, tokens.reuses, tokens.revoked) == (1, 0, 0)


def test_a_server_may_keep_the_refresh_token(backend: Backend) -> None:
    """Without rotation the answer names no refresh token, and the old one goes on."""
    tokens = backend.serve(TokenServer(rotates=False))
    issued = tokens.issue()
    for number in (1, 2):
        status, document = backend.refresh(issued)
        assert (status, sorted(document)) == (200, ["access_token", "expires_in", "token_type"])
        assert tokens.refreshes == number
        assert tokens.issued[-1].refresh_token == issued.refresh_token


@pytest.mark.parametrize(
    ("body", "options", "status", "error"),
    [
        ({"refresh_token": "x"}, {}, 400, "invalid_request"),
        ({"grant_type": "refresh_token"}, {}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": ""}, {}, 400, "invalid_request"),
        ([("grant_type", "refresh_token"), ("refresh_token", "x"), ("refresh_token", "y")], {}, 400, "invalid_request"),
        (b'{"grant_type": "refresh_token"}', {"media_type": "application/json"}, 400, "invalid_request"),
        ({"grant_type": "password", "username": "ada"}, {}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "unknown"}, {}, 400, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, {"method": "GET"}, 405, None),
    ],
    ids=str,
)
def test_a_token_request_that_cannot_be_granted(
    backend: Backend, body: Any, options: dict[str, str], status: int, error: str | None
) -> None:
    """Each mistake has the error code of RFC 6749, section 5.2, and no token is issued."""
    tokens = backend.serve(TokenServer())
    came, headers, document = backend.post(body, **options)
    assert (came, document.get("error")) == (status, error)
    assert headers.get("allow" if status == 405 else "cache-control") == ("POST" if status == 405 else "no-store")
    assert (tokens.refreshes, tokens.issued) == (0, [])


def test_a_scope_may_be_narrowed_and_not_widened(backend: Backend) -> None:
    """A refresh may ask for a part of what was granted; the next one may ask for all of it again."""
    tokens = backend.serve(TokenServer(scope="read write"), scope="write")
    issued = tokens.issue()
    status, document = backend.refresh(issued, scope="read admin")
    assert (status, document["error"]) == (400, "invalid_scope")
    assert backend.get_with(issued) == 200
    assert backend.refresh(issued, scope="read")[1]["scope"] == "read"
    assert backend.get_with(tokens.issued[-1]) == 403
    assert backend.refresh(tokens.issued[-1])[1]["scope"] == "read write"
    assert backend.get_with(tokens.issued[-1]) == 200


def test_a_spent_refresh_token_ends_the_login(backend: Backend) -> None:
    """A refresh token that comes twice revokes its whole family, and no other login (RFC 9700, section 4.14.2)."""
    tokens = backend.serve(TokenServer())
    stolen, other = tokens.issue(), tokens.issue()
    assert backend.refresh(stolen)[0] == 200
    current = tokens.issued[-1]
    for number in (1, 2):
        status, document = backend.refresh(stolen)
        assert (status, document["error"]) == (400, "invalid_grant")
        assert (tokens.reuses, tokens.revoked) == (number, 1)
    assert backend.refresh(current)[1]["error"] == "invalid_grant"
    assert (backend.get_with(current), backend.get_with(other)) == (401, 200)


@pytest.mark.parametrize(("on_reuse", "again", "current_good"), [("refuse", 400, True), ("accept", 200, False)])
def test_servers_differ_in_what_a_spent_token_gets(backend: Backend, on_reuse: Any, again: int, current_good: bool) -> None:
    """A server may refuse a spent token and go on, or issue tokens again in their place."""
    tokens = backend.serve(TokenServer(on_reuse=on_reuse))
    issued = tokens.issue()
    backend.refresh(issued)
    current = tokens.issued[-1]
    assert backend.refresh(issued)[0] == again
    assert (backend.get_with(current) == 200) is current_good
    assert backend.get_with(tokens.issued[-1]) == 200
    assert (tokens.reuses, tokens.revoked) == (1, 0)


def test_a_storm_and_the_end_of_all_logins(backend: Backend) -> None:
    """Expired access tokens can be refreshed; revoked logins cannot, and are counted once."""
    tokens = backend.serve(TokenServer())
    first, second = tokens.issue(), tokens.issue()
    tokens.expire_all()
    assert (backend.get_with(first), backend.get_with(second)) == (401, 401)
    assert backend.refresh(first)[0] == 200
    assert backend.get_with(tokens.issued[-1]) == 200
    tokens.revoke_all()
    tokens.revoke_all()
    assert backend.get_with(tokens.issued[-1]) == 401
    assert backend.refresh(second)[1]["error"] == "invalid_grant"
    assert (tokens.revoked, tokens.rejected) == (2, 3)


def test_tokens_live_by_their_clock(backend: Backend) -> None:
    """With a fake clock an access token ends when its lifetime is over, and not before."""
    clock = FakeClock()
    tokens = backend.serve(TokenServer(lifetime=60, clock=clock))
    issued = tokens.issue()
    clock.advance(59)
    assert backend.get_with(issued) == 200
    clock.advance(1)
    assert backend.get_with(issued) == 401
    assert backend.refresh(issued)[0] == 200
    assert backend.get_with(tokens.issued[-1]) == 200


CLIENT = ("app:1", "s%cret")
RIGHT = base64.b64encode(b"app%3A1:s%25cret").decode()
WRONG = base64.b64encode(b"app%3A1:other").decode()


@pytest.mark.parametrize(
    ("fields", "more", "status", "error", "challenge"),
    [
        ([f"Authorization: basic {RIGHT}"], {}, 200, None, None),
        ([], {"client_id": CLIENT[0], "client_secret": CLIENT[1]}, 200, None, None),
        ([f"Authorization: Basic {WRONG}"], {}, 401, "invalid_client", 'Basic realm="token endpoint"'),
        (["Authorization: Basic ???"], {}, 401, "invalid_client", 'Basic realm="token endpoint"'),
        ([f"Authorization: Bearer {RIGHT}"], {}, 401, "invalid_client", 'Basic realm="token endpoint"'),
        ([], {"client_id": CLIENT[0]}, 401, "invalid_client", None),
        ([], {}, 401, "invalid_client", None),
        ([f"Authorization: Basic {RIGHT}"], {"client_secret": CLIENT[1]}, 400, "invalid_request", None),
    ],
    ids=str,
)
def test_a_client_shows_its_secret_in_one_way(
    backend: Backend, fields: list[str], more: dict[str, str], status: int, error: str | None, challenge: str | None
) -> None:
    """A confidential client authenticates by its field or by the form, not by both, and is challenged in its own scheme."""
    tokens = backend.serve(TokenServer(client=CLIENT))
    form = {"grant_type": "refresh_token", "refresh_token": tokens.issue().refresh_token.reveal(), **more}
    came, headers, document = backend.post(form, *fields)
    assert (came, document.get("error"), headers.get("www-authenticate")) == (status, error, challenge)
    assert tokens.refreshes == (status == 200)


def test_the_answer_of_a_refresh_can_be_lost(backend: Backend) -> None:
    """A lost refresh took effect: the token that was sent is spent, and the new one is known to the server alone."""
    tokens = backend.serve(TokenServer(on_reuse="refuse"))
    issued = tokens.issue()
    backend.server.route("POST", "/token", LostAnswer(tokens.exchange), tokens.token_endpoint())
    form = urlencode({"grant_type": "refresh_token", "refresh_token": issued.refresh_token.reveal()}).encode()
    head = f"POST /token HTTP/1.1\r\nContent-Type: {FORM}\r\nContent-Length: {len(form)}\r\n\r\n".encode()
    assert ask(backend.server, head + form) == (b"", "fin")
    assert tokens.refreshes == 1
    assert backend.refresh(issued)[1]["error"] == "invalid_grant"
    assert backend.get_with(tokens.issued[-1]) == 200


def test_a_crowd_is_counted_right(backend: Backend) -> None:
    """Many refreshes with one token, answered at once, are granted once; many calls without a good one are all rejected."""
    tokens = backend.serve(TokenServer(on_reuse="refuse"))
    issued = tokens.issue()
    backend.server.route("POST", "/token", Gate(tokens.token_endpoint(), opens_at=16))
    backend.server.route("GET", "/agents", Gate(tokens.protect(), opens_at=16))
    with ThreadPoolExecutor(16) as pool:
        granted = sorted(status for status, _ in pool.map(lambda _: backend.refresh(issued), range(16)))
        refused = list(pool.map(lambda _: backend.get_with(issued), range(16)))
    assert granted == [200, *[400] * 15]
    assert refused == [401] * 16
    assert (tokens.refreshes, tokens.reuses, tokens.rejected) == (1, 15, 16)


def test_it_serves_a_mock_too() -> None:
    """In memory the same steps issue, protect and refresh, also where the app wrapped its tokens as secrets."""
    tokens = TokenServer()
    issued = tokens.issue()
    kit = MemoryKit(MockTransport())
    kit.router.route("GET", "/agents", tokens.protect({"ok": True}))
    kit.router.route("POST", "/token", tokens.token_endpoint())

    def get(given: IssuedTokens) -> int:
        return kit.answer("GET", "/agents", [("Authorization", given.access_token.map("Bearer {}".format))]).status

    assert get(issued) == 200
    tokens.expire_all()
    assert get(issued) == 401
    body = form_body({"grant_type": "refresh_token", "refresh_token": issued.refresh_token})
    assert kit.answer("POST", "/token", [("Content-Type", FORM)], body).status == 200
    assert get(tokens.issued[-1]) == 200
    assert tokens.refreshes == 1


def test_tokens_are_hidden() -> None:
    """What was issued shows no token."""
    tokens = TokenServer()
    issued = tokens.issue()
    assert isinstance(issued.access_token, Secret)
    assert issued.access_token.reveal() not in f"{issued!r} {tokens!r} {tokens.issued}"
