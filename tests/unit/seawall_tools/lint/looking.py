"""Looking at a piece of code, for the tests of the rules."""

from textwrap import dedent

from seawall_tools.lint import Finding, Settings, check_bytes

EVERYTHING = Settings()


def found(code: str, place: str = "shop/agents.py", settings: Settings = EVERYTHING) -> list[Finding]:
    """What is found in a piece of code that stands at some place of a project."""
    return check_bytes(dedent(code).encode(), place, place, settings)


def codes(code: str, place: str = "shop/agents.py", settings: Settings = EVERYTHING) -> list[str]:
    """The codes of what is found, in the order of the text."""
    return [finding.code for finding in found(code, place, settings)]
