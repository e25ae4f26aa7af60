"""Three ways to do the same job: a plain httpx2 script, httpx2 with tenacity, and Seawall."""

from ._plain import TIMEOUT_SECONDS as TIMEOUT_SECONDS
from ._plain import PlainScript as PlainScript
from ._seawall import SeawallApp as SeawallApp
from ._subject import Subject as Subject
from ._tenacity import TenacityScript as TenacityScript

__all__ = ["TIMEOUT_SECONDS", "PlainScript", "SeawallApp", "Subject", "TenacityScript"]
