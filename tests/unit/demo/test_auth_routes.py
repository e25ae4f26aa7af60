"""Log-in, tokens and the bearer check over the wire."""

from collections.abc import Callable

import httpx2
import pytest

from tests.unit.demo.conftest import EMAIL, Console, Guarded

GRACE = 30.0
OpenGuarded = Callable[[float], Guarded]


@pytest.fixture
def guarded(open_guarded: OpenGuarded) -> Guarded:
    """A console that asks for tokens, with a grace."""
    return open_guarded(GRACE)


def bearer(tokens: dict[str, str]) -> dict[str, str]:
    """The header that a call carries its token in."""
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def told(response: httpx2.Response) -> tuple[int, str]:
    """The status and the code of a problem document."""
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, response.json()["code"]


def test_log_in_gives_tokens_and_the_user(guarded: Guarded) -> None:
    """The answer to a log-in has exactly the agreed members, and no cache keeps it."""
    guarded.api.post("/auth/code", json={"email": EMAIL})
    code = guarded.backend.mailed_code(guarded.site, EMAIL)
    response = guarded.api.post("/auth/login", json={"email": f" {EMAIL.upper()} ", "otp": code})
    answer = response.json()
    assert set(answer) == {"access_token", "refresh_token", "expires_in", "token_type", "user"}
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 300)
    assert answer["user"] == {"name": "ada", "email": EMAIL}
    assert response.headers["cache-control"] == "no-store"


def test_the_code_never_comes_by_http(guarded: Guarded) -> None:
    """Asking for a code is answered with nothing, whoever asks, and the code is only in the outbox."""
    answers = [guarded.api.post("/auth/code", json={"email": email}) for email in (EMAIL, "nobody@acme.example")]
    assert [(each.status_code, each.json()) for each in answers] == [(202, {}), (202, {})]
    code = guarded.backend.mailed_code(guarded.site, EMAIL)
    assert not any(code in str(each.headers.raw) for each in answers)


def test_a_wrong_code_names_the_field(guarded: Guarded) -> None:
    """A form can mark the field of the code, and after too many guesses the answer says how long to wait."""
    guesses = [guarded.api.post("/auth/login", json={"email": EMAIL, "otp": "x"}) for _ in range(6)]
    assert {told(each) for each in guesses[:5]} == {(422, "CODE_INVALID")}
    assert guesses[0].json()["errors"][0]["pointer"] == "#/otp"
    assert told(guesses[5]) == (429, "TOO_MANY_GUESSES")
    assert 0 < int(guesses[5].headers["retry-after"]) <= 600


@pytest.mark.parametrize("path", ["/agents", "/agents/1", "/agent-sessions", "/agent-sessions/1"])
def test_every_route_asks_for_a_token(guarded: Guarded, path: str) -> None:
    """Without a token there is a challenge without an error, with one there is the answer."""
    refused = guarded.api.get(path, headers={"X-User": "ada"})
    assert told(refused) == (401, "TOKEN_MISSING")
    assert refused.headers["www-authenticate"] == 'Bearer realm="agents console"'
    assert guarded.api.get(path, headers=bearer(guarded.log_in())).status_code == 200


def test_the_challenge_says_why(guarded: Guarded) -> None:
    """An expired, a revoked and an unknown token are told apart by the code, and all are invalid tokens to HTTP."""
    tokens = guarded.log_in()
    guarded.backend.expire_tokens(guarded.site)
    expired = guarded.api.get("/agents", headers=bearer(tokens))
    guarded.backend.revoke_sessions(guarded.site)
    revoked = guarded.api.get("/agents", headers=bearer(tokens))
    unknown = guarded.api.get("/agents", headers={"Authorization": "Bearer guessed"})
    codes = [told(each)[1] for each in (expired, revoked, unknown)]
    assert codes == ["TOKEN_EXPIRED", "TOKEN_REVOKED", "TOKEN_UNKNOWN"]
    assert all('error="invalid_token"' in each.headers["www-authenticate"] for each in (expired, revoked, unknown))
    assert guarded.tally().unauthorized == 3


def test_the_token_says_who_calls(guarded: Guarded) -> None:
    """What is created belongs to the token's user, whoever the caller claims to be; and writing needs a token."""
    headers = bearer(guarded.log_in())
    created = guarded.api.post("/agents", json={"name": "A"}, headers={**headers, "X-User": "grace"})
    assert created.json()["owner"] == "ada"
    assert guarded.api.post("/agents", json={"name": "B"}).status_code == 401
    assert guarded.names()[-1] == "A"


def test_a_refresh_over_the_wire(guarded: Guarded) -> None:
    """A refresh answers with new tokens and no user, and the log-out ends them."""
    fresh = guarded.refresh(guarded.log_in()).json()
    assert set(fresh) == {"access_token", "refresh_token", "expires_in", "token_type"}
    assert guarded.api.get("/agents", headers=bearer(fresh)).status_code == 200
    assert guarded.api.post("/auth/logout", json={"refresh_token": fresh["refresh_token"]}).status_code == 204
    assert told(guarded.api.get("/agents", headers=bearer(fresh))) == (401, "TOKEN_REVOKED")
    assert told(guarded.refresh(fresh)) == (400, "INVALID_GRANT")


def test_a_lost_answer_took_effect(guarded: Guarded) -> None:
    """A refresh whose answer was lost can be had once more within the grace, and only the one that was meant is lost."""
    tokens = guarded.log_in()
    guarded.backend.lose_refresh_answer(guarded.site)
    assert guarded.api.get("/agents", headers=bearer(tokens)).status_code == 200
    with pytest.raises(httpx2.ReadError):
        guarded.refresh(tokens)
    assert guarded.refresh(tokens).status_code == 200
    tally = guarded.tally()
    assert (tally.refreshes, tally.replays, tally.revoked) == (1, 1, 0)


def test_a_lost_answer_without_grace_is_lost(open_guarded: OpenGuarded) -> None:
    """Without a grace, whoever asks again is taken for a thief."""
    guarded = open_guarded(0.0)
    tokens = guarded.log_in()
    guarded.backend.lose_refresh_answer(guarded.site)
    with pytest.raises(httpx2.ReadError):
        guarded.refresh(tokens)
    assert told(guarded.refresh(tokens)) == (400, "INVALID_GRANT")
    assert guarded.tally().revoked == 1


def test_the_doors_are_closed_to_http(guarded: Guarded) -> None:
    """Nobody expires or revokes by HTTP what the trial expires and revokes by its pipe."""
    headers = bearer(guarded.log_in())
    for path in ("/auth/expire", "/auth/revoke", "/auth/ledger", "/auth/mail", "/auth/code"):
        assert guarded.api.get(path, headers=headers).status_code in (404, 405)


def test_an_open_console_has_no_log_in(console: Console) -> None:
    """In the storm over the network callers say who they are, as before, and there is nothing to log in to."""
    assert console.api.post("/auth/login", json={"email": EMAIL, "otp": "1"}).status_code == 404
    assert console.api.get("/agents").status_code == 200
