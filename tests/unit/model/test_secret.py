"""A secret shows itself nowhere until it is asked to."""

import copy
import json
import pickle
import traceback
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.model import Secret, UsageError

CANARY = "canary-7f3a"


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        format,
        ascii,
        "{}".format,
        "{!r:>40}".format,
        "{:>40}".format,
        lambda secret: f"{secret}",
        lambda secret: "%s %r" % (secret, secret),  # noqa: UP031  # the old way must not leak either
        lambda secret: repr([secret, {"a": secret}]),
        lambda secret: repr(pickle.loads(pickle.dumps(secret)).reveal()),
        lambda secret: pickle.dumps(secret).decode("latin-1"),
        lambda secret: repr(vars(type(secret))),
        lambda secret: repr(copy.copy(secret)) + repr(copy.deepcopy(secret)),
    ],
)
def test_no_way_of_showing_it_leaks(show: Any) -> None:
    """No way of turning a secret into text or a pickle shows it."""
    assert CANARY not in show(Secret(CANARY))


@pytest.mark.parametrize(
    "leak",
    [
        lambda secret: "".join([secret]),
        lambda secret: "a" + secret,
        json.dumps,
        msgspec.json.encode,
        bytes,
        list,
        int,
        lambda secret: secret.encode(),
        lambda secret: open(secret),  # noqa: SIM115
    ],
)
def test_it_is_no_text(leak: Any) -> None:
    """What takes text refuses a secret, and the refusal does not quote it."""
    with pytest.raises((TypeError, AttributeError, NotImplementedError)) as caught:
        leak(Secret(CANARY))
    assert CANARY not in "".join(traceback.format_exception(caught.value))


@given(st.text(), st.text())
def test_it_compares_by_what_it_protects(one: str, other: str) -> None:
    """Secrets are equal when their texts are, whatever characters these hold, and never equal to plain text."""
    assert (Secret(one) == Secret(other)) == (one == other)
    assert Secret(one) == Secret(Secret(one))
    assert hash(Secret(one)) == hash(Secret(one))
    assert Secret(one) != one
    assert Secret(one).reveal() == one


def test_it_can_be_changed_without_being_seen() -> None:
    """A secret made from another protects the changed text."""
    bearer = Secret(CANARY).map("Bearer {}".format)
    assert bearer.reveal() == f"Bearer {CANARY}"
    assert CANARY not in repr(bearer)


def test_copies_keep_it_and_pickles_lose_it() -> None:
    """A copy in this process is the secret; what a pickle carries away is not."""
    secret = Secret(CANARY)
    assert copy.deepcopy([secret])[0] is secret
    assert pickle.loads(pickle.dumps(secret)) == Secret("[redacted]")


@pytest.mark.parametrize("value", [None, 7, b"abc", ["a"]])
def test_only_text_can_be_one(value: Any) -> None:
    """None from a missing environment variable does not become the text "None" on the wire."""
    with pytest.raises(UsageError, match="must be text"):
        Secret(value)
