"""Policy: app headers."""

from ._interceptor import AppHeaders

__all__ = ["AppHeaders"]
