"""The agents console, an app by the book: screens look at `state`, which asks `repositories`, which ask `api`, which calls.

api            one file per resource: typed calls through the one client; nobody else knows it
repositories   what the app does; problems pass as they are, anything unforeseen is logged and becomes a `ConsoleError`
state          what screens show: observable, and free of any screen

What goes wrong has a class for each code of the backend; what people read of it is in `messages`, in six languages.
"""

from ._console import Console as Console
from ._models import Agent as Agent
from ._models import AgentSession as AgentSession
from ._models import User as User
from ._problems import PROBLEM_TYPES as PROBLEM_TYPES
from ._problems import AgentForbidden as AgentForbidden
from ._words import speak as speak

__all__ = ["PROBLEM_TYPES", "Agent", "AgentForbidden", "AgentSession", "Console", "User", "speak"]
