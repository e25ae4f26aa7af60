"""URLs: taken apart, joined, filled and given parameters, without a way out of the origin or into the log."""

import enum
import sys
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.model import Origin, Secret, UsageError, add_params, fill_path, form_body, join_url, split_url

CANARY = "canary7f3a"


class Size(enum.Enum):
    """Members whose names are the app's own and whose values are the API's."""

    LARGE = "l"
    MOST = 7
    NONE = None
    KEY = Secret(CANARY)


class Team(str, enum.Enum):  # noqa: UP042 - how apps wrote it before StrEnum, and it formats as its Python name
    """Members that are text themselves."""

    BLUE = "blue"


WHOLE = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize(
    ("url", "origin", "target"),
    [
        ("https://a.example", Origin("https", "a.example", 443), "/"),
        ("HTTP://A.Example:8080/B?c=d#e", Origin("http", "a.example", 8080), "/B?c=d"),
        ("https://a.example?x=1", Origin("https", "a.example", 443), "/?x=1"),
        ("https://a.example:/x", Origin("https", "a.example", 443), "/x"),
        ("http://[2001:DB8::1]:81/x", Origin("http", "2001:db8::1", 81), "/x"),
        ("http://[::ffff:1.2.3.4]/", Origin("http", "::ffff:1.2.3.4", 80), "/"),
        ("https://bücher.example/ä?ö=%20", Origin("https", "xn--bcher-kva.example", 443), "/%C3%A4?%C3%B6=%20"),
        ("https://a.example/%2e%2e/@x:y", Origin("https", "a.example", 443), "/%2e%2e/@x:y"),
    ],
)
def test_a_url_is_taken_apart(url: str, origin: Origin, target: str) -> None:
    """Scheme, host and port make the origin; path and query make the target, which is visible ASCII."""
    assert split_url(url) == (origin, target)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative",
        "a.example/x",
        "ftp://a.example/",
        "https://",
        "https:///x",
        "https://a.example:x/",
        "https://a.example:99999/",
        "https://a.example:-1/",
        "https://[::1",
        "https://[::1]x/",
        "https://[fe80::1%25eth0]/",
        "https://[fe80::1%eth0]/",
        "https://[0]/",
        "https://[:::]/",
        "https://[1.2.3.4]/",
        "https://[1:2:3:4:5:6:7:8:9]/",
        f"https://{'a' * 301}/",
        "https://ada@a.example/",
        "https://a.example/a b",
        "https://a.example/\r\nX: y",
        "https://a.example/\ud800",
        "https://\ud800/",
        "https://a..ä.example/",
        f"https://{'ä' * 100}.example/",
        "https://a.example\\@evil.example/",
        "https://evil\\.a.example/",
        "https://a\u2100.example/",
        "https://a%2eexample/",
        'https://a"b/',
    ],
)
def test_what_is_no_safe_address_is_refused(url: str) -> None:
    """Whatever another reader of URLs could take for another host is refused as misuse, naming the option."""
    with pytest.raises(UsageError, match=r"^url: "):
        split_url(url)


@pytest.mark.parametrize(("size", "kept"), [(2_048, True), (2_049, False)])
def test_only_short_urls_are_remembered(size: int, kept: bool) -> None:
    """A URL of many pages is taken apart like any other, and does not stay in memory when its call is gone."""
    url = "https://a.example/".ljust(size, "x")
    before = sys.getrefcount(url)
    assert split_url(url)[1] == url.removeprefix("https://a.example")
    assert (sys.getrefcount(url) > before) is kept


def test_few_urls_are_remembered() -> None:
    """Ever new URLs push the old ones out."""
    url = "https://a.example/the/first"
    before = sys.getrefcount(url)
    split_url(url)
    for number in range(1_100):
        split_url(f"https://a.example/{number}")
    assert sys.getrefcount(url) == before


@given(st.text(max_size=40) | st.text(st.sampled_from("htps:/@[]#?%.\\aä1"), max_size=30).map("https://{}".format))
def test_any_text_is_a_url_or_misuse(url: str) -> None:
    """Any text gives an origin that agrees with the standard library's reading, or a UsageError."""
    try:
        origin, target = split_url(url)
    except UsageError:
        return
    assert target.startswith("/")
    assert target.isascii()
    assert " " not in target
    assert origin.host.isascii()
    assert not set(origin.host) & set("/?#@\\[]% ")
    if url.isascii():
        assert urlsplit(url).hostname == origin.host


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("app.localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("[::1]", True),
        ("127.0.0.1.evil.example", False),
        ("127.evil.example", False),
        ("localhost.evil.example", False),
        ("10.0.0.1", False),
        ("[::2]", False),
    ],
)
def test_loopback_is_this_machine_and_no_name_that_begins_like_it(host: str, loopback: bool) -> None:
    """A token may go over plain http to loopback, so that a stranger's host must not pass for it."""
    assert split_url(f"http://{host}/")[0].is_loopback is loopback


@pytest.mark.parametrize(
    ("url", "netloc"),
    [("https://a.example:443/", "a.example"), ("https://a.example:80/", "a.example:80"), ("http://[::1]:81/", "[::1]:81")],
)
def test_an_origin_writes_its_host(url: str, netloc: str) -> None:
    """The Host field leaves the scheme's own port out, and puts IPv6 addresses in brackets."""
    origin = split_url(url)[0]
    assert origin.netloc == netloc
    assert str(origin) == f"{origin.scheme}://{netloc}"


@pytest.mark.parametrize(
    ("base", "path", "joined"),
    [
        ("https://a.example/v1", "/b", "https://a.example/v1/b"),
        ("https://a.example/v1/", "b", "https://a.example/v1/b"),
        ("https://a.example/v1", "", "https://a.example/v1"),
        ("https://a.example/v1", "?x=1", "https://a.example/v1?x=1"),
        ("https://a.example", "https://b.example/x", "https://b.example/x"),
        ("https://a.example", "//b.example/x", "https://a.example//b.example/x"),
        ("https://a.example", "/x?to=http://b.example", "https://a.example/x?to=http://b.example"),
        ("", "https://b.example/x", "https://b.example/x"),
    ],
)
def test_a_path_is_joined_to_the_base(base: str, path: str, joined: str) -> None:
    """A path stands behind the base URL's own path, and only an absolute URL leaves its origin."""
    assert join_url(base, path) == joined


@given(st.text(max_size=30))
def test_a_path_never_leaves_the_origin(path: str) -> None:
    """Only a path that is itself an absolute URL can lead to another origin."""
    if "://" in path:
        return
    try:
        origin, _ = split_url(join_url("https://a.example", f"/{path}"))
    except UsageError:
        return
    assert origin == Origin("https", "a.example", 443)


@given(st.lists(st.tuples(WHOLE, WHOLE), max_size=6))
def test_parameters_come_back_as_they_were_given(pairs: list[tuple[str, str]]) -> None:
    """A server that decodes the query reads the same names and values in the same order."""
    url, secret = add_params("https://a.example/x?y=1#z", pairs)
    assert parse_qsl(urlsplit(url).query, keep_blank_values=True) == [("y", "1"), *pairs]
    assert urlsplit(url).fragment == "z"
    assert not secret
    split_url(url)


def test_parameters_of_all_kinds() -> None:
    """None is left out, a list repeats the name, truth is lower case, and a Secret is written and named."""
    params: dict[str, Any] = {"a": None, "b": [1, "2", None], "c": True, "d": 1.5, "e": Secret("s p"), "f": ()}
    assert add_params("https://a.example/?", params) == ("https://a.example/?b=1&b=2&c=true&d=1.5&e=s%20p", frozenset({"e"}))
    assert add_params("https://a.example/", {}) == ("https://a.example/", frozenset())


def test_a_member_of_an_enum_is_sent_by_its_value() -> None:
    """What goes to the server is the value, never the name that the member has in Python."""
    assert add_params("/", {"a": Size.LARGE, "b": [Size.MOST, Team.BLUE]}) == ("/?a=l&b=7&b=blue", frozenset())
    assert fill_path("/{a}/{b}/{c}", {"a": Size.LARGE, "b": Size.MOST, "c": Team.BLUE}) == "/l/7/blue"
    assert form_body({"a": Size.LARGE}).data == b"a=l"


@pytest.mark.parametrize(
    "params",
    [
        *({"a": Size.NONE}, {"a": Size.KEY}),
        *("a=b", b"a=b", 7, ["a"], [("a",)], {"a": object()}, {"a": {"b": 1}}, {"a": b"x"}, {"a": [[1]]}, {1: "x"}),
        *({"a": "\ud800"}, {"\ud800": "a"}, {"a": Secret(f"{CANARY}\ud800")}),
    ],
)
def test_parameters_without_an_obvious_text_are_refused(params: Any) -> None:
    """What has no obvious text is refused by the name of the option, and no secret is quoted."""
    with pytest.raises(UsageError, match=r"^params: ") as caught:
        add_params("https://a.example/", params)
    assert CANARY not in str(caught.value)
    assert caught.value.__context__ is None


@given(WHOLE)
def test_a_filled_place_is_one_segment(value: str) -> None:
    """Whatever a value holds, it stays one segment of the path and comes back as it was given."""
    try:
        path = fill_path("/a/{id}/b", {"id": value})
    except UsageError:
        assert value in ("", ".", "..")
        return
    start, name, segment, end = path.split("/")
    assert (start, name, unquote(segment), end) == ("", "a", value, "b")
    split_url(f"https://a.example{path}")


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("/{a}", {}),
        ("/a", {"a": 1}),
        ("/{a}", {"b": 1}),
        ("/{a}", {"a": None}),
        ("/{a}", {"a": ""}),
        ("/{a}", {"a": ".."}),
        ("/{a}", {"a": b"x"}),
        ("/{a}", {"a": [1]}),
        ("/{a}", {"a": {"b": 1}}),
        ("/{a}", {"a": object()}),
        ("/{a}", {"a": "\ud800"}),
        ("/{a}", {"a": Secret(CANARY)}),
        ("/{a}", {"a": Size.KEY}),
        ("/{a}", ["a"]),
        (f"/{{a}}?token={CANARY}", {1: 2}),
    ],
)
def test_a_place_that_cannot_be_filled_is_refused(template: str, values: Any) -> None:
    """Missing, spare and unfit values are refused by the name of the option; a Secret has no business in a path."""
    with pytest.raises(UsageError, match=r"^path_params: ") as caught:
        fill_path(template, values)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        f"//ada:{CANARY}@a.example/",
        f"ada:{CANARY}@a.example/",
        f"https://ada:{CANARY}@a.example/",
        f"https://ada:{CANARY}/x@a.example/",
        f"https://ada:{CANARY}#x@a.example/",
        f"ftp://a.example/?token={CANARY}",
        f"/x?token={CANARY}",
        f"https://a.example/ ?token={CANARY}",
    ],
)
def test_a_refusal_does_not_quote_what_may_be_a_credential(url: str) -> None:
    """Passwords and tokens in a refused URL stay out of the message."""
    with pytest.raises(UsageError) as caught:
        split_url(join_url("", url))
    assert CANARY not in str(caught.value)
