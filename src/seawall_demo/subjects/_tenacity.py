"""httpx2 with tenacity, as people write it: one decorator over everything.

It knows nothing of methods, so it sends a POST again whose answer was lost, and the server does the work twice.
It knows nothing of `Retry-After`, so it uses up its attempts while the server has asked for quiet.
The attempts are as many as Seawall's, and the first waits about as long.
"""

from typing import Any

import httpx2
from tenacity import retry, retry_if_exception, stop_after_attempt, wait_random_exponential

from ._plain import PlainScript

ATTEMPTS = 3
FIRST_WAIT_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 8.0


def _is_transient(error: BaseException) -> bool:
    if isinstance(error, httpx2.HTTPStatusError):
        return error.response.status_code >= 500
    return isinstance(error, httpx2.TransportError)


class TenacityScript(PlainScript):
    """The plain script, retrying network errors and 5xx.

    Args:
        url: where the console is.
    """

    @retry(
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_random_exponential(multiplier=FIRST_WAIT_SECONDS, max=LONGEST_WAIT_SECONDS),
        retry=retry_if_exception(_is_transient),
        reraise=True,
    )
    def _patiently(self, method: str, path: str, **options: Any) -> httpx2.Response:
        return super().fetch(method, path, **options)

    def fetch(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Send up to three times."""
        return self._patiently(method, path, **options)
