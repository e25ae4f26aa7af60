"""Bugs that can be switched on by the environment variable WEATHER_BUG, to see how the tests fail.

fahrenheit    readings are sent in the wrong unit
new-key       a reading that is sent again is another reading
impatient     a service that asks for a pause is given up
optimist      whatever goes wrong, all is well
renamed       the list of stations is asked for under a name that the service does not know
"""

import os


def has_bug(name: str) -> bool:
    """Whether the app is to have this bug."""
    return os.environ.get("WEATHER_BUG") == name
