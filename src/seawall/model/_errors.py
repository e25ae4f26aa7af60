"""Misuse: an error in the calling code, never a state of the network."""

__all__ = ["UsageError"]


class UsageError(TypeError):
    """Seawall was called in a way that cannot work.

    The message names the option, method or interceptor at fault and says what to do instead. It is no `ApiProblem`:
    code that shows network problems to people must not swallow programming mistakes.
    """
