"""The options of one call, and how they are checked."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypedDict

from seawall.auth import Credential, as_credential
from seawall.model import (
    DEFAULT_OPTIONS,
    Cancel,
    Content,
    Files,
    HeaderInput,
    OnProgress,
    Options,
    Params,
    Secret,
    UsageError,
)
from seawall.policies import Retry, Timeout

from ._settings import Settings, unknown_option

__all__ = ["CallOptions", "policy_options"]


class CallOptions(TypedDict, total=False):
    """What every call takes besides its URL. None is as good as not given, but for `auth`, `json` and `timeout`.

    Attributes:
        params: Query parameters.
        path_params: Values for the `{name}` places of the URL; the template then names the route for metrics.
        headers: Fields for this call; they replace the client's of the same name.
        cookies: Cookies for this call.
        content: The body: bytes, str, a Path, an open binary file, an iterator of bytes, or a function that makes one.
        data: Form fields; with `files`, the plain fields of the multipart form.
        json: A value to send as JSON.
        files: Files for a multipart form.
        timeout: Seconds for the whole call, a `Timeout`, or None for no limit.
        retry: A `Retry`, the number of attempts, or False.
        idempotent: Whether repeating does no harm; None goes by the method.
        idempotency_key: True for a generated key, or your own; one key for all attempts.
        accept_status: A status or statuses of 400 and above that are no problem for this call.
        raise_for_status: Whether an error status is raised.
        follow_redirects: Whether redirects are followed.
        graphql: Whether a good answer with `errors` in it is a problem, as GraphQL has it.
        cancel: A switch that ends the call from outside.
        on_upload: Called with a `Progress` for each piece sent.
        on_download: Called with a `Progress` for each piece received.
        extensions: Passed through to interceptors and the transport.
        auth: A credential for this call in place of the client's; None attaches none. The client must have been built with one.
    """

    params: Params | None
    path_params: Mapping[str, Any] | None
    headers: HeaderInput | None
    cookies: Mapping[str, str | Secret] | None
    content: Content | None
    data: Params | None
    json: Any
    files: Files | None
    timeout: float | Timeout | None
    retry: Retry | bool | int | None
    idempotent: bool | None
    idempotency_key: bool | str | None
    accept_status: int | Collection[int] | None
    raise_for_status: bool | None
    follow_redirects: bool | None
    graphql: bool | None
    cancel: Cancel | None
    on_upload: OnProgress | None
    on_download: OnProgress | None
    extensions: Mapping[str, Any] | None
    auth: Credential | None


KNOWN = frozenset(CallOptions.__annotations__)
_KINDS: dict[str, tuple[Any, str]] = {
    "accept_status": (int | Collection, "a status or a collection of statuses"),
    "cancel": (Cancel, "a seawall.Cancel"),
    "cookies": (Mapping, "a mapping of names to values"),
    "extensions": (Mapping, "a mapping"),
    "follow_redirects": (bool, "True or False"),
    "graphql": (bool, "True or False"),
    "idempotent": (bool, "True or False"),
    "on_download": (Callable, "a function of a seawall.Progress"),
    "on_upload": (Callable, "a function of a seawall.Progress"),
    "raise_for_status": (bool, "True or False"),
}
_PLAIN = ("idempotent", "idempotency_key", "raise_for_status", "follow_redirects", "graphql", "on_download")


def check_names(given: Mapping[str, Any]) -> None:
    """Refuse unknown options.

    Raises:
        UsageError: It names the option, and the one that was probably meant.
    """
    if given.keys() <= KNOWN:
        return
    raise UsageError(unknown_option(min(given.keys() - KNOWN), KNOWN))


def policy_options(given: Mapping[str, Any], settings: Settings, response_model: Any, *, stream: bool) -> Options:
    """Gather what policies need to know of a call.

    Raises:
        UsageError: An option has a wrong value, or rules a policy that this client does not have.
    """
    if not given and not stream and settings.raise_for_status:
        return DEFAULT_OPTIONS if response_model is None else Options(response_model=response_model)
    chosen = _plain(given)
    if "timeout" in given:
        chosen["timeout"] = Timeout.of(given["timeout"], settings.timeout)
    if "auth" in given:
        chosen["auth"] = _credential(given["auth"], settings)
    if given.get("retry") is not None:
        chosen["retry"] = Retry.of(given["retry"])
    if given.get("accept_status") is not None:
        chosen["accept_status"] = _statuses(given["accept_status"])
    if not settings.raise_for_status:
        chosen.setdefault("raise_for_status", False)
    if response_model is not None:
        chosen["response_model"] = response_model
        if chosen.get("raise_for_status") is False:
            raise UsageError("response_model: needs raise_for_status=True; else use response.json(Model)")
    if chosen.get("follow_redirects") and settings.redirects is None:
        raise UsageError("follow_redirects: this client was built with redirects=False")
    _check_key(chosen.get("idempotency_key"))
    if stream:
        if chosen.get("graphql"):
            raise UsageError("graphql: the whole answer is needed to find its errors; it cannot be streamed")
        chosen["stream"] = True
    return Options(**chosen) if chosen else DEFAULT_OPTIONS


def _plain(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options that policies take as they are, each of the right type."""
    chosen: dict[str, Any] = {}
    for name, value in given.items():
        if value is not None:
            kind = _KINDS.get(name)
            if kind is not None and not isinstance(value, kind[0]):
                raise UsageError(f"{name}: give {kind[1]}, not {type(value).__name__}")
            if name in _PLAIN:
                chosen[name] = value
    return chosen


def _credential(given: Any, settings: Settings) -> Any:
    if given is None:
        return None
    if settings.auth is None:
        raise UsageError("auth: this client was built without a credential; give it to with_options(auth=...) instead")
    return as_credential(given)


def _statuses(given: Any) -> frozenset[int]:
    statuses = frozenset([given] if isinstance(given, int) else given)
    if any(type(status) is not int for status in statuses):
        raise UsageError("accept_status: a status or a collection of statuses")
    return statuses


def _check_key(key: Any) -> None:
    if key is None or isinstance(key, bool):
        return
    if not isinstance(key, str) or not key.isascii() or not key.isprintable() or not 0 < len(key) <= 255:
        raise UsageError("idempotency_key: True, or printable ASCII text of 1 to 255 characters")
