"""What a token endpoint and a protected resource have to read and to say (RFC 6749, RFC 6750)."""

import base64
import re
from urllib.parse import unquote_plus

from seawall.model import reveal
from seawall.transport.routes import Fields, RouteCall

from ._reply import Reply

__all__ = ["Refusal", "bearer_token", "challenge", "check_client", "refresh_form", "token_error"]

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
"""The fields of every answer that holds tokens (RFC 6749, section 5.1)."""

_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*").fullmatch


class Refusal(Exception):
    """A request that is not granted.

    Args:
        reply: What it is answered with.
    """

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def bearer_token(call: RouteCall, realm: str) -> str:
    """Read the bearer token of a call (RFC 6750, section 2.1).

    Raises:
        Refusal: There is none, which is no error and names none (section 3), or the field is malformed.
    """
    values = [reveal(value) for value in call.headers.get_list("authorization")]
    if len(values) > 1:
        raise challenge(400, realm, "invalid_request", "There is more than one Authorization field.")
    scheme, _, token = (values or [""])[0].partition(" ")
    if scheme.lower() != "bearer":
        raise challenge(401, realm)
    if not _TOKEN(token.strip(" ")):
        raise challenge(400, realm, "invalid_request", "The token is malformed.")
    return token.strip(" ")


def challenge(status: int, realm: str, error: str | None = None, description: str = "", scope: str = "") -> Refusal:
    """Make the refusal of a protected resource (RFC 6750, section 3).

    Args:
        status: 400, 401 or 403.
        realm: What is protected.
        error: The error's code; None where no token was sent.
        description: Words for developers.
        scope: What the token would need.
    """
    known = {"realm": realm, "error": error, "error_description": description, "scope": scope}
    said = ", ".join(f'{name}="{_quotable(value)}"' for name, value in known.items() if value)
    return Refusal(Reply.problem(status, detail=description or None, headers={"WWW-Authenticate": f"Bearer {said}"}))


def refresh_form(call: RouteCall) -> Fields:
    """Read a refresh request (RFC 6749, section 6).

    Raises:
        Refusal: It is none.
    """
    if call.method != "POST":
        raise Refusal(Reply.problem(405, detail="A token endpoint takes POST.", headers={"Allow": "POST"}))
    form = Fields([pair for pair in call.form.pairs if pair[1]])  # without a value is as good as omitted (section 3.2)
    if len(form) < len(form.pairs):
        raise token_error("invalid_request", "A parameter is repeated.")
    if "grant_type" not in form:
        raise token_error("invalid_request", "There is no form with a grant_type.")
    if form["grant_type"] != "refresh_token":
        raise token_error("unsupported_grant_type", "Only refresh_token is served here.")
    if "refresh_token" not in form:
        raise token_error("invalid_request", "There is no refresh_token.")
    return form


def check_client(call: RouteCall, form: Fields, client: tuple[str, str]) -> None:
    """Authenticate a client by its id and secret, in the Authorization field or in the form (RFC 6749, section 2.3.1).

    Raises:
        Refusal: It did not, or in both ways at once.
    """
    field = call.header("authorization")
    if field is not None and "client_secret" in form:
        raise token_error("invalid_request", "The client authenticates in two ways at once.")
    given = _basic(field) if field is not None else (form.get("client_id", ""), form.get("client_secret", ""))
    if given != client:
        headers = {"WWW-Authenticate": 'Basic realm="token endpoint"'} if field is not None else {}
        raise token_error("invalid_client", "The client is unknown, or its secret is wrong.", 401, headers)


def token_error(error: str, description: str, status: int = 400, headers: dict[str, str] | None = None) -> Refusal:
    """Make the refusal of a token endpoint (RFC 6749, section 5.2)."""
    document = {"error": error, "error_description": description}
    return Refusal(Reply(status, json=document, headers={**NO_STORE, **(headers or {})}))


def _basic(field: str) -> tuple[str, str] | None:
    scheme, _, encoded = field.partition(" ")
    try:
        name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    return (unquote_plus(name), unquote_plus(password)) if scheme.lower() == "basic" else None


def _quotable(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
