"""The middleware for any WSGI app."""

from ._problems import ProblemMiddleware

__all__ = ["ProblemMiddleware"]
