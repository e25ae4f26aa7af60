"""The faces of the house: Client for threads, AsyncClient for asyncio, and both as transports for the clients of SDKs."""

from ._agent import VERSION
from ._async_client import AsyncClient
from ._client import Client
from ._client_options import ClientOptions
from ._context import deadline
from ._options import CallOptions
from ._paginate import ByCursor, ByLink, ByPage, Paging
from ._pipeline import Pipeline
from ._sdk_errors import problem_behind
from ._sdk_transport import AsyncSeawallTransport, SeawallTransport

__all__ = [
    "VERSION",
    "AsyncClient",
    "AsyncSeawallTransport",
    "ByCursor",
    "ByLink",
    "ByPage",
    "CallOptions",
    "Client",
    "ClientOptions",
    "Paging",
    "Pipeline",
    "SeawallTransport",
    "deadline",
    "problem_behind",
]
