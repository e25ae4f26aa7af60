"""A challenge that names an error (RFC 6750, section 3): `WWW-Authenticate: Bearer error="insufficient_scope", scope="a"`.

The body may be empty. What challenges say goes into every problem, whichever dialect reads the body; this one is for bodies
that say nothing.
"""

from .._challenges import auth_details
from .._facts import Facts, as_text, normalise_code
from ._dialect import ErrorBody, Match
from ._signs import NO_MEMBERS

__all__ = ["Bearer"]


class Bearer:
    """See the module."""

    name = "bearer"
    signs = frozenset({NO_MEMBERS})

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        if not body.challenges or body.members or isinstance(body.document, list):
            return Match.NO
        return Match.DECLARED if any("error" in challenge.params for challenge in body.challenges) else Match.NO

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        details = auth_details(body.challenges)
        error = None if details is None else as_text(details.error)
        words = (as_text(challenge.params.get("error_description")) for challenge in body.challenges)
        return Facts(detail=next(filter(None, words), None), code=normalise_code(error), original_code=error)
