"""Codes and families of tokens, by a clock of the test's own."""

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from seawall.testing import FakeClock
from seawall_demo.backend import Database
from seawall_demo.backend.accounts import (
    ACCESS_SECONDS,
    CODE_SECONDS,
    REFRESH_SECONDS,
    WRONG_GUESSES,
    WRONG_GUESSES_SECONDS,
    Accounts,
    IssuedTokens,
)
from seawall_server import ProblemError

EMAIL = "ada@acme.example"
GRACE = 10.0


@dataclass
class Bank:
    """Accounts, their clock and their file."""

    accounts: Accounts
    clock: FakeClock
    file: Path

    def begin(self) -> IssuedTokens:
        return self.accounts.families.begin("ada")

    def rotate(self, tokens: IssuedTokens) -> IssuedTokens:
        return self.accounts.families.rotate(tokens.refresh_token)

    def refusal(self, tokens: IssuedTokens) -> str:
        with pytest.raises(ProblemError) as refused:
            self.rotate(tokens)
        assert refused.value.status == 400
        return refused.value.code

    def verdict(self, tokens: IssuedTokens) -> str:
        """Whose access token it is, or why it is not good."""
        try:
            return self.accounts.caller(f"Bearer {tokens.access_token}")
        except ProblemError as problem:
            return problem.code

    def code(self, email: str = EMAIL) -> str:
        self.accounts.codes.send(email)
        return self.accounts.codes.mailed(email)

    def guess(self, code: str, email: str = EMAIL) -> str:
        """The user, or why the code was refused."""
        try:
            return self.accounts.log_in(email, code)[0]
        except ProblemError as problem:
            return problem.code

    def counts(self) -> dict[str, int]:
        """The figures that are not 0."""
        return {name: count for name, count in self.accounts.ledger.figures().items() if count}


def open_bank(folder: Path, grace: float) -> Bank:
    clock, file = FakeClock(), folder / "console.sqlite3"
    return Bank(Accounts(Database(file), grace, clock.monotonic), clock, file)


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    """Accounts with a grace."""
    return open_bank(tmp_path, GRACE)


@pytest.fixture
def strict(tmp_path: Path) -> Bank:
    """Accounts without a grace."""
    return open_bank(tmp_path, 0.0)


def wrong(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_refresh_brings_two_new_tokens(bank: Bank) -> None:
    """A refresh replaces both tokens, and both access tokens are good for as long as was said."""
    first = bank.begin()
    second = bank.rotate(first)
    assert len({first.access_token, first.refresh_token, second.access_token, second.refresh_token}) == 4
    assert first.expires_in == second.expires_in == ACCESS_SECONDS
    assert (bank.verdict(first), bank.verdict(second)) == ("ada", "ada")
    assert bank.counts() == {"sign_ins": 1, "refreshes": 1}


@pytest.mark.parametrize("grace", [0.0, GRACE])
def test_a_used_refresh_token_ends_the_family(tmp_path: Path, grace: float) -> None:
    """After the grace, a refresh token that comes again ends its family: newer tokens, and access tokens too."""
    bank = open_bank(tmp_path, grace)
    first = bank.begin()
    second = bank.rotate(first)
    bank.clock.advance(grace)
    assert bank.refusal(first) == "INVALID_GRANT"
    assert bank.refusal(second) == "INVALID_GRANT"
    assert (bank.verdict(first), bank.verdict(second)) == ("TOKEN_REVOKED", "TOKEN_REVOKED")
    assert bank.counts() == {"sign_ins": 1, "refreshes": 1, "refused": 2, "revoked": 1, "unauthorized": 2}


def test_a_family_ends_alone(strict: Bank) -> None:
    """The log-in of another device goes on when one is robbed."""
    robbed, other = strict.begin(), strict.begin()
    strict.rotate(robbed)
    strict.refusal(robbed)
    assert strict.verdict(strict.rotate(other)) == "ada"


def test_within_the_grace_a_used_token_gets_the_same_answer(bank: Bank) -> None:
    """Whoever lost an answer gets the same tokens again, and what they buy is bought once."""
    first = bank.begin()
    second = bank.rotate(first)
    bank.clock.advance(GRACE - 1)
    again = bank.rotate(first)
    assert (again.access_token, again.refresh_token) == (second.access_token, second.refresh_token)
    assert again.expires_in == second.expires_in - (GRACE - 1)
    assert bank.verdict(bank.rotate(again)) == "ada"
    assert bank.counts() == {"sign_ins": 1, "refreshes": 2, "replays": 1}


def test_the_grace_begins_with_the_first_use(bank: Bank) -> None:
    """Coming again within the grace does not make it longer."""
    first = bank.begin()
    for _ in range(2):
        bank.rotate(first)
        bank.clock.advance(GRACE / 2)
    assert bank.refusal(first) == "INVALID_GRANT"
    assert bank.counts() == {"sign_ins": 1, "refreshes": 1, "replays": 1, "refused": 1, "revoked": 1}


@pytest.mark.parametrize("grace", [0.0, GRACE])
def test_of_many_at_once_one_refreshes(tmp_path: Path, grace: float) -> None:
    """Of many that come with one refresh token at once one gets new tokens, and the grace alone decides on the others."""
    many = 20
    accounts = Accounts(Database(tmp_path / "console.sqlite3"), grace)
    tokens = accounts.families.begin("ada")

    def rotate() -> IssuedTokens | None:
        try:
            return accounts.families.rotate(tokens.refresh_token)
        except ProblemError:
            return None

    with ThreadPoolExecutor(many) as threads:
        fresh = [running.result() for running in [threads.submit(rotate) for _ in range(many)]]
    figures = accounts.ledger.figures()
    assert figures["refreshes"] == 1
    assert len({each.refresh_token for each in fresh if each}) == 1
    expected = (many - 1, 0, 0) if grace else (0, many - 1, 1)
    assert (figures["replays"], figures["refused"], figures["revoked"]) == expected


def test_an_unknown_refresh_token_ends_nothing(bank: Bank) -> None:
    """Guessing refresh tokens is refused, and costs nobody a session."""
    tokens = bank.begin()
    assert bank.refusal(IssuedTokens("", "guessed", 0)) == "INVALID_GRANT"
    assert bank.verdict(tokens) == "ada"
    assert bank.counts() == {"sign_ins": 1, "refused": 1}


def test_tokens_expire(bank: Bank) -> None:
    """An access token ends after its time and can be refreshed; a refresh token ends after its own, and that is the end."""
    first = bank.begin()
    bank.clock.advance(ACCESS_SECONDS)
    assert bank.verdict(first) == "TOKEN_EXPIRED"
    second = bank.rotate(first)
    assert bank.verdict(second) == "ada"
    bank.clock.advance(REFRESH_SECONDS)
    assert bank.refusal(second) == "INVALID_GRANT"
    assert bank.counts()["refused"] == 1
    assert "revoked" not in bank.counts()


def test_all_expire_at_once(bank: Bank) -> None:
    """The storm's door ends the time of every access token, and leaves the refresh tokens good."""
    one, other = bank.begin(), bank.begin()
    bank.accounts.families.expire_all()
    assert (bank.verdict(one), bank.verdict(other)) == ("TOKEN_EXPIRED", "TOKEN_EXPIRED")
    assert bank.verdict(bank.rotate(one)) == "ada"


def test_all_are_revoked_at_once(bank: Bank) -> None:
    """An administrator ends sessions, which is not counted as theft."""
    tokens = bank.begin()
    bank.accounts.families.revoke_all()
    assert (bank.verdict(tokens), bank.refusal(tokens)) == ("TOKEN_REVOKED", "INVALID_GRANT")
    assert "revoked" not in bank.counts()


def test_log_out_ends_the_family(bank: Bank) -> None:
    """After log-out no token of the session is good, and logging out again harms nobody."""
    tokens = bank.begin()
    for _ in range(2):
        bank.accounts.families.end(tokens.refresh_token)
    bank.accounts.families.end("unknown")
    assert (bank.verdict(tokens), bank.refusal(tokens)) == ("TOKEN_REVOKED", "INVALID_GRANT")


def test_a_code_is_good_once(bank: Bank) -> None:
    """The code that was sent logs its owner in, and not a second time."""
    code = bank.code()
    assert re.fullmatch(r"\d{6}", code)
    assert (bank.guess(code), bank.guess(code)) == ("ada", "CODE_INVALID")


def test_only_the_last_code_is_good(bank: Bank) -> None:
    """Asking for another code ends the one before."""
    older = bank.code()
    while (newer := bank.code()) == older:
        pass
    assert (bank.guess(older), bank.guess(newer)) == ("CODE_INVALID", "ada")


def test_a_code_is_its_owners(bank: Bank) -> None:
    """A code does not open somebody else's account."""
    mine = bank.code()
    while bank.code("grace@acme.example") == mine:
        pass
    assert bank.guess(mine, "grace@acme.example") == "CODE_INVALID"


def test_a_code_expires(bank: Bank) -> None:
    """A code that lies about for too long is good no more."""
    code = bank.code()
    bank.clock.advance(CODE_SECONDS)
    assert bank.guess(code) == "CODE_INVALID"


def test_guessing_is_bounded(bank: Bank) -> None:
    """After some wrong guesses even the right code is refused, and asking for new ones gives no new guesses."""
    for _ in range(WRONG_GUESSES):
        assert bank.guess(wrong(bank.code())) == "CODE_INVALID"
    assert bank.guess(bank.code()) == "TOO_MANY_GUESSES"
    bank.clock.advance(WRONG_GUESSES_SECONDS)
    assert bank.guess(bank.code()) == "ada"


@pytest.mark.parametrize(("later", "seconds", "minutes"), [(0.0, "600", 10), (539.5, "61", 2), (599.5, "1", 1)])
def test_too_many_guesses_say_how_long_to_wait(bank: Bank, later: float, seconds: str, minutes: int) -> None:
    """A client is told in seconds, a person in minutes, and neither of them too little."""
    for _ in range(WRONG_GUESSES):
        bank.guess("wrong")
    bank.clock.advance(later)
    with pytest.raises(ProblemError) as refused:
        bank.accounts.log_in(EMAIL, "wrong")
    assert refused.value.params == {"minutes": minutes}
    assert refused.value.headers == [("Retry-After", seconds)]


def test_who_guesses_right_starts_anew(bank: Bank) -> None:
    """Wrong guesses before a log-in do not count against the next one."""
    for _ in range(2):
        for _ in range(WRONG_GUESSES - 1):
            bank.guess(wrong(bank.code()))
        assert bank.guess(bank.code()) == "ada"


def test_refused_guesses_do_not_prolong_the_wait(bank: Bank) -> None:
    """The door opens when it was said that it would, however often somebody knocks meanwhile."""
    for _ in range(WRONG_GUESSES):
        bank.guess(wrong(bank.code()))
    bank.clock.advance(WRONG_GUESSES_SECONDS - 1)
    assert bank.guess("000000") == "TOO_MANY_GUESSES"
    bank.clock.advance(1)
    assert bank.guess(bank.code()) == "ada"


def test_nobody_learns_who_has_an_account(bank: Bank) -> None:
    """An address that nobody has is answered like one that somebody has, also after too many guesses."""
    bank.accounts.codes.send("nobody@acme.example")
    told = [bank.guess("000000", "nobody@acme.example") for _ in range(WRONG_GUESSES + 1)]
    assert told == ["CODE_INVALID"] * WRONG_GUESSES + ["TOO_MANY_GUESSES"]


def test_the_file_holds_hashes_only(bank: Bank) -> None:
    """No token and no code that is still good can be read in the database."""
    secrets = [bank.code()]
    first = bank.begin()
    second = bank.rotate(first)
    for tokens in (first, second):
        secrets += [tokens.access_token, tokens.refresh_token]
    with closing(sqlite3.connect(bank.file)) as connection:
        dump = "\n".join(connection.iterdump())
    assert "refresh_tokens" in dump
    assert [secret for secret in secrets if f"'{secret}'" in dump] == []


@pytest.mark.parametrize(
    ("authorization", "code"),
    [(None, "TOKEN_MISSING"), ("Basic YTpi", "TOKEN_MISSING"), ("Bearer guessed", "TOKEN_UNKNOWN"), ("Bearer", "TOKEN_MISSING")],
)
def test_a_call_without_a_good_token_is_counted(bank: Bank, authorization: str | None, code: str) -> None:
    """Who shows no token or a made-up one is told which it is, and counted."""
    with pytest.raises(ProblemError) as refused:
        bank.accounts.caller(authorization)
    assert (refused.value.status, refused.value.code) == (401, code)
    assert bank.counts() == {"unauthorized": 1}
