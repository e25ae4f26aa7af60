"""`python -m seawall_demo`, the same as `seawall demo`."""

from ._command import app

app(prog_name="seawall demo")
