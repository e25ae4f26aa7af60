"""The demo's backend: an agents console over SQLite, and the storm in front of it. The client's half is unknown to it."""

from ._app import create_app as create_app
from ._database import Database as Database
from ._forecast import Fault as Fault
from ._forecast import Forecast as Forecast
from ._forecast import Moment as Moment
from ._site import GuardedSite as GuardedSite
from ._site import RunningConsole as RunningConsole
from ._site import Site as Site
from ._storm import Storm as Storm
from ._wire import Wire as Wire

__all__ = [
    "Database",
    "Fault",
    "Forecast",
    "GuardedSite",
    "Moment",
    "RunningConsole",
    "Site",
    "Storm",
    "Wire",
    "create_app",
]
