"""The demo's measuring side: a fixed job, three subjects, and an audit by the database."""

from ._backend_process import AuthTally as AuthTally
from ._backend_process import BackendProcess as BackendProcess
from ._backend_process import OpenSite as OpenSite
from ._backend_process import Tally as Tally
from ._demo import FULL_CALLS as FULL_CALLS
from ._demo import PHASES as PHASES
from ._demo import QUICK_CALLS as QUICK_CALLS
from ._demo import SUBJECTS as SUBJECTS
from ._demo import DemoRun as DemoRun
from ._demo import Name as Name
from ._demo import Phase as Phase
from ._demo import Watch as Watch
from ._demo import run_demo as run_demo
from ._job import Kind as Kind
from ._job import Step as Step
from ._job import job as job
from ._result import Audit as Audit
from ._result import Outcome as Outcome
from ._result import Result as Result
from ._result import audit as audit
from ._result import result as result
from ._trial import Trial as Trial
from ._trial import perform as perform
from ._trial import run_trial as run_trial

__all__ = [
    "FULL_CALLS",
    "PHASES",
    "QUICK_CALLS",
    "SUBJECTS",
    "Audit",
    "AuthTally",
    "BackendProcess",
    "DemoRun",
    "Kind",
    "Name",
    "OpenSite",
    "Outcome",
    "Phase",
    "Result",
    "Step",
    "Tally",
    "Trial",
    "Watch",
    "audit",
    "job",
    "perform",
    "result",
    "run_demo",
    "run_trial",
]
