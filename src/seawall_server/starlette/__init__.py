"""What Starlette needs besides the ASGI middleware: its own exceptions as problems. Needs the extra `server`."""

from ._install import install, refuse, respond

__all__ = ["install", "refuse", "respond"]
