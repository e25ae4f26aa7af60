"""Policy: decode. From the bytes of a body to a value of the declared type, forgiving only where the type allows it."""

from ._decoder import JsonDecoder
from ._interceptor import DecodeInterceptor

__all__ = ["DecodeInterceptor", "JsonDecoder"]
