"""The text of a file, as Python reads it."""

import ast
import io
import tokenize
import warnings

__all__ = ["parsed", "text_of"]


def text_of(data: bytes) -> str:
    """Return the text of a file in the encoding that it declares (PEP 263), with plain line feeds.

    Raises:
        SyntaxError: It declares an encoding that Python does not know, or is not in it.
    """
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    try:
        return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except ValueError:  # UnicodeError, and what codecs of other kinds raise
        raise SyntaxError(f"it is not in the encoding that it declares, {encoding}") from None
    except LookupError:  # a codec that makes no text, such as hex
        raise SyntaxError(f"unknown encoding: {encoding}") from None


def parsed(text: str) -> ast.Module:
    """Return a text as a tree; what Python would warn of is not our matter.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: As `ast.parse`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)
