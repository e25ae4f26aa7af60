"""What screens show. Each store holds one value, and tells its observers when that changes; it knows no screen."""

from ._agent_sessions import AgentSessionsStore as AgentSessionsStore
from ._agents import AgentsStore as AgentsStore
from ._listing import Failed as Failed
from ._listing import Listing as Listing
from ._listing import ListingStore as ListingStore
from ._listing import Loading as Loading
from ._listing import Ready as Ready
from ._session import SessionStore as SessionStore
from ._store import Store as Store

__all__ = [
    "AgentSessionsStore",
    "AgentsStore",
    "Failed",
    "Listing",
    "ListingStore",
    "Loading",
    "Ready",
    "SessionStore",
    "Store",
]
