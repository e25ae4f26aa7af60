"""The demo's backend: an agents console over SQLite, and the storm in front of it. It uses nothing of seawall."""

from ._app import create_app as create_app
from ._forecast import Fault as Fault
from ._forecast import Forecast as Forecast
from ._forecast import Moment as Moment
from ._site import Site as Site
from ._storm import Storm as Storm

__all__ = ["Fault", "Forecast", "Moment", "Site", "Storm", "create_app"]
