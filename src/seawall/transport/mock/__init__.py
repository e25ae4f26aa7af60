"""A transport without a network: answers come from functions and scripts."""

from ._answers import Answer, MockAnswer
from ._call import MockCall
from ._route import MockRoute
from ._transport import MockTransport

__all__ = ["Answer", "MockAnswer", "MockCall", "MockRoute", "MockTransport"]
