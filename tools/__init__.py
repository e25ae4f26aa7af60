"""The project's own tools: run as `python -m tools.NAME` at the root of the repository, never shipped."""
