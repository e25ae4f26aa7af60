"""Policy: error statuses."""

from ._interceptor import StatusInterceptor

__all__ = ["StatusInterceptor"]
