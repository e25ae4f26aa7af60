"""`Client(problem_types=...)`: problems of a known code are of the app's own classes."""

import copy
import pickle
from typing import Any

import pytest

import seawall
from seawall.testing import FaultServer, Reply
from seawall.transport import MockTransport
from tests.worlds import World


class AgentForbidden(seawall.ForbiddenProblem):
    code = "AGENT_FORBIDDEN"

    @property
    def resource(self) -> Any:
        return self.params.get("resource")


class TooOld(seawall.AppUpgradeProblem):
    code = "APP_UPGRADE_REQUIRED"


class Odd(seawall.ForbiddenProblem):
    code = "ODD"

    def __init__(self, *, resource: str) -> None:
        super().__init__(params={"resource": resource})


def document(code: str, **params: Any) -> dict[str, Any]:
    return {"code": code, "detail": "?", "params": params}


async def problem(world: World, reply: Reply, *types: Any, **options: Any) -> seawall.ApiProblem:
    """What a call raises that is answered so."""
    transport = MockTransport()
    transport.route("GET", "/agents", reply)
    async with world.client("https://api.example", transport=transport, problem_types=types, retry=False) as api:
        with pytest.raises(seawall.ApiProblem) as caught:
            await api.get("/agents", **options)
    return caught.value


async def test_a_known_code_raises_its_class(world: World, fault_server: FaultServer) -> None:
    """Over a real socket, the class registered for a code is raised with all the facts, and other codes are as ever."""
    fault_server.route("GET", "/a", Reply(403, json=document("AGENT_FORBIDDEN", resource="agent")))
    fault_server.route("GET", "/b", Reply(403, json=document("OTHER")))
    async with world.client(fault_server.url, problem_types=[AgentForbidden]) as api:
        with pytest.raises(AgentForbidden) as caught:
            await api.get("/a")
        assert (caught.value.status, caught.value.code, caught.value.resource) == (403, "AGENT_FORBIDDEN", "agent")
        assert len(caught.value.attempts) == 1
        with pytest.raises(seawall.ForbiddenProblem) as other:
            await api.get("/b")
        assert type(other.value) is seawall.ForbiddenProblem


def test_a_problem_made_by_hand_has_the_code_of_its_class() -> None:
    """A test of the app raises its own classes without saying the code again; one that is said goes before."""
    problem = AgentForbidden(status=403)
    assert (problem.code, repr(problem)) == ("AGENT_FORBIDDEN", "<AgentForbidden status=403 code='AGENT_FORBIDDEN' sent=maybe>")
    assert problem == AgentForbidden(status=403, code="AGENT_FORBIDDEN") == pickle.loads(pickle.dumps(problem))
    assert AgentForbidden(code="NEWER").code == "NEWER"
    assert Odd(resource="x").code == "ODD"
    assert seawall.ForbiddenProblem(status=403).code is None


async def test_the_code_rules_over_the_status(world: World) -> None:
    """A code under another status than usual still raises its class, with the status that was sent."""
    raised = await problem(world, Reply(404, json=document("AGENT_FORBIDDEN")), AgentForbidden)
    assert (type(raised), raised.status) == (AgentForbidden, 404)


def test_a_problem_made_by_hand_has_its_code() -> None:
    """What a test of the app makes of a registered class has the class's code, unless another one is given."""
    assert AgentForbidden(params={"resource": "agent"}).code == "AGENT_FORBIDDEN"
    assert AgentForbidden(code="OTHER").code == "OTHER"
    assert NoCode().code is None


async def test_a_code_is_known_however_it_is_written(world: World) -> None:
    """The class is found by the code in UPPER_SNAKE, and the server's own writing is kept."""
    raised = await problem(world, Reply(403, json=document("agentForbidden")), AgentForbidden)
    assert (type(raised), raised.original_code) == (AgentForbidden, "agentForbidden")


async def test_a_426_is_of_the_class_for_old_apps(world: World) -> None:
    """An upgrade that is demanded by the status alone has its code, and so its registered class."""
    raised = await problem(world, Reply(426), TooOld)
    assert (type(raised), raised.code) == (TooOld, "APP_UPGRADE_REQUIRED")


async def test_partial_data_is_never_lost(world: World) -> None:
    """A good GraphQL answer with errors stays a GraphQLProblem, because only that has a place for its data."""
    body = {"data": {"a": 1}, "errors": [{"message": "?", "extensions": {"code": "AGENT_FORBIDDEN"}}]}
    raised = await problem(world, Reply(200, json=body), AgentForbidden, graphql=True)
    assert isinstance(raised, seawall.GraphQLProblem)
    assert (raised.code, raised.data) == ("AGENT_FORBIDDEN", {"a": 1})


async def test_registered_problems_travel(world: World) -> None:
    """A problem of a registered class survives copy and pickle with its class and its params."""
    raised = await problem(world, Reply(403, json=document("AGENT_FORBIDDEN", resource="agent")), AgentForbidden)
    for twin in (copy.copy(raised), pickle.loads(pickle.dumps(raised))):
        assert isinstance(twin, AgentForbidden)
        assert twin.resource == "agent"


async def test_a_copy_of_a_client_keeps_them(world: World, fault_server: FaultServer) -> None:
    """`with_options` keeps the classes, and takes others in their place."""
    fault_server.route("GET", "/a", Reply(403, json=document("AGENT_FORBIDDEN")))
    async with world.client(fault_server.url, problem_types=(AgentForbidden,)) as api:
        with pytest.raises(AgentForbidden):
            await api.with_options(language="de").get("/a")
        with pytest.raises(seawall.ForbiddenProblem) as plain:
            await api.with_options(problem_types=()).get("/a")
        assert type(plain.value) is seawall.ForbiddenProblem


class NoCode(seawall.ForbiddenProblem):
    pass


class LowerCode(seawall.ForbiddenProblem):
    code = "agent_forbidden"


@pytest.mark.parametrize(
    ("types", "says"),
    [
        ({"A": AgentForbidden}, "a list of classes"),
        ([AgentForbidden, ValueError], "ValueError is no subclass of seawall.StatusProblem"),
        ([seawall.DecodeProblem], "DecodeProblem is no subclass"),
        ([AgentForbidden()], "is no subclass"),
        ([NoCode], "NoCode has no class attribute `code`"),
        ([LowerCode], "LowerCode has no class attribute `code` in UPPER_SNAKE"),
        ([Odd], "Odd has an __init__ of its own"),
        ([AgentForbidden, TooOld, AgentForbidden], "AgentForbidden and AgentForbidden both stand for AGENT_FORBIDDEN"),
    ],
)
async def test_a_class_that_cannot_be_used_fails_at_once(world: World, types: Any, says: str) -> None:
    """What is no class of a server's problem, has no code or a taken one, is refused by name when the client is built."""
    with pytest.raises(seawall.UsageError, match=f"problem_types: .*{says}"):
        world.client("https://api.example", problem_types=types)


class TlsNeeded(seawall.ClientErrorProblem):
    code = "TLS_NEEDED"


async def test_a_known_code_rules_over_the_status_of_old_apps(world: World) -> None:
    """A status of 426 with a code of the app's own is that code's problem; with any other code it asks for an upgrade."""
    known = await problem(world, Reply(426, json=document("TLS_NEEDED")), TlsNeeded)
    other = await problem(world, Reply(426, json=document("OTHER")), TlsNeeded)
    assert (type(known), known.code) == (TlsNeeded, "TLS_NEEDED")
    assert (type(other), other.code) == (seawall.AppUpgradeProblem, "APP_UPGRADE_REQUIRED")
