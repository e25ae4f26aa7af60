"""The demo's storms over tokens: three apps, five storms, and the backend's own count of what happened."""

from ._demo import FULL_SIZE as FULL_SIZE
from ._demo import QUICK_SIZE as QUICK_SIZE
from ._demo import SUBJECTS as SUBJECTS
from ._demo import AuthRun as AuthRun
from ._demo import AuthSize as AuthSize
from ._demo import AuthStormName as AuthStormName
from ._demo import AuthWatch as AuthWatch
from ._demo import SubjectName as SubjectName
from ._demo import count_waves as count_waves
from ._demo import run_auth_storms as run_auth_storms
from ._errand import Errand as Errand
from ._errand import errands as errands
from ._result import AuthResult as AuthResult
from ._ride import make_calls as make_calls
from ._ride import ride as ride
from ._storms import NO_GRACE as NO_GRACE
from ._storms import Storm as Storm
from ._storms import storms as storms
from ._subject import AuthSubject as AuthSubject
from ._two_processes import ride_in_two_processes as ride_in_two_processes

__all__ = [
    "FULL_SIZE",
    "NO_GRACE",
    "QUICK_SIZE",
    "SUBJECTS",
    "AuthResult",
    "AuthRun",
    "AuthSize",
    "AuthStormName",
    "AuthSubject",
    "AuthWatch",
    "Errand",
    "Storm",
    "SubjectName",
    "count_waves",
    "errands",
    "make_calls",
    "ride",
    "ride_in_two_processes",
    "run_auth_storms",
    "storms",
]
