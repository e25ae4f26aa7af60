"""One file for each form in which servers tell of errors. `BUILT_IN` lists them; what a body is decides, not their order."""

from ._asked import asked_about
from ._built_in import BUILT_IN
from ._dialect import Dialect, ErrorBody, Match
from ._graphql import GraphQl

__all__ = ["BUILT_IN", "Dialect", "ErrorBody", "GraphQl", "Match", "asked_about"]
