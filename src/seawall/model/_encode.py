"""Bodies from Python values: JSON and HTML forms."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

import msgspec

from ._body import BytesBody
from ._errors import UsageError
from ._secret import Secret
from ._url import Params, encode_pairs, param_pairs

__all__ = ["form_body", "json_body"]

JSON = "application/json"
_encode_plain = msgspec.json.Encoder().encode
FORM = "application/x-www-form-urlencoded"


def json_body(value: Any) -> BytesBody:
    """Encode a value: plain types, dataclasses, msgspec Structs, pydantic models, datetimes, UUIDs, enums, `Secret`.

    Raises:
        UsageError: Something in it cannot be JSON; the message names its type.
    """
    secrets: list[bool] = []
    try:
        try:
            data = _encode_plain(value)
        except TypeError:  # something in it is for the hook, which is not on every call's way
            data = msgspec.json.encode(value, enc_hook=_hook(secrets))
    except (TypeError, ValueError, RecursionError) as error:
        reason = str(error)
    else:
        return BytesBody(data, JSON, secret=bool(secrets))
    raise UsageError(f"json: the value cannot be encoded: {reason}")


def _hook(secrets: list[bool]) -> Callable[[Any], Any]:
    def encode(value: Any) -> Any:
        if isinstance(value, Secret):
            secrets.append(True)
            return value.reveal()
        dump = getattr(value, "model_dump", None)  # pydantic, without importing it
        if callable(dump):
            return dump(mode="json")
        raise TypeError(f"objects of type {type(value).__name__} are not supported")

    return encode


def form_body(fields: Params) -> BytesBody:
    """Encode form fields; None is left out, a list repeats the name.

    Raises:
        UsageError: A value has no obvious text.
    """
    pairs = list(param_pairs(fields, "data"))
    secret = any(isinstance(value, Secret) for _, value in pairs)
    return BytesBody(encode_pairs(pairs, "data", quote_plus).encode(), FORM, secret=secret)
