"""Which 401s newer tokens could cure."""

import pytest

from seawall.auth._refusal import is_curable
from seawall.problems import parse_challenges


@pytest.mark.parametrize(
    ("field", "scheme", "curable"),
    [
        (None, "bearer", True),
        ("", "bearer", True),
        ("Bearer", "bearer", True),
        ("bearer", "bearer", True),
        ('Bearer realm="api"', "bearer", True),
        ('Bearer error="invalid_token"', "bearer", True),
        ('Bearer error="expired_token"', "bearer", True),
        ('Basic realm="x", Bearer error="invalid_token"', "bearer", True),
        ('Bearer error="insufficient_user_authentication", acr_values="gold", max_age="5"', "bearer", False),
        ('BEARER ERROR="insufficient_user_authentication"', "bearer", False),
        ('Bearer error="insufficient_scope"', "bearer", False),
        ('Bearer error="invalid_request"', "bearer", False),
        ('Bearer realm="a", Bearer error="insufficient_scope"', "bearer", False),
        ('Basic realm="x"', "bearer", False),
        ("Negotiate", "bearer", False),
        ('DPoP error="use_dpop_nonce"', "bearer", False),
        ('Bearer error="invalid_token"', "basic", False),
        ('Basic error="insufficient_scope", Bearer error="invalid_token"', "bearer", True),
        ('Basic realm="x"', "", True),
        ("Signature", "", True),
        (None, "", True),
    ],
)
def test_the_table(field: str | None, scheme: str, curable: bool) -> None:
    """A5: a 401 is cured by newer tokens unless it asks for another scheme, another sign-in, or another request."""
    assert is_curable(scheme, parse_challenges(field)) is curable
