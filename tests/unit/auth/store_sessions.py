"""Sessions to store, and the search for their secrets where none may be."""

import io
import pickle
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from seawall.auth import Tokens
from seawall.auth.stores import StoredSession, StoreError
from seawall.model import Secret

CANARIES = ("canary-access", "canary-refresh")


def session(revision: str, *, user: Any = None, name: str = "one") -> StoredSession:
    """A session whose tokens are canaries."""
    tokens = Tokens(access=Secret(CANARIES[0]), refresh=Secret(CANARIES[1]), expires_in=60.0, scope="all")
    return StoredSession(session=name, revision=revision, tokens=tokens, expires_at=1_000.5, user=user)


def told_by(error: BaseException) -> str:
    """All that an error tells: its words, its causes', and the locals of Seawall's frames, as crash reports show them."""
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [frame for link in _links(report) for frame in link.stack if "/seawall/" in frame.filename]
    words = [f"{link}" for link in _links(report)]
    return "\n".join([*words, *(f"{frame.name} {frame.locals}" for frame in frames), repr(error.args), _pickled(error)])


def _links(report: traceback.TracebackException | None) -> list[traceback.TracebackException]:
    return [] if report is None else [report, *_links(report.__cause__), *_links(report.__context__)]


def _pickled(value: Any) -> str:
    buffer = io.BytesIO()
    pickle.Pickler(buffer).dump(value)
    return repr(buffer.getvalue())


def pickled(value: Any) -> str:
    """A value's pickle as text; what cannot be pickled tells nothing."""
    try:
        return _pickled(value)
    except Exception as error:
        return str(error)


def error_of(work: Callable[[], object]) -> StoreError:
    """What a store says when it is used so."""
    with pytest.raises(StoreError) as caught:
        work()
    return caught.value
