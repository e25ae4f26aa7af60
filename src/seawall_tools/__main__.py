"""`python -m seawall_tools`, for where the scripts of the environment are not on the path."""

from ._app import main

main()
