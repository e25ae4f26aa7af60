"""A canary in every token, and no song of it anywhere."""

import asyncio
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import seawall
from seawall import ApiProblem, NestedCalls, Secret, Tokens, UsageError, UserSession
from seawall.auth import ApiKey, Basic, Bearer
from seawall.auth.sources import FunctionSource, OAuth2, RevokedError
from seawall.auth.stores import MemoryStore, StoredSession, StoreError
from seawall.testing import FakeClock, Hang, LostAnswer, Reply, Reset
from tests.behaviours.auth.crowds import Crowd, get
from tests.behaviours.auth.server import AuthServer, refresh, revoke
from tests.behaviours.kit import URL, Script
from tests.behaviours.logs import Log
from tests.worlds import World

CANARY = "canary4f9a1cKQ7ZpR2vX"
ACCESS, REFRESH, CLIENT = f"access-{CANARY}", f"refresh-{CANARY}", f"client-{CANARY}"
EXPIRED = Reply(401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
TOKENS = Tokens(access=Secret(ACCESS), refresh=Secret(REFRESH), expires_in=3600)


def tellings(error: BaseException) -> dict[str, str]:
    """All that a log, a crash report or a queue would show of an error."""
    told = {
        "str": str(error),
        "repr": repr(error),
        "notes": repr(getattr(error, "__notes__", "")),
        "traceback": "".join(traceback.format_exception(error)),
        "frames": _frames(error),
        "pickle": pickle.dumps(error).decode("latin-1"),
    }
    if isinstance(error, ApiProblem):
        facts = {name: value for name, value in vars(error).items() if name != "response"}
        told |= {"explain": f"{error.explain()} {error.explain().to_dict()}", "response": repr(error.response)}
        told |= {"facts": repr({name: facts[name] for name in facts.keys() - {"detail", "challenges", "auth"}})}
    return told


def _frames(error: BaseException) -> str:
    """The locals of our frames in the tracebacks of an error and of what it was made from."""
    shown, links = "", [error]
    while links:
        link = links.pop()
        frames = traceback.TracebackException.from_exception(link, capture_locals=True)
        shown += repr([frame.locals for frame in frames.stack if "/src/seawall/" in frame.filename])
        links += [other for other in (link.__cause__, link.__context__) if other is not None]
    return shown


async def _raises_it(tokens: Tokens, api: NestedCalls) -> Tokens:
    assert tokens.refresh is not None
    raise ValueError(f"cannot use {tokens.refresh.reveal()}")


async def _returns_it(tokens: Tokens, api: NestedCalls) -> Any:
    return {"access_token": ACCESS}


async def _misuses_it(tokens: Tokens, api: NestedCalls) -> Any:
    return await api.post("/token", json={"refresh_token": tokens.refresh}, timout=3)


async def _revokes_it(tokens: Tokens, api: NestedCalls) -> Any:
    raise RevokedError(f"{REFRESH} is over")


async def _loses_it(tokens: Tokens, api: NestedCalls) -> Any:
    raise ConnectionResetError(f"while sending {REFRESH}")


WAYS: dict[str, Any] = {
    "fine": Reply(json={"access_token": ACCESS, "refresh_token": REFRESH}),
    "invalid_grant": Reply(400, json={"error": "invalid_grant", "error_description": REFRESH}),
    "another error": Reply(400, json={"error": "invalid_client", "error_description": REFRESH, CANARY: CANARY}),
    "a page": Reply(500, text=f"<h1>Traceback: {REFRESH}</h1>"),
    "no tokens": Reply(json={"access": ACCESS}),
    "half a token": Reply(text=f'{{"access_token": "{ACCESS}", '),
    "an odd token": Reply(json={"access_token": f"{ACCESS}\r\nX: y", "refresh_token": REFRESH}),
    "reset": Reset(),
    "lost": LostAnswer(),
    "hung": Hang(),
    "raises": _raises_it,
    "returns": _returns_it,
    "misuses": _misuses_it,
    "revokes": _revokes_it,
    "loses": _loses_it,
}
QUOTED = {"invalid_grant", "another error"}  # a pickle keeps the server's own words, for developers


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[Log]:
    """The logging of an app that shows everything."""
    with caplog.at_level(logging.DEBUG), Log().attached() as log:
        yield log


@pytest.mark.parametrize("way", sorted(WAYS))
def test_no_refresh_shows_a_token(crowd: Crowd, server: AuthServer, log: Log, clock: FakeClock, way: str) -> None:
    """O2: however a refresh goes, no problem, log line or frame of ours shows a token or the app's secret."""
    server.protect(EXPIRED)
    if callable(WAYS[way]):
        source: Any = FunctionSource(WAYS[way], revoke)
    else:
        source = OAuth2("/token", "app", CLIENT, revocation_url="/revoke")
        server.refresh_by(WAYS[way])
    options = {"options": seawall.auth.RefreshOptions(timeout=0.3)} if way == "hung" else {"clock": clock}
    crowd.connect(server.url, source=source, client={"listeners": log.listeners}, **options).sign_in(TOKENS, {"mail": "a@b.c"})
    (problem,) = crowd.run(get())
    assert isinstance(problem, Exception)
    logging.getLogger("acme").warning("caught", exc_info=problem)
    crowd.sign_out()
    told = tellings(problem)
    if way in QUOTED:
        del told["pickle"]
    for telling, text in told.items():
        assert CANARY not in text, telling
    assert log.told("event")
    assert CANARY not in log.text


def test_no_repr_shows_a_token(crowd: Crowd, server: AuthServer) -> None:
    """O2: the reprs of all that holds tokens, and what pickles of it hold, are redacted."""
    store = MemoryStore()
    source = OAuth2("/token", "app", CLIENT)
    crowd.connect(server.url, store=store, source=source).sign_in(TOKENS)
    machine = crowd.session._machine
    held = machine._vault.held
    home = crowd.homes[0].api
    client = getattr(home, "client", home)
    things = [TOKENS, crowd.session, machine, machine.state, held, held and held.stored, store, store.load(), source]
    things += [client, client.pipeline, client._core.settings, crowd.session.state, vars(source)]
    for thing in things:
        assert CANARY not in f"{thing!r} {thing}"
    assert CANARY not in pickle.dumps(TOKENS).decode("latin-1")


STATIC: dict[str, Callable[[], Any]] = {
    "basic": lambda: Basic("ada", CANARY),
    "bearer": lambda: Bearer(CANARY),
    "key": lambda: ApiKey(CANARY),
    "query key": lambda: ApiKey(CANARY, query="q"),
}


@pytest.mark.parametrize("kind", sorted(STATIC))
async def test_no_static_credential_shows_itself(world: World, log: Log, clock: FakeClock, kind: str) -> None:
    """O2: passwords and keys are in no repr, log line, problem or timeline, in a header as in the query."""
    credential = STATIC[kind]()
    async with world.client(URL, transport=Script(503), auth=credential, clock=clock, listeners=log.listeners) as api:
        with pytest.raises(ApiProblem) as caught:
            await api.get("/agents")
    logging.getLogger("acme").warning("caught", exc_info=caught.value)
    for telling, text in tellings(caught.value).items():
        assert CANARY not in text, telling
    assert CANARY not in f"{credential!r} {log.text} {caught.value.response and caught.value.response.request!r}"
    assert len(caught.value.attempts) == 3


@pytest.mark.parametrize(
    "make",
    [
        lambda: Basic("ada:x", CANARY),
        lambda: Basic("ada", f"{CANARY}\ud800"),
        lambda: Bearer(f"{CANARY}\r\n"),
        lambda: ApiKey(f"{CANARY}\n"),
        lambda: ApiKey(CANARY, header="X", query="q"),
        lambda: ApiKey(CANARY, header="X:"),
        lambda: ApiKey(CANARY, query=""),
        lambda: UserSession(refresh).sign_in(Tokens(access=Secret(f"{CANARY}\n"))),
        lambda: UserSession(refresh).sign_in(TOKENS, user=object()),
    ],
)
def test_no_mistake_shows_a_secret(make: Callable[[], Any]) -> None:
    """O2: a credential that cannot be one is refused by an error that quotes nothing, in no frame of ours."""
    with pytest.raises(UsageError) as caught:
        make()
    for telling, text in tellings(caught.value).items():
        assert CANARY not in text, telling


def test_a_store_that_fails_shows_nothing(server: AuthServer, log: Log) -> None:
    """O2: a store that cannot be written fails sign-in and sign-out without a word of what was to be written."""

    class Full(MemoryStore):
        def swap(self, expected: str | None, session: StoredSession | None) -> bool:
            raise StoreError("the disk is full")

    session = UserSession(FunctionSource(refresh, revoke), store=Full())
    with seawall.Client(server.url, auth=session, listeners=log.listeners):
        with pytest.raises(StoreError) as caught:
            session.sign_in(TOKENS)
        assert all(CANARY not in text for text in tellings(caught.value).values())
    assert CANARY not in log.text


def test_a_broken_revocation_shows_nothing(server: AuthServer, log: Log) -> None:
    """O2: a function of the app's own that fails at sign-out is passed over, by its type and place."""

    async def broken(tokens: Tokens, api: NestedCalls) -> None:
        raise ValueError(f"cannot revoke {REFRESH}")

    async def main() -> None:
        session = seawall.AsyncUserSession(FunctionSource(refresh, broken))
        async with seawall.AsyncClient(server.url, auth=session, listeners=log.listeners):
            await session.sign_in(TOKENS)
            await session.sign_out()

    asyncio.run(main())
    assert "ValueError" in log.text
    assert CANARY not in log.text
