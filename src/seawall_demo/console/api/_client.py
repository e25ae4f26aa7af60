"""The one client of the app."""

import seawall
from seawall.auth import Credential
from seawall.client import ClientOptions

from .._problems import PROBLEM_TYPES


def options(session: Credential) -> ClientOptions:
    """How calls to the backend are made.

    Args:
        session: whose tokens go with every call.
    """
    return ClientOptions(
        app=seawall.AppInfo("agents-console", "1.0.0"),
        timeout=10.0,
        retry=seawall.Retry(attempts=3),
        trust_env=False,  # a proxy of the environment would stand between the demo and its own loopback
        auth=session,
        problem_types=PROBLEM_TYPES,
    )


def connect(url: str, session: Credential) -> seawall.AsyncClient:
    """Make the client.

    Args:
        url: where the backend is.
        session: see `options`.
    """
    return seawall.AsyncClient(url, **options(session))
