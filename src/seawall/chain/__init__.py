"""The heart: what an interceptor and a transport are, how they are linked, and how one code runs in two worlds."""

from ._discard import discard
from ._drive import drive
from ._link import accept_interceptor, interceptor_name, link
from ._mutex import mutex
from ._protocols import Interceptor, Next, PlainInterceptor, Transport
from ._single_flight import FlightError, FlightTimeoutError, SingleFlight

__all__ = [
    "FlightError",
    "FlightTimeoutError",
    "Interceptor",
    "Next",
    "PlainInterceptor",
    "SingleFlight",
    "Transport",
    "accept_interceptor",
    "discard",
    "drive",
    "interceptor_name",
    "link",
    "mutex",
]
