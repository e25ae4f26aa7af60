"""The sub-command `seawall doctor`: looks at every step on the way to a server, and says what is wrong and how to mend it."""

from ._command import app

__all__ = ["app"]
