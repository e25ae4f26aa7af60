"""Whether a 401 is one that newer tokens could cure: pure, so that a table can test it."""

from seawall.problems import Challenge

__all__ = ["is_curable"]

# What the server wants instead is not a newer token: RFC 6750, section 3.1; RFC 9470.
_INCURABLE = frozenset({"invalid_request", "insufficient_scope", "insufficient_user_authentication"})


def is_curable(scheme: str, challenges: tuple[Challenge, ...]) -> bool:
    """Tell whether to refresh after a 401.

    Args:
        scheme: Of the credential that was refused, in lower case; "" where no challenge speaks of it.
        challenges: What the server asks for; servers that ask for nothing, against RFC 9110, mean what we sent.
    """
    ours = [challenge for challenge in challenges if challenge.scheme == scheme]
    if challenges and scheme and not ours:
        return False
    return not any(challenge.params.get("error") in _INCURABLE for challenge in ours)
