"""What is done to text before it is kept."""

__all__ = ["encodable"]


def encodable(text: str) -> str:
    """Replace lone surrogates, which could be neither printed nor logged."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
