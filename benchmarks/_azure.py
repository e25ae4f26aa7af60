"""Transports for azure-core that do nothing: they need its response classes."""

from typing import Any

from azure.core.pipeline.transport import AsyncHttpTransport, HttpTransport
from azure.core.rest import _http_response_impl, _http_response_impl_async

__all__ = ["AsyncNoOp", "NoOp"]

CONTENT = b'{"id":7,"name":"Ada"}'


class _Stream:
    def __init__(self, *details: Any, **options: Any) -> None:
        self._pieces = iter([CONTENT])

    def __iter__(self) -> "_Stream":
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def __aiter__(self) -> "_Stream":
        return self

    async def __anext__(self) -> bytes:
        for piece in self._pieces:
            return piece
        raise StopAsyncIteration


class _Closing:
    def close(self) -> None:
        return None


class _AsyncClosing:
    async def close(self) -> None:
        return None


def _facts(request: Any, inner: Any) -> dict[str, Any]:
    return {
        "request": request,
        "internal_response": inner,
        "block_size": 4096,
        "status_code": 200,
        "reason": "OK",
        "content_type": "application/json",
        "headers": {"Content-Type": "application/json"},
        "stream_download_generator": _Stream,
    }


class NoOp(HttpTransport[Any, Any]):
    def send(self, request: Any, **options: Any) -> Any:
        response = _http_response_impl.HttpResponseImpl(**_facts(request, _Closing()))
        response.read()
        return response

    def open(self) -> None:
        return None

    def close(self) -> None:
        return None

    def __exit__(self, *details: object) -> None:
        return None


class AsyncNoOp(AsyncHttpTransport[Any, Any]):
    async def send(self, request: Any, **options: Any) -> Any:
        response = _http_response_impl_async.AsyncHttpResponseImpl(**_facts(request, _AsyncClosing()))
        await response.read()
        return response

    async def open(self) -> None:
        return None

    async def close(self) -> None:
        return None

    async def __aexit__(self, *details: object) -> None:
        return None
