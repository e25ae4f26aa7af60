"""What a session can be set to."""

from typing import Any

import msgspec
import pytest

from seawall import AsyncUserSession, NestedCalls, Tokens, UsageError, UserSession
from seawall.auth import RefreshOptions
from seawall.auth.stores import FileStore, MemoryStore
from seawall.testing import FakeClock

FACES = [UserSession, AsyncUserSession]


class User(msgspec.Struct):
    name: str
    friend: "Unknown | None" = None  # type: ignore[name-defined]  # noqa: F821


class OwnStore(MemoryStore):
    """A store that counts as nothing."""

    def __bool__(self) -> bool:
        return False


async def refresh(tokens: Tokens, api: NestedCalls) -> Tokens:
    return tokens


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("stores", 1, "unknown option 'stores'; did you mean 'store'?"),
        ("origin", "https://a.test", "unknown option 'origin'; did you mean 'origins'?"),
        ("listeners", [print], "unknown option 'listeners'"),
        ("store", "session.json", "store: give a token store, for example FileStore(path), not a value of type str"),
        ("store", FileStore, "store: give a token store, for example FileStore(path), not a value of type type"),
        ("store", 0, "store: give a token store"),
        ("options", {"timeout": 5}, "options: give a seawall.auth.RefreshOptions, not a value of type dict"),
        ("options", RefreshOptions, "options: give"),
        ("origins", 5, "origins: give a URL, or several, not a value of type int"),
        ("origins", [5], "origins: give a URL"),
        ("allow_http", "no", "allow_http: give True or False, not a value of type str"),
        ("user_model", 5, "user_model: give a type, not a value of type int"),
        ("clock", 5, "clock: give a clock, as seawall.testing.FakeClock is, not a value of type int"),
    ],
)
def test_a_wrong_option_is_named(face: Any, name: str, value: Any, words: str) -> None:
    """An option that a session does not have, or cannot use, is refused when it is built, by its name."""
    with pytest.raises(UsageError) as caught:
        face(refresh, **{name: value})
    assert str(caught.value).startswith(words)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("face", FACES)
def test_right_options_are_taken(face: Any) -> None:
    """Every option is taken as documented; None is as good as not given."""
    for store in (None, OwnStore()):
        for origins in ("https://a.test", ["https://a.test"], ()):
            for model in (None, dict, list[int], User):
                session = face(
                    refresh, store=store, origins=origins, allow_http=True, options=None, user_model=model, clock=FakeClock()
                )
                assert session.origins == tuple([origins] if isinstance(origins, str) else origins)
    face(refresh, options=RefreshOptions(timeout=1))


def test_a_store_that_counts_as_nothing_is_used() -> None:
    """A store of one's own is used, whatever its truth value is."""
    store = OwnStore()
    UserSession(refresh, store=store).sign_in(Tokens(access="a"))  # type: ignore[arg-type]
    assert store.load() is not None
