"""What servers ask for in `WWW-Authenticate` and `Proxy-Authenticate`, as RFC 9110 (11.6) writes it and as they write it."""

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.problems import AuthDetails, Challenge, parse_challenges
from tests.unit.problems.answers import parsed

APPS = {"realm": "apps", "type": "1", "title": 'Login to "apps"'}
DIGEST = {"realm": "a@b.example", "qop": "auth, auth-int", "algorithm": "SHA-256", "nonce": "7y+p/Q", "opaque": "FQhe"}
TRICKS = [
    "Basic ",
    ",",
    '"',
    "=",
    "a=",
    'a="',
    'a="b\\',
    " \t",
    "a=b,",
    'a="b",',
    "x y,",
    "\\",
    "Negotiate ab==, ",
    "é",
    "\ud800",
    "\n",
    "\0",
]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Basic", [Challenge("basic")]),
        ('Basic realm="simple"', [Challenge("basic", {"realm": "simple"})]),
        (
            'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
            [Challenge("basic", {"realm": "simple"}), Challenge("newauth", APPS)],
        ),
        (
            'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"',
            [Challenge("newauth", APPS), Challenge("basic", {"realm": "simple"})],
        ),
        ("Negotiate", [Challenge("negotiate")]),
        ("Negotiate a87421000492aa874209af8bc028==", [Challenge("negotiate", token68="a87421000492aa874209af8bc028==")]),
        ("NTLM, Negotiate, Basic realm=x", [Challenge("ntlm"), Challenge("negotiate"), Challenge("basic", {"realm": "x"})]),
        ("Negotiate ab==, NTLM cd=", [Challenge("negotiate", token68="ab=="), Challenge("ntlm", token68="cd=")]),
        (
            'Digest realm="a@b.example", qop="auth, auth-int", algorithm=SHA-256, nonce="7y+p/Q", opaque="FQhe"',
            [Challenge("digest", DIGEST)],
        ),
        ('BEARER Realm="x", ERROR="y"', [Challenge("bearer", {"realm": "x", "error": "y"})]),
        ('Bearer realm = "x" ,\terror\t=\t"y"', [Challenge("bearer", {"realm": "x", "error": "y"})]),
        ('Bearer realm="a\\\\b\\,c\\""', [Challenge("bearer", {"realm": 'a\\b,c"'})]),
        ('Bearer realm="", scope=""', [Challenge("bearer", {"realm": "", "scope": ""})]),
        ('Bearer error="a", error="b"', [Challenge("bearer", {"error": "a"})]),
        ('Bearer resource_metadata="https://a.example/.well-known?x=1,2"', [Challenge("bearer", {"resource_metadata": "https://a.example/.well-known?x=1,2"})]),
        (",, ,Basic realm=a,, ,", [Challenge("basic", {"realm": "a"})]),
        ('AWS4-HMAC-SHA256 realm="x"', [Challenge("aws4-hmac-sha256", {"realm": "x"})]),
        ("Bearer\trealm=x", [Challenge("bearer", {"realm": "x"})]),
    ],
)  # fmt: skip
def test_challenges_are_read(header: str, expected: list[Challenge]) -> None:
    """Several challenges in one field, token68, quoted commas and escapes are told apart as the grammar has it."""
    assert parse_challenges(header) == tuple(expected)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, []),
        ("", []),
        (" , ", []),
        ('realm="no scheme"', []),
        ("=", []),
        ('"Basic"', []),
        ('Basic realm="never closed', [Challenge("basic")]),
        ('Basic realm="x" charset="UTF-8"', [Challenge("basic")]),
        ('Basic realm="x" junk, Bearer error="y"', [Challenge("basic"), Challenge("bearer", {"error": "y"})]),
        ("Basic realm=a b, Bearer scope=c", [Challenge("basic"), Challenge("bearer", {"scope": "c"})]),
        ("Basic realm=, Bearer", [Challenge("basic", token68="realm="), Challenge("bearer")]),
        ("Negotiate ab==, realm=x", [Challenge("negotiate", token68="ab==")]),
        ('(odd) x, Bearer error="y"', [Challenge("bearer", {"error": "y"})]),
        ("Bearer\nrealm=x", []),
        ('Bearer realm="x"; error="y"', [Challenge("bearer")]),
    ],
)
def test_what_is_malformed_is_skipped(header: str | None, expected: list[Challenge]) -> None:
    """What does not follow the grammar is left out up to the next comma, and what follows is read."""
    assert parse_challenges(header) == tuple(expected)


def test_a_field_is_read_within_bounds() -> None:
    """Of endless challenges and parameters the first are kept, and of an endless field the beginning."""
    many = parse_challenges(", ".join(f"Scheme{number}" for number in range(100)))
    assert [challenge.scheme for challenge in many] == [f"scheme{number}" for number in range(16)]
    rich = parse_challenges("Bearer " + ", ".join(f"a{number}=b" for number in range(100)))
    assert len(rich[0].params) == 32
    long = parse_challenges("Bearer realm=x, " + "a=b, " * 9000 + "Basic")
    assert [challenge.scheme for challenge in long] == ["bearer"]
    assert (
        sum(
            len(value)
            for challenge in parse_challenges('Bearer realm="' + "x" * 8100 + '"')
            for value in challenge.params.values()
        )
        == 8100
    )


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("before", ["", "Bearer ", 'Bearer a="'])
def test_a_hostile_field_takes_bounded_work(before: str, trick: str) -> None:
    """A megabyte of one trick is answered at once; quadratic work would run into the time limit of all tests."""
    for _ in range(20):
        challenges = parse_challenges(before + trick * (2**20 // len(trick)))
    assert len(challenges) <= 16


@given(st.text(st.sampled_from('aB1"\\=,; \t/~é\ud800'), max_size=60) | st.text(max_size=60))
def test_any_field_is_survived(header: str) -> None:
    """No field makes it raise, schemes and names are lower-case tokens, and what is kept can be encoded."""
    for challenge in parse_challenges(header):
        assert challenge.scheme == challenge.scheme.lower() != ""
        assert all(name == name.lower() != "" for name in challenge.params)
        assert not (challenge.params and challenge.token68)
        f"{challenge.scheme}{challenge.params}{challenge.token68}".encode()


@given(
    st.dictionaries(
        st.from_regex(r"\A[a-z0-9_-]{1,8}\Z"),
        st.text(st.characters(codec="latin-1", exclude_categories=["Cc"])),
        min_size=1,
        max_size=5,
    )
)
def test_what_is_quoted_is_read_as_it_was(params: dict[str, str]) -> None:
    """Any text in quotes, with backslashes before quotes and backslashes, comes back as it was."""
    quoted = [name + '="' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for name, value in params.items()]
    assert parse_challenges(f"Own {', '.join(quoted)}, Basic") == (Challenge("own", params), Challenge("basic"))


@pytest.mark.parametrize(
    ("header", "body", "auth"),
    [
        ('Basic realm="r", Bearer error="e", scope="s"', b"", AuthDetails("bearer", "e", "s", None)),
        ('Basic realm="r", Bearer scope="s"', b"", AuthDetails("basic", None, None, "r")),
        ('Bearer error="", scope=""', b"", AuthDetails("bearer")),
        ("", b"", None),
        ('Basic realm="r"', {"error": "invalid_client"}, AuthDetails("basic", "invalid_client", None, "r")),
        ('Bearer error="a", scope="s"', {"error": "use_dpop_nonce", "scope": "t"}, AuthDetails("bearer", "use_dpop_nonce", "t")),
    ],
)  # fmt: skip
def test_the_credential_is_told_in_short(header: str, body: Any, auth: AuthDetails | None) -> None:
    """`auth` has the challenge that names an error, else the first, and what the body says before what it does not."""
    fields = {"WWW-Authenticate": header} if header else {}
    assert parsed(body, status=401, content_type="application/json", **fields).auth == auth


def test_a_challenge_gives_a_code_where_the_body_has_none() -> None:
    """A body without a code takes the challenge's error as its code; one with a code of its own keeps it."""
    fields = {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
    assert parsed({"message": "two words"}, **fields).code == "INSUFFICIENT_SCOPE"
    assert parsed({"code": "NO_WAY"}, **fields).code == "NO_WAY"
    assert parsed({"code": "X"}, **fields).code is None
    assert parsed(b"", **{"WWW-Authenticate": 'Bearer error="x"'}).original_code == "x"


def test_the_proxys_challenge_is_told_where_there_is_no_other() -> None:
    """A 407 tells what the proxy asks for, and `WWW-Authenticate` goes before it."""
    proxy = {"Proxy-Authenticate": 'Basic realm="p"'}
    assert parsed(b"", status=407, **proxy).challenges == (Challenge("basic", {"realm": "p"}),)
    both = parsed(b"", status=401, **proxy, **{"WWW-Authenticate": "Bearer"})
    assert both.challenges == (Challenge("bearer"),)


def test_a_challenge_travels_and_keeps_its_values_out_of_logs() -> None:
    """Challenges pickle, copy and compare; their repr names parameters without values, which may be nonces."""
    problem = parsed(b"", status=401, **{"WWW-Authenticate": 'Digest nonce="n0nce", Bearer error="e", Negotiate dG9r'})
    for twin in (pickle.loads(pickle.dumps(problem)), copy.deepcopy(problem)):
        assert twin.challenges == problem.challenges
        assert twin.auth == problem.auth
    assert "n0nce" not in repr(problem.challenges)
    assert "dG9r" not in repr(problem.challenges)
    assert "nonce" in repr(problem.challenges)
