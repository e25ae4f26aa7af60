"""The user of a session, in a type of the app's own."""

import threading
from typing import Any

import pytest

from seawall import NestedCalls, Secret, Tokens, UserSession
from seawall.auth import Authenticated, SessionState

TOKENS = Tokens(access=Secret("a"))


async def refresh(tokens: Tokens, api: NestedCalls) -> Tokens:
    return tokens


class Model:
    """Made by code of the app's own, which can do anything."""

    work: Any = None

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        raise ArithmeticError("compared")

    __hash__ = None  # type: ignore[assignment]

    @classmethod
    def model_validate(cls, plain: Any) -> "Model":
        cls.work(plain)
        return cls(plain["name"])


@pytest.mark.parametrize("error", [KeyError("its words"), TypeError("its words"), RecursionError("its words")])
def test_a_model_that_raises_signs_nobody_out(
    error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the user's type raises, the session is shown, without the user; the type of the mistake is logged."""

    def work(plain: Any) -> None:
        raise error

    monkeypatch.setattr(Model, "work", work)
    session = UserSession(refresh, user_model=Model)
    session.sign_in(TOKENS, {"name": "Ada"})
    assert session.state == Authenticated(None)
    assert type(error).__name__ in caplog.text
    assert "its words" not in caplog.text


def test_a_model_is_made_and_never_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's type is made once for each user, without the session's mutex, and users are compared as plain JSON."""
    made, heard = list[Any](), list[SessionState]()

    def work(plain: Any) -> None:
        made.append(plain)
        thread = threading.Thread(target=lambda: session.bind(calls, is_blocking=True))
        thread.start()
        thread.join(20)
        assert not thread.is_alive()

    class Calls:
        """Stands for a client."""

    calls: Any = Calls()
    monkeypatch.setattr(Model, "work", work)
    session = UserSession(refresh, user_model=Model)
    session.state_changed.connect(heard.append)
    for name in ("Ada", "Ada", "Bob"):
        session.sign_in(TOKENS, {"name": name})
    assert made == [{"name": "Ada"}, {"name": "Bob"}]
    assert [state.user.name for state in heard if isinstance(state, Authenticated)] == ["Ada", "Bob"]
