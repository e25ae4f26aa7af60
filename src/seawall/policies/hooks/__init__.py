"""Short interceptors made of a function."""

from ._hooks import after_response, before_request, on_problem

__all__ = ["after_response", "before_request", "on_problem"]
