"""What servers announce about the life of their resources: deprecation, sunset, warnings."""

from ._announcements import announcements
from ._interceptor import LifecycleInterceptor

__all__ = ["LifecycleInterceptor", "announcements"]
