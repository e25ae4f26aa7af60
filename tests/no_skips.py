"""Under CI a skipped test is a failed one: what nobody ran, nobody may believe in.

A skip is for a machine that lacks something (a browser, uvloop); the machine that decides what lands must lack nothing.
Expected failures are no skips, and `-m` deselects, so neither is touched.
"""

import os
from collections.abc import Generator

import pytest


def _forbids_skips() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the report of a skipped test into a failure."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and _forbids_skips():
        _fail(report)
    return report


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn the report of a module that skipped itself into a failure."""
    report = yield
    if report.skipped and _forbids_skips():
        _fail(report)
    return report


def _fail(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"Nothing may be skipped under CI; this was: {reason}"
