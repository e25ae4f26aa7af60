"""One agents console on one loopback port, with a database of its own: an open one in a storm, or one that asks for tokens."""

from pathlib import Path

from starlette.types import ASGIApp

from ._app import create_app
from ._forecast import Forecast
from ._server import Server
from ._storm import Storm
from ._wire import Wire
from .accounts import REFRESH_PATH, Accounts


class RunningConsole:
    """Answers from its making until it is closed.

    Args:
        database: its SQLite file.
        app: what answers.
    """

    def __init__(self, database: Path, app: ASGIApp) -> None:
        self.database = database
        self._server = Server(app)
        self.url = f"{self._server.url}/v1"

    def stop(self) -> None:
        """Begin to close."""
        self._server.stop()

    def close(self) -> None:
        """Give the last answers and stop; nobody writes to the database afterwards."""
        self._server.close()


class Site(RunningConsole):
    """A console without log-in, in a storm.

    Args:
        database: where its SQLite file is made.
        seed: the storm's seed; None is calm.
        minimum: the oldest version of the app that is taken; None takes all.
    """

    def __init__(self, database: Path, seed: int | None, minimum: str | None = None) -> None:
        self.storm = Storm(create_app(database, minimum=minimum), None if seed is None else Forecast(seed))
        super().__init__(database, self.storm)


class GuardedSite(RunningConsole):
    """A console that asks for tokens, behind a wire that may lose those that are on their way.

    Args:
        database: where its SQLite file is made.
        grace: seconds for which a used refresh token gets the same answer again; 0 for none.
    """

    def __init__(self, database: Path, grace: float) -> None:
        app = create_app(database, grace)
        self.accounts: Accounts = app.state.accounts
        self.wire = Wire(app, REFRESH_PATH)
        super().__init__(database, self.wire)
