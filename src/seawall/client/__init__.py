"""The faces of the house: Client for threads, AsyncClient for asyncio."""

from ._agent import VERSION
from ._async_client import AsyncClient
from ._client import Client
from ._client_options import ClientOptions
from ._context import deadline
from ._options import CallOptions
from ._paginate import ByCursor, ByLink, ByPage, Paging
from ._pipeline import Pipeline

__all__ = [
    "VERSION",
    "AsyncClient",
    "ByCursor",
    "ByLink",
    "ByPage",
    "CallOptions",
    "Client",
    "ClientOptions",
    "Paging",
    "Pipeline",
    "deadline",
]
