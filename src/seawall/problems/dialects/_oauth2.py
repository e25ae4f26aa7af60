"""OAuth 2 (RFC 6749, section 5.2, and its relatives): `{"error": "invalid_grant", "error_description": "..."}`."""

from .._challenges import AuthDetails
from .._facts import Facts, as_object, as_text, normalise_code
from ._dialect import ErrorBody, Match

__all__ = ["OAuth2"]

_STANDARD = frozenset({"error", "error_description", "error_uri", "scope"})
# RFC 6749, 6750, 7009, 7591, 8628, 8707, 9101, 9126, 9396, 9449, 9470 and OpenID Connect Core.
_ERRORS = frozenset({
    "access_denied", "account_selection_required", "authorization_pending", "consent_required", "expired_token",
    "insufficient_scope", "insufficient_user_authentication", "interaction_required", "invalid_authorization_details",
    "invalid_client", "invalid_client_metadata", "invalid_dpop_proof", "invalid_grant", "invalid_redirect_uri",
    "invalid_request", "invalid_request_object", "invalid_request_uri", "invalid_scope", "invalid_software_statement",
    "invalid_target", "invalid_token", "login_required", "request_not_supported", "request_uri_not_supported", "server_error",
    "slow_down", "temporarily_unavailable", "unapproved_software_statement", "unauthorized_client",
    "unmet_authentication_requirements", "unsupported_grant_type", "unsupported_response_type", "unsupported_token_type",
    "use_dpop_nonce",
})  # fmt: skip


class OAuth2:
    """See the module."""

    name = "oauth2"
    signs = frozenset({"error"})

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        error = body.members.get("error")
        if not isinstance(error, str) or not error or " " in error:
            return Match.NO
        described = isinstance(body.members.get("error_description"), str) or isinstance(body.members.get("error_uri"), str)
        if described:
            return Match.SURE
        return Match.SURE if error in _ERRORS and "timestamp" not in body.members else Match.NO  # Spring writes such words, too

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        error = as_text(body.members["error"])
        return Facts(
            detail=as_text(body.members.get("error_description")),
            code=normalise_code(error),
            original_code=error,
            auth=AuthDetails(error=error, scope=as_text(body.members.get("scope"))),
            extensions=as_object({name: value for name, value in body.members.items() if name not in _STANDARD}),
        )
