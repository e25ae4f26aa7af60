"""Where tokens come from: one file for each way. Sources get the next tokens, sign-in flows the first ones."""

from ._authorization_code import AuthorizationCode
from ._callback import PendingSignIn
from ._client_credentials import ClientCredentials
from ._device_code import DeviceCode, DevicePrompt
from ._oauth2 import OAuth2
from ._source import FunctionSource, Refresh, RevokedError, TokenSource, as_source

__all__ = [
    "AuthorizationCode",
    "ClientCredentials",
    "DeviceCode",
    "DevicePrompt",
    "FunctionSource",
    "OAuth2",
    "PendingSignIn",
    "Refresh",
    "RevokedError",
    "TokenSource",
    "as_source",
]
