"""What the tests of the weather desk share."""

import os
from typing import Any

import pytest


@pytest.fixture
def service_url() -> str:
    """Where the service is that recordings are made of."""
    return os.environ.get("WEATHER_URL", "https://weather.acme.example")


@pytest.fixture
def recording_options() -> dict[str, Any]:
    """A recording fits wherever the service is; the user's name is nobody's business; every recording is used."""
    return {"match_on": ("method", "path", "query", "body"), "redact": ["user"], "strict": True}
