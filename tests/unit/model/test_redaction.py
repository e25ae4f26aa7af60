"""What may be shown of a URL and of a body."""

import json
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.model import (
    Request,
    Secret,
    add_params,
    form_body,
    is_secret_header,
    is_secret_name,
    json_body,
    make_body,
    redact_url,
)

CANARY = "canary7f3a"
SECRET_NAMES = [
    *(
        "token",
        "access_token",
        "refreshToken",
        "id-token",
        "accesstoken",
        "X-Amz-Security-Token",
        "user[token]",
        "a.token",
        "tokens",
    ),
    *("api_key", "apiKey", "apikey", "API_KEY", "MyAPIKey", "key", "access_key", "accessKey", "AWSAccessKeyId", "signing-key"),
    *("password", "passwd", "pwd", "pass", "newPassword", "passphrase", "pin", "otp", "secret", "client_secret", "clientSecret"),
    *(
        "sig",
        "signature",
        "X-Amz-Signature",
        "X-Amz-Credential",
        "hmac",
        "code",
        "session",
        "sessionid",
        "sid",
        "jwt",
        "assertion",
    ),
    *("auth", "authorization", "bearer", "cookie", "ticket", "code_verifier", "credentials"),
]
PLAIN_NAMES = ["monkey", "author", "page", "q", "keyboard", "design", "passenger", "coder", "tokenize", "pinned", "id", ""]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_secret_name_hides_its_value(name: str) -> None:
    """The value of a parameter that is called like a credential is hidden, however the name is written."""
    assert is_secret_name(name)
    for written in (name, quote_plus(name), "".join(f"%{byte:02x}" for byte in name.encode())):
        for query in (f"{written}={CANARY}", f"a=1&{written}={CANARY}&b=2", f"a=1;{written}={CANARY}", f"{written}=={CANARY}=x"):
            assert CANARY not in redact_url(f"https://a.example/x?{query}")
            assert CANARY not in redact_url(f"/x?{query}#y")


@pytest.mark.parametrize("name", PLAIN_NAMES)
def test_other_names_stay_readable(name: str) -> None:
    """Names that merely hold the letters of a credential are shown."""
    url = f"https://a.example/?{name}=value"
    assert redact_url(url) == url


@given(st.lists(st.tuples(st.sampled_from(SECRET_NAMES) | TEXT, st.just(CANARY)), min_size=1, max_size=5), TEXT)
def test_no_canary_survives_under_a_secret_name(pairs: list[tuple[str, str]], other: str) -> None:
    """Among any other parameters, the values of secret names never come through and the rest stays."""
    kept = [pair for pair in pairs if not is_secret_name(pair[0])]
    shown = redact_url(f"https://a.example/x?{urlencode([*pairs, ('q', other)])}")
    assert shown.count(CANARY) == len(kept)
    assert shown.endswith(urlencode([("q", other)]))


@given(TEXT.filter(bool), st.text(min_size=1, max_size=12))
def test_a_value_typed_as_secret_is_hidden_under_any_name(name: str, rest: str) -> None:
    """Whatever a parameter is called, a Secret in it is hidden in all that a request shows."""
    try:
        url, names = add_params("https://a.example/", {name: Secret(CANARY + rest)})
    except TypeError:  # half a character
        return
    request = Request("GET", url, secret_names=names)
    assert CANARY in request.url
    for shown in (redact_url(url, names), request.redacted_url, repr(request), request.as_curl()):
        assert CANARY not in shown


@pytest.mark.parametrize(
    "url",
    [
        f"https://ada:{CANARY}@a.example/x",
        f"https://{CANARY}@a.example/x",
        f"https://ada:{CANARY}@{CANARY}@a.example/x",
        f"//ada:{CANARY}@a.example/x",
        f"ada:{CANARY}@a.example/x",
        f"https://a.example/x#access_token={CANARY}",
        f"https://a.example/x?y=1#{CANARY}",
        f"{CANARY}:@a.example",
    ],
)
def test_user_information_and_fragments_are_hidden(url: str) -> None:
    """What stands before the host, and what never goes to a server, is not shown."""
    assert CANARY not in redact_url(url)
    assert "a.example" in redact_url(url)


MANGLED = [
    *(
        "https:/",
        "https:///",
        "https:////",
        "https:",
        "https:\\\\",
        "https:\\",
        "https:/\\",
        "https:\\/",
        "//",
        "\\\\",
        "/\\",
        "\\",
    ),
    *(" https://", "\thttps:/", "https: //", "https:// /", "ht\ntps:/", "https//", "1https:/", "://", ":/", "htt ps:/\t/", ""),
]


@pytest.mark.parametrize("prefix", MANGLED)
@pytest.mark.parametrize(
    "secret", [f"ada:{CANARY}", f"{CANARY}:", CANARY, f"ada:a@{CANARY}", f"ada:{CANARY}\\b", f"ada:{CANARY}&b=;c"]
)
def test_user_information_is_hidden_behind_a_mangled_prefix(prefix: str, secret: str) -> None:
    """Where a slash is missing, too many or leans the wrong way, what stands before the host is hidden all the same."""
    shown = redact_url(f"{prefix}{secret}@a.example/x")
    assert CANARY not in shown
    assert shown.endswith("@a.example/x")


@given(st.text(max_size=20) | st.text(st.sampled_from("htps:/\\@?#&;=% \t1"), max_size=20))
def test_no_prefix_shows_a_password(prefix: str) -> None:
    """Whatever stands before a user and a password, the password never shows."""
    assert CANARY not in redact_url(f"{prefix}ada:{CANARY}@a.example/x?y=1")


@given(st.from_regex(r"[a-z0-9 ]{0,5}(:[/\\]|[/\\]{2})[/\\ \t]{0,3}", fullmatch=True))
def test_no_run_of_slashes_shows_a_token(prefix: str) -> None:
    """A token in place of user and password is hidden behind every run of slashes of either kind."""
    assert CANARY not in redact_url(f"{prefix}{CANARY}@a.example")


@pytest.mark.parametrize("query", ["next=https://ada:{}@a.example/", "next=https:/ada:{}@a.example", "//ada:{}&b@c", "ada:{}@c"])
def test_a_url_within_a_query_hides_its_password(query: str) -> None:
    """A URL that is a parameter's value is as talkative as the whole."""
    assert CANARY not in redact_url(f"https://a.example/x?{query.format(CANARY)}")


@pytest.mark.parametrize(
    "url",
    [
        *("https://a.example/@ada/x", "/@ada?q=a@b", "https://a.example/x?q=a@b&c", "", "?", "https://a.example/?flag"),
        *(
            "https://a.example/users/ada@b.example",
            "/ada@b.example",
            "https://a.example:80/@ada:b.example/x",
            "/x?at=12:30&to=a@b",
        ),
    ],
)
def test_harmless_urls_stay_as_they_are(url: str) -> None:
    """An at sign in a path or a query is no user information."""
    assert redact_url(url) == url


@given(st.text(max_size=60) | st.text(st.sampled_from("htps:/@?#&;=%+ab"), max_size=40))
def test_any_text_can_be_redacted_twice(url: str) -> None:
    """Redaction survives any text, and doing it again changes nothing."""
    once = redact_url(url)
    assert redact_url(once) == once


@pytest.mark.parametrize(
    "part", ["a=b&", "%", "@", "//@", "token=", "a" * 7 + "A", "-token", "_", "&;", "://", " ", ": ", "\\ ", "a:"]
)
def test_a_long_url_takes_linear_work(part: str) -> None:
    """A URL of a quarter of a megabyte is redacted; quadratic work would run into the time limit of all tests."""
    for url in (f"https://a.example/?{part * (2**18 // len(part))}", part * (2**18 // len(part)) + "?@"):
        redact_url(url)
    redact_url(f"@:/{part * (2**18 // len(part))}")
    redact_url(f"{part * (2**18 // len(part))}/@")


@pytest.mark.parametrize(
    "name", ["Authorization", "cookie", "SET-COOKIE", "X-Api-Key", "X-Session-Id", "X-Webhook-Signature", "X-JWT"]
)
def test_secret_headers_are_known(name: str) -> None:
    """Headers that carry credentials are known in any case."""
    assert is_secret_header(name)
    assert is_secret_header(name.swapcase())


@pytest.mark.parametrize(
    "body",
    [
        json_body({"user": "ada", "password": CANARY, "deep": [{"apiKey": CANARY, "token": {"a": [CANARY]}}]}),
        json_body({"note": Secret(CANARY)}),
        form_body({"user": "ada", "password": CANARY, "client_secret": CANARY}),
        form_body({"note": Secret(CANARY)}),
        make_body(CANARY.encode() + bytes([0xFF])),
        make_body(CANARY * 2000),
    ],
)
def test_a_curl_command_shows_no_credential_of_the_body(body) -> None:  # type: ignore[no-untyped-def]
    """A command that people paste into tickets hides secret members of forms and JSON, and what is no short text."""
    assert CANARY not in Request("POST", "https://a.example/", body=body).as_curl()


def test_a_curl_command_asks_the_same() -> None:
    """Method, fields, body and address stand in the command, quoted for a shell."""
    request = Request("POST", "https://a.example/?a='b'", body=json_body({"name": "it's", "code": 1}))
    curl = request.with_header("X-A", "b c").as_curl()
    assert curl.startswith("curl -X POST -H 'X-A: b c' --data-raw ")
    assert json.dumps({"name": "it's", "code": "[redacted]"}, separators=(",", ":")).replace("'", "'\"'\"'") in curl
    assert "--data-raw hello" in Request("POST", "https://a.example/", body=make_body("hello")).as_curl()
    assert "--data" not in Request("GET", "https://a.example/").as_curl()
    assert "--data-binary @body" in Request("POST", "https://a.example/", body=make_body(iter([b"x"]))).as_curl()


def test_a_curl_command_asks_for_a_head_alone() -> None:
    """curl would wait for a body behind `-X HEAD`, and refuses a body behind `--head`."""
    assert Request("HEAD", "https://a.example/").as_curl() == "curl --head https://a.example/"
    assert Request("HEAD", "https://a.example/", body=make_body("x")).as_curl().startswith("curl -X HEAD ")


def test_a_curl_command_sends_an_empty_field() -> None:
    """curl takes a field without a value for one to leave out, unless a semicolon follows its name."""
    request = Request("GET", "https://a.example/").with_header("X-Empty", "").with_header("X-A", "b")
    assert request.as_curl() == "curl -X GET -H 'X-Empty;' -H 'X-A: b' https://a.example/"
