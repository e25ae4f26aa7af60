"""Policy: bounds. No body takes more memory than allowed, also when a few bytes unpack to many."""

from ._interceptor import BoundsInterceptor
from ._options import Bounds

__all__ = ["Bounds", "BoundsInterceptor"]
