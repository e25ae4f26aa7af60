"""Header fields: any case, any number, order kept, nothing dangerous in, no secret out."""

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.model import Headers, Secret, UsageError, check_header, user_headers

NAMES = st.from_regex(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}", fullmatch=True)
VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=20)
FIELDS = st.lists(st.tuples(NAMES, VALUES), max_size=12)
CANARY = "canary-7f3a"


def swapped(name: str) -> str:
    return "".join(letter.upper() if letter.islower() else letter.lower() for letter in name)


@given(FIELDS)
def test_a_field_is_found_in_any_case_with_all_its_values(fields: list[tuple[str, str]]) -> None:
    """Looking up ignores case, keeps the order of the values and joins them with a comma."""
    headers = Headers(fields)
    assert headers.items() == tuple(fields)
    for name, _ in fields:
        values = [value for other, value in fields if other.lower() == name.lower()]
        assert headers.get_list(swapped(name)) == values
        assert headers[swapped(name)] == headers.get(name.upper()) == ", ".join(values)
        assert swapped(name) in headers
    assert headers.keys() == tuple(dict.fromkeys(name.lower() for name, _ in fields))
    assert len(headers) == len(set(headers)) == len(headers.keys())


@given(FIELDS, NAMES, VALUES)
def test_changes_give_copies(fields: list[tuple[str, str]], name: str, value: str) -> None:
    """A change returns another object in which just that field is different, and the first stays as it was."""
    headers = Headers(fields)
    changed = headers.with_header(name, value)
    assert changed.get_list(name) == [value]
    assert changed.without(name) == headers.without(swapped(name))
    assert headers.with_added(name, value).get_list(name) == [*headers.get_list(name), value]
    assert headers.with_default(name, value).get_list(name) == (headers.get_list(name) or [value])
    assert headers.items() == tuple(fields)


@given(FIELDS, FIELDS)
def test_defaults_fill_only_gaps(fields: list[tuple[str, str]], more: list[tuple[str, str]]) -> None:
    """Defaults add whole fields that are missing and touch no other."""
    merged = Headers(fields).with_defaults(Headers(more))
    for name in {name.lower() for name, _ in fields + more}:
        assert merged.get_list(name) == (Headers(fields).get_list(name) or Headers(more).get_list(name))


@given(FIELDS)
def test_equality_ignores_the_case_of_names(fields: list[tuple[str, str]]) -> None:
    """Two sets of fields that differ in the case of names alone are equal and hash alike."""
    other = Headers([(swapped(name), value) for name, value in fields])
    assert Headers(fields) == other
    assert hash(Headers(fields)) == hash(other)
    assert Headers(fields) != fields


@given(st.text(max_size=20), st.text(max_size=20))
def test_what_passes_the_check_stays_in_its_line(name: str, value: str) -> None:
    """A field that is accepted can be written in one line of Latin-1; any other is refused as misuse and nothing else."""
    try:
        check_header(name, value)
    except UsageError:
        return
    line = f"{name}: {value}\r\n".encode("latin-1")
    assert line.splitlines(keepends=True) == [line] or b"\x85" in line or b"\x1c" in line
    assert b"\r" not in line[:-2]
    assert b"\n" not in line[:-2]
    assert b"\0" not in line
    assert " " not in name
    assert ":" not in name


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nb", "a\0b", "a\rb", "a\x0bb", "a\x7fb", "ā", "\ud800", 7, None, b"a"])
def test_a_dangerous_value_is_refused_by_name(value: Any) -> None:
    """Control characters, letters outside Latin-1 and what is no text are refused, and the message names the field."""
    with pytest.raises(UsageError, match="'X-Name'"):
        check_header("X-Name", value)


@pytest.mark.parametrize("value", ["", "a\tb", " padded ", "é", "\xff"])
def test_a_harmless_value_is_accepted(value: str) -> None:
    """A tab, blanks and all of Latin-1 may stand in a value."""
    check_header("X-Name", value)


@pytest.mark.parametrize("name", ["", "a b", "a:", "a\n", "é", 7, None, b"a"])
def test_a_wrong_name_is_refused(name: Any) -> None:
    """A name is a token of RFC 9110."""
    with pytest.raises(UsageError, match="headers"):
        check_header(name, "x")


@pytest.mark.parametrize(
    "fields",
    [
        {f"Authorization: Bearer {CANARY}": ""},
        {"Authorization": Secret(f"{CANARY}\n")},
        {"Authorization": f"{CANARY}\r\n"},
        [("Authorization", Secret(f"{CANARY}ā"))],
        [f"Authorization: {CANARY}"],
        f"Authorization: {CANARY}",
    ],
)
def test_a_refusal_does_not_quote_the_credential(fields: Any) -> None:
    """Whatever is wrong with a credential, the message does not hold it."""
    with pytest.raises(UsageError) as caught:
        user_headers(fields)
    assert CANARY not in str(caught.value)


def test_no_frame_of_a_refusal_holds_a_secret_as_text() -> None:
    """A crash report with the locals of our frames shows no revealed secret."""
    with pytest.raises(UsageError) as caught:
        user_headers({"Authorization": Secret(f"{CANARY}\n")})
    trace = caught.value.__traceback__
    while trace is not None:
        assert CANARY not in repr(trace.tb_frame.f_locals)
        trace = trace.tb_next


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Proxy-Authorization",
        "COOKIE",
        "Set-Cookie",
        "x-api-key",
        "X-Auth-Token",
        "X-Auth-Key",
        "X-Amz-Security-Token",
        "Ocp-Apim-Subscription-Key",
        "X-CSRF-Token",
    ],
)
def test_credentials_are_known_by_name(name: str) -> None:
    """A user's credential is wrapped, and hidden in what a log line or a pickle may show."""
    headers = user_headers({name: CANARY})
    assert isinstance(headers[name], Secret)
    for shown in (repr(headers), str(headers.redacted()), repr(pickle.loads(pickle.dumps(headers)).items())):
        assert CANARY not in shown
    assert CANARY.encode() not in pickle.dumps(headers)
    assert len(headers.without_secrets()) == 0
    assert CANARY not in repr(Headers({name: CANARY}))


@pytest.mark.parametrize("name", ["Idempotency-Key", "Accept", "X-Author", "Sec-WebSocket-Key", "WWW-Authenticate", "ETag"])
def test_other_names_stay_readable(name: str) -> None:
    """What is no credential is shown."""
    assert user_headers({name: "plain"})[name] == "plain"


def test_values_marked_secret_are_hidden_under_any_name() -> None:
    """A Secret hides itself whatever its field is called, and joined values stay one."""
    headers = Headers([("X-Plain", Secret(CANARY)), ("X-Plain", "b")])
    assert CANARY not in repr(headers)
    assert headers["x-plain"] == Secret(f"{CANARY}, b")
    assert headers.without_secrets().items() == (("X-Plain", "b"),)


def test_a_missing_field() -> None:
    """A missing field gives the default, an empty list, or a KeyError."""
    headers: Headers[str] = Headers()
    assert headers.get("a") is None
    assert headers.get("a", "b") == "b"
    assert headers.get_list("a") == []
    assert 7 not in headers
    with pytest.raises(KeyError):
        headers["a"]


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        (
            "Location",
            f"https://ada:{CANARY}@a.example/cb?page=2&code={CANARY}#access_token={CANARY}",
            "https://[redacted]@a.example/cb?page=2&code=[redacted]",
        ),
        ("location", f" //ada:{CANARY}@a.example/", "//[redacted]@a.example/"),
        ("Content-Location", f"/files/7?signature={CANARY}", "/files/7?signature=[redacted]"),
        ("REFERER", f"https://a.example/?token={CANARY}", "https://a.example/?token=[redacted]"),
        (
            "Link",
            f'<https://a.example/?token={CANARY}&page=2>; rel="next"; title="a#b", < //ada:{CANARY}@b.example/>; rel=last',
            '<https://a.example/?token=[redacted]&page=2>; rel="next"; title="a#b", <//[redacted]@b.example/>; rel=last',
        ),
        ("Link", f"</x?token={CANARY}", "</x?token=[redacted]"),
        ("Link", f"https://a.example/?token={CANARY}", "https://a.example/?token=[redacted]"),
    ],
)
def test_urls_in_fields_are_redacted(name: str, value: str, shown: str) -> None:
    """Fields that hold URLs hide what is secret in them wherever they are shown, and keep it for who asks."""
    headers = Headers({name: value})
    assert (headers[name], headers.redacted()) == (value, [(name, shown)])
    assert CANARY not in repr(headers)
    assert CANARY.encode() not in pickle.dumps(headers)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Location", "/agents/7?page=2&sort=name"),
        ("Link", '<https://a.example/?page=2>; rel="next"; title="a#b", </?page=9>; rel=last'),
        ("ETag", '"a#b?token=c@d"'),
    ],
)
def test_a_pickle_keeps_what_is_not_secret(name: str, value: str) -> None:
    """URLs without a secret, and fields that hold no URL, come out of a pickle as they were."""
    assert pickle.loads(pickle.dumps(Headers({name: value})))[name] == value
