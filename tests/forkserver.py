"""One server for the whole run that processes are forked from: it has imported what they need, so that they start at once.

A Python that starts anew takes longer to import than most tests take.
"""

import multiprocessing

__all__ = ["CONTEXT"]

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.soak.session_worker", "tests.transport_contract.child", "tests.unit.auth.store_crew"])
