"""What of a path may stand in a log: names may, people and tokens may not."""

import random
from base64 import urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.model import looks_secret, mask_path, one_line, public_url

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
SECRETS = [
    "ada@example.com",
    "ada%40example.com",
    "ada%2540example.com",
    "mailto:ada@example.com",
    "Ada.Lovelace+x@example.co.uk",
    JWT,
    f"Bearer%20{JWT}",
    "4f9a1c2b3d4e5f6a7b8c9d0e1f2a3b4c",
    "0123456789abcdef0123",
    "DEADBEEF01234567890123",
    "sk_test-4eC39HqLyjWDarjtT1zdp7dc",
    "ghx_16C7e42F292c6912E7710c838347Ae178B4a",
    "V1StGXR8_Z5jdHi6B-myT",
    "cjx8a-5f4dcc3b5aa765d61d83",
    "agents;token=abc",
    "password=x",
    "a,session=1",
    "x" * 101,
    "%41" * 400,
]
NAMES = [
    "",
    "v1",
    "agents",
    "7",
    "@me",
    "@acme",
    "123456789012345678901234",
    "getAgentSessionConfiguration",
    "how-to-do-it-in-a-day-or-so",
    "very-long-repository-name-with-many-words",
    "2024-01-01T00:00:00Z",
    "6f9619ff-8b86-d011-b42d-00c04fc964ff",
    "page=2",
    "agent_6F9619FF-8B86-D011-B42D-00C04FC964FF",
    "PRODUCTION-EU-WEST-1-CLUSTER-2",
    "a1b2c3",
    "Städte",
    "%E3%81%82%E3%81%84%E3%81%86",
    "%",
    "%zz",
    "%40",
]


@pytest.mark.parametrize("text", SECRETS)
def test_what_looks_secret_is_found(text: str) -> None:
    """E4: e-mail addresses, tokens, named secrets and what nobody reads are hidden, escaped or not; all else stays."""
    assert looks_secret(text)
    assert mask_path(f"/v1/{text}/orders") == "/v1/[redacted]/orders"


@pytest.mark.parametrize("text", NAMES)
def test_names_stay(text: str) -> None:
    """A path stays readable: words, numbers, dates and UUIDs are no secrets."""
    assert not looks_secret(text)
    assert mask_path(f"/v1/{text}/orders") == f"/v1/{text}/orders"


@pytest.mark.parametrize(
    "token",
    [lambda data: data.hex(), lambda data: data.hex().upper(), lambda data: urlsafe_b64encode(data * 2).decode().rstrip("=")],
    ids=["hex", "HEX", "base64"],
)
def test_tokens_of_chance_are_found(token: Callable[[bytes], str]) -> None:
    """E4: of a thousand tokens of 128 bits and more none is taken for a word."""
    chance = random.Random(7)
    tokens = [token(chance.randbytes(16)) for _ in range(1000)]
    assert [token for token in tokens if not looks_secret(token)] == []


def test_the_places_of_a_template_stay() -> None:
    """The places of a route are names, while what was typed into the route beside them is looked at."""
    assert mask_path("/v1/{agent_id_of_the_team_1_or_2}/{id}.json") == "/v1/{agent_id_of_the_team_1_or_2}/{id}.json"
    assert mask_path("/users/ada@example.com-{id}") == "/users/[redacted]"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://api.acme.example/v1/agents?q=ada#top", "https://api.acme.example/v1/agents"),
        ("https://ada:pw@api.acme.example:8443/v1", "https://api.acme.example:8443/v1"),
        ("https://a@b@c.example/", "https://c.example/"),
        ("//c.example/a?b", "//c.example/a"),
        ("/agents/ada@example.com?q=1", "/agents/[redacted]"),
        ("mailto:ada@example.com", "mailto:[redacted]"),
        ("http://[::1]:80/a", "http://[::1]:80/a"),
        ("https://c.example", "https://c.example"),
        ("?q=1", ""),
        ("", ""),
        ("https://c.example/a\r\n\x1b[31mb\u2028c", "https://c.example/a???[31mb?c"),
    ],
)
def test_of_a_url_origin_and_path_are_public(url: str, shown: str) -> None:
    """E4: user information, query and fragment are gone, whatever the URL, and it stays in its line."""
    assert public_url(url) == shown


def test_a_url_is_bounded() -> None:
    """A URL takes no more of a line than its bound."""
    assert len(public_url(f"https://c.example/{'agents/' * 1000}")) == 500
    assert public_url(f"https://{'c' * 1000}/").endswith("...")


@given(st.text(st.characters()))
def test_nothing_leaves_its_line(text: str) -> None:
    """Whatever text it is, it becomes printable and keeps its length, or is cut to its bound; nothing of it raises."""
    assert one_line(text).isprintable()
    assert len(one_line(text)) == len(text)
    assert len(one_line(text, 10)) <= 10
    assert public_url(text).isprintable()
    assert mask_path(text).isprintable()
    assert looks_secret(quote(f"a@b{text}", errors="surrogatepass"))
