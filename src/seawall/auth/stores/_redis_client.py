"""A client of Redis or Valkey: `pip install seawall[redis]`."""

from typing import Any

from seawall.model import Secret

__all__ = ["accept_client"]

TIMEOUT = 3.0  # seconds for a connection, and for an answer: a refresh waits for it
RETRIES = 2
HEALTH_CHECK = 15.0  # seconds after which a connection that was silent is asked whether it lives


def accept_client(client: Any) -> Any:
    """Return a client for a URL, or the client that was given; None if it can be none.

    Raises:
        ModuleNotFoundError: redis is not installed, and a URL is given.
    """
    if isinstance(client, str | Secret):
        return _connect(Secret(client))
    is_synchronous = hasattr(client, "execute_command") and not hasattr(client, "__aenter__")
    return client if is_synchronous else None


def _connect(url: Secret) -> Any:
    try:
        from redis import Redis
        from redis.backoff import ExponentialBackoff
        from redis.retry import Retry
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("a RedisStore needs redis: install seawall[redis]") from error
    try:
        return Redis.from_url(
            url.reveal(),
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            health_check_interval=HEALTH_CHECK,
            retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), RETRIES),
        )
    except (ValueError, TypeError):
        return None
