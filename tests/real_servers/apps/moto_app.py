"""moto's server, which answers as AWS does, each service in its own form."""

from moto.server import DomainDispatcherApplication, MotoRequestHandler, create_backend_app

app = DomainDispatcherApplication(create_backend_app)
WSGI_OPTIONS = {"request_handler": MotoRequestHandler}
