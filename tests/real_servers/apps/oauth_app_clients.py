"""The person and the apps that `oauth_app.py` knows."""

from django.contrib.auth.models import User
from oauth2_provider.models import Application

HOME = "http://127.0.0.1/callback"  # without a port, so that any will do: RFC 8252, section 7.3


def register() -> None:
    """Write them into the database."""
    User.objects.create_user("ada", password="lovelace")
    code, job, device = Application.GRANT_AUTHORIZATION_CODE, Application.GRANT_CLIENT_CREDENTIALS, Application.GRANT_DEVICE_CODE
    confidential, public = Application.CLIENT_CONFIDENTIAL, Application.CLIENT_PUBLIC
    for name, kind, grant in (
        ("web", confidential, code),
        ("console", public, code),
        ("job", confidential, job),
        ("tv", public, device),
    ):
        Application.objects.create(
            name=name,
            client_id=name,
            client_secret=f"secret of {name}: 100%",
            client_type=kind,
            authorization_grant_type=grant,
            redirect_uris=HOME if grant == code else "",
        )
