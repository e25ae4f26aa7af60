"""The text of an OpenAPI document: JSON, or YAML by the package PyYAML."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import msgspec

__all__ = ["MAX_SIZE", "OpenApiError", "read_openapi"]

MAX_SIZE = 16 * 1024 * 1024  # bytes
MAX_DEPTH = 200  # the loader in C would overflow the stack, and take the process with it


class OpenApiError(ValueError):
    """The file is no OpenAPI document that can be read."""


def read_openapi(content: bytes) -> Mapping[str, Any]:
    """Read an OpenAPI 3 document; keys are text, whatever YAML takes them for.

    Args:
        content: JSON, which begins with a brace, or YAML.

    Raises:
        OpenApiError: It is neither, or no OpenAPI document of version 3.
    """
    try:
        is_json = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
        document = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf")) if is_json else _yaml(content)
    except (ValueError, RecursionError) as error:
        fault = str(error) if isinstance(error, OpenApiError) else f"it cannot be read: {' '.join(str(error).split())}"[:300]
    else:
        members: dict[str, Any] = document if isinstance(document, dict) else {}
        if str(members.get("openapi")).startswith("3."):
            return members
        fault = "it is no OpenAPI document of version 3, as JSON object or YAML mapping"
    raise OpenApiError(fault)


def _yaml(content: bytes) -> Any:
    try:
        yaml = import_module("yaml")
    except ModuleNotFoundError:
        raise OpenApiError("it is no JSON object, and to read YAML needs the package PyYAML: pip install pyyaml") from None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # an installation may lack the one in C
    try:
        _check_depth(yaml, content, loader)
        return yaml.load(content, Loader=type("Loader", (loader,), {"construct_mapping": _with_text_keys(loader)}))
    except yaml.YAMLError as error:
        fault = f"it is no JSON object and no YAML: {' '.join(str(error).split())}"[:300]
    raise OpenApiError(fault)


def _check_depth(yaml: Any, content: bytes, loader: Any) -> None:
    depth = 0
    for event in yaml.parse(content, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise OpenApiError(f"its values lie more than {MAX_DEPTH} deep in each other")


def _with_text_keys(loader: Any) -> Any:
    def construct_mapping(self: Any, node: Any, deep: bool = False) -> dict[str, Any]:
        return {str(name): value for name, value in loader.construct_mapping(self, node, deep).items()}

    return construct_mapping
