"""A switch for tests that turns off the retries of every client in this process. It is asked only after a failure."""

__all__ = ["resume_retries", "retries_are_off", "suspend_retries"]

# A set and no counter: adding and removing are atomic, so that threads may come and go in any order without a lock, which
# policies could take only from a runtime. A context variable was the other way, and does not reach threads that run already.
_holders: set[object] = set()


def suspend_retries(holder: object) -> None:
    """Turn all retries off until `holder` resumes them.

    Args:
        holder: Who wants it; retries stay off while there is any.
    """
    _holders.add(holder)


def resume_retries(holder: object) -> None:
    """Take back what `suspend_retries` did for this holder; safe to call twice."""
    _holders.discard(holder)


def retries_are_off() -> bool:
    """Whether anyone holds the retries."""
    return bool(_holders)
