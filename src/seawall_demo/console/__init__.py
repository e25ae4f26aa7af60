"""The agents console, an app by the book: screens look at `state`, which asks `repositories`, which ask `api`, which calls.

api            one file per resource: typed calls through the one client; nobody else knows it
repositories   what the app does; problems pass as they are, anything unforeseen is logged and becomes a `ConsoleError`
state          what screens show: observable, and free of any screen
"""

from ._console import Console as Console
from ._models import Agent as Agent
from ._models import AgentSession as AgentSession
from ._models import User as User

__all__ = ["Agent", "AgentSession", "Console", "User"]
