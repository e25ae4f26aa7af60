"""Policy: the record of attempts, and events for listeners."""

from ._interceptor import AttemptRecorder, Emitter

__all__ = ["AttemptRecorder", "Emitter"]
