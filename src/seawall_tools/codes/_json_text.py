"""JSON as files in a repository hold it: indented, readable, the same each time."""

import json
from typing import Any

__all__ = ["json_text"]


def json_text(document: Any, indent: str = "  ") -> str:
    """Return JSON text that ends with a line break; characters beyond ASCII stay as they are.

    Args:
        document: What it says.
        indent: What each level of lines begins with once more.
    """
    return json.dumps(document, indent=indent, ensure_ascii=False) + "\n"
