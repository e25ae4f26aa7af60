"""The `seawall` command, and the plugin for pytest.

Any distribution may add a sub-command, by an entry point in the group `seawall.commands`.
"""
