"""What scripted routes have in common, in memory (`MockTransport`) and on a socket (`seawall.testing.FaultServer`).

Which route takes a call, what a call shows of itself, and the assertions with which a test asks what was called.
"""

from ._assertions import RouteAssertions, RouterAssertions
from ._call import RouteCall
from ._expected import Expected
from ._fields import Fields
from ._pattern import RoutePattern
from ._router import Router

__all__ = ["Expected", "Fields", "RouteAssertions", "RouteCall", "RoutePattern", "Router", "RouterAssertions"]
