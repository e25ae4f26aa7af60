"""Policy: redirects."""

from ._interceptor import RedirectInterceptor
from ._next_hop import Refusal, next_hop
from ._options import Redirects

__all__ = ["RedirectInterceptor", "Redirects", "Refusal", "next_hop"]
