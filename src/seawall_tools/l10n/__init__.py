"""The sub-command `seawall l10n`: what is wrong with an app's messages, how much is translated, what translators need."""

from ._command import app

__all__ = ["app"]
