"""The contract as OpenAPI 3.1 components: a schema and a response per code."""

from http import HTTPStatus
from typing import Any

from ._document import Document, Entry, Param
from ._json_text import json_text
from ._names import class_name
from ._project import GENERATED

__all__ = ["openapi_document"]

MEDIA_TYPE = "application/problem+json"
_TYPES: dict[str, dict[str, str]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "date-time": {"type": "string", "format": "date-time"},
}
_FIELD_ERROR = {
    "type": "object",
    "description": "What is wrong with one field of the request.",
    "properties": {"pointer": {"type": "string"}, "code": {"type": "string"}, "detail": {"type": "string"}},
    "required": ["pointer"],
}


def openapi_document(document: Document) -> str:
    """Return an OpenAPI 3.1 document that holds components only, as JSON.

    Args:
        document: The codes; internal ones are left out.
    """
    schemas = {class_name(entry.code): _schema(entry) for entry in document.public}
    responses = {class_name(entry.code): _response(entry) for entry in document.public}
    return json_text({
        "openapi": "3.1.0",
        "info": {"title": "Error contract", "version": "1", "description": f"{GENERATED} from {document.path}. Do not edit."},
        "components": {"schemas": {**schemas, "ProblemFieldError": _FIELD_ERROR}, "responses": responses},
    })  # fmt: skip


def _schema(entry: Entry) -> dict[str, Any]:
    return {
        "type": "object",
        "description": entry.description,
        **({"deprecated": True} if entry.deprecated else {}),
        "properties": {
            "code": {"const": entry.code},
            "status": {"const": entry.status},
            "title": {"type": "string"},
            "detail": {"type": "string"},
            "params": _params(entry.params),
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemFieldError"}},
        },
        "required": ["code", *(["params"] if any(param.required for param in entry.params) else [])],
    }


def _params(params: tuple[Param, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {param.name: _TYPES[param.type] for param in params},
        "required": [param.name for param in params if param.required],
    }


def _response(entry: Entry) -> dict[str, Any]:
    phrase = HTTPStatus(entry.status).phrase if entry.status in {status.value for status in HTTPStatus} else ""
    reference = {"$ref": f"#/components/schemas/{class_name(entry.code)}"}
    return {
        "description": entry.description or phrase,
        "x-status": entry.status,
        "content": {MEDIA_TYPE: {"schema": reference}},
    }
