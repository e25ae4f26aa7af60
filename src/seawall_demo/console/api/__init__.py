"""What the backend offers, as typed calls. Errors are `seawall.ApiProblem`, and nothing is caught here."""

from ._agent_sessions import AgentSessionsApi as AgentSessionsApi
from ._agents import AgentsApi as AgentsApi
from ._auth import TOKENS as TOKENS
from ._auth import AuthApi as AuthApi
from ._auth import Grant as Grant
from ._auth import log_in as log_in
from ._auth import request_code as request_code
from ._client import connect as connect
from ._client import options as options

__all__ = [
    "TOKENS",
    "AgentSessionsApi",
    "AgentsApi",
    "AuthApi",
    "Grant",
    "connect",
    "log_in",
    "options",
    "request_code",
]
