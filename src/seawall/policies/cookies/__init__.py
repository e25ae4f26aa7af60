"""Policy: a cookie jar, on request."""

from ._interceptor import CookieInterceptor
from ._jar import CookieJar

__all__ = ["CookieInterceptor", "CookieJar"]
