"""The sub-command `seawall call`: one call, or many of the same, made and shown as Seawall makes them."""

from ._command import app

__all__ = ["app"]
