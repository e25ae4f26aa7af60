"""A server that takes the app's version no longer: a problem of its own, in whatever form it is told."""

import copy
import pickle

import pytest

import seawall
from seawall import AppUpgradeProblem
from seawall.problems import ClientErrorProblem, StatusProblem
from seawall.testing import FaultServer, Reply
from tests.unit.problems.answers import check, parsed
from tests.unit.problems.corpus import CASES
from tests.worlds import World

MESSAGE = AppUpgradeProblem(status=426, code="APP_UPGRADE_REQUIRED").user_message()
TOLD = {
    "rfc9457": {"code": "APP_UPGRADE_REQUIRED", "params": {"minimum": "2.4"}},
    "google": {
        "error": {
            "code": 400,
            "status": "FAILED_PRECONDITION",
            "details": [
                {"@type": "x/google.rpc.ErrorInfo", "reason": "APP_UPGRADE_REQUIRED", "metadata": {"minimum_version": "2.4"}}
            ],
        }
    },
    "fastapi": {"detail": {"code": "app_upgrade_required", "min_version": "2.4"}},
    "jsonapi": {"errors": [{"status": "400", "code": "app-upgrade-required", "meta": {"minimum": "2.4"}}]},
    "stripe": {"error": {"type": "app_error", "code": "app_upgrade_required", "minimum": "2.4"}},
    "graphql": {"errors": [{"message": "", "path": [], "extensions": {"code": "APP_UPGRADE_REQUIRED", "minimum": "2.4"}}]},
    "matrix": {"errcode": "APP_UPGRADE_REQUIRED", "minimum": "2.4"},
}
NOT_TOLD = {
    "odata": {"error": {"code": "AppUpgradeRequired", "message": "old"}},
    "unleash": {"id": "1", "name": "AppUpgradeRequired", "message": "old"},
    "oauth2": {"error": "app_upgrade_required", "error_description": "old"},
    "plain": {"message": "old", "code": "APP_UPGRADE_REQUIRED"},
    "aws": {"__type": "x#AppUpgradeRequired"},
}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 418, 422, 426, 429, 451, 499])
@pytest.mark.parametrize("dialect", [*TOLD, *NOT_TOLD])
def test_the_code_makes_it_whatever_the_status(dialect: str, status: int) -> None:
    """The code APP_UPGRADE_REQUIRED in any form and with any 4xx is a forced upgrade, with the minimum where it is told."""
    problem = parsed({**TOLD, **NOT_TOLD}[dialect], status=status, content_type="application/json")
    assert isinstance(problem, AppUpgradeProblem)
    check(problem, status)
    assert (problem.code, problem.dialect) == ("APP_UPGRADE_REQUIRED", dialect)
    assert problem.minimum == ("2.4" if dialect in TOLD else None)
    assert str(problem) == MESSAGE
    assert problem.retryable is (status in (425, 429))


@pytest.mark.parametrize("body", [b"", b"<html>", {"message": "old"}, {"detail": "old"}, {"code": "TOO_OLD"}])
def test_a_426_without_a_protocol_is_one(body: object) -> None:
    """A 426 that names no protocol to upgrade to speaks of the app, whatever its body says."""
    problem = parsed(body, status=426)
    assert isinstance(problem, AppUpgradeProblem)
    assert (problem.code, str(problem)) == ("APP_UPGRADE_REQUIRED", MESSAGE)


@pytest.mark.parametrize("protocol", ["TLS/1.2", "HTTP/2.0, TLS/1.3", "h2c", "websocket"])
@pytest.mark.parametrize("body", [b"", {"detail": "use TLS"}, {"code": "USE_TLS"}])
def test_a_426_with_a_protocol_is_none(body: object, protocol: str) -> None:
    """RFC 9110, 15.5.22: a 426 that names a protocol is about that protocol, and nobody is told to update the app."""
    problem = parsed(body, status=426, Upgrade=protocol)
    assert type(problem) is ClientErrorProblem
    assert problem.code in (None, "USE_TLS")
    assert str(problem) != MESSAGE


def test_nothing_else_is_one() -> None:
    """No answer of the table but those that say so is a forced upgrade."""
    for case in CASES:
        says = case.problem.get("code") == "APP_UPGRADE_REQUIRED"
        assert isinstance(case.parsed(), AppUpgradeProblem) is says, case.name
    assert not isinstance(parsed({"code": "APP_UPGRADE_REQUIRED_SOON"}), AppUpgradeProblem)
    assert not isinstance(parsed({"detail": "APP_UPGRADE_REQUIRED"}), AppUpgradeProblem)


@pytest.mark.parametrize(
    ("version", "minimum"),
    [("2.4.0", "2.4.0"), (7, "7"), (2.5, "2.5"), (True, None), (None, None), ([], None), ({"a": 1}, None)],
)
@pytest.mark.parametrize("name", ["minimum", "minimum_version", "min_version"])
def test_the_minimum_is_text_or_none(name: str, version: object, minimum: str | None) -> None:
    """The minimum is text where the server told a version, under any of its names, among the params or beside them."""
    for body in ({"params": {name: version}}, {name: version}):
        problem = parsed({"code": "APP_UPGRADE_REQUIRED", **body})
        assert isinstance(problem, AppUpgradeProblem)
        assert problem.minimum == minimum
        assert pickle.loads(pickle.dumps(problem)).minimum == copy.deepcopy(problem).minimum == minimum


@pytest.mark.parametrize("wrong", [None, True, [], {"a": 1}])
def test_a_wrong_minimum_hides_no_other(wrong: object) -> None:
    """A minimum of the wrong type among the params is as if it were absent: the one beside them, or of another name, counts."""
    for body in (
        {"params": {"minimum": wrong}, "minimum": "2.4"},
        {"params": {"minimum": "2.4"}, "minimum": wrong},
        {"params": {"minimum": wrong, "min_version": "2.4"}, "minimum": wrong},
    ):
        problem = parsed({"code": "APP_UPGRADE_REQUIRED", **body})
        assert isinstance(problem, AppUpgradeProblem)
        assert problem.minimum == "2.4"


async def test_a_client_raises_it_once(world: World, fault_server: FaultServer) -> None:
    """Over a real socket a forced upgrade is raised at once: an app does not become newer by asking again."""
    route = fault_server.route("GET", "/old", Reply(426, json=TOLD["rfc9457"]))
    fault_server.route("GET", "/tls", Reply(426, headers={"Upgrade": "TLS/1.2", "Connection": "Upgrade"}))
    async with world.client(fault_server.url) as api:
        with pytest.raises(AppUpgradeProblem) as caught:
            await api.get("/old")
        with pytest.raises(StatusProblem) as other:
            await api.get("/tls")
    assert caught.value.minimum == "2.4"
    assert isinstance(caught.value, seawall.ClientErrorProblem)
    assert len(route.calls) == 1
    assert type(other.value) is ClientErrorProblem
