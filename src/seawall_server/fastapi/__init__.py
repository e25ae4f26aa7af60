"""What FastAPI needs besides: validation errors, its OpenAPI document, lifecycles of routes. Needs FastAPI."""

from ._install import announcing, install
from ._responses import problems

__all__ = ["announcing", "install", "problems"]
