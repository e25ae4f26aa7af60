"""The rules, one file each; the registry lists them."""

from ._registry import RULES

__all__ = ["RULES"]
