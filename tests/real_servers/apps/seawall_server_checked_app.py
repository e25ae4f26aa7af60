"""The routes of `seawall_server_app` that do not fail on purpose, for the machine that makes requests up."""

from tests.real_servers.apps.seawall_server_app import api, build

app = build(api)
