"""Who a client is: credentials, sessions, where tokens come from and where they lie."""

from ._credential import Credential, as_credential
from ._interceptor import AuthInterceptor
from ._session_states import Authenticated, Restoring, SessionState, Unauthenticated, Unknown
from ._states import TRANSITIONS, EndReason
from ._static import ApiKey, Basic, Bearer
from ._tokens import Tokens
from ._user_session import AsyncUserSession, UserSession
from ._windows import RefreshOptions

__all__ = [
    "TRANSITIONS",
    "ApiKey",
    "AsyncUserSession",
    "AuthInterceptor",
    "Authenticated",
    "Basic",
    "Bearer",
    "Credential",
    "EndReason",
    "RefreshOptions",
    "Restoring",
    "SessionState",
    "Tokens",
    "Unauthenticated",
    "Unknown",
    "UserSession",
    "as_credential",
]
