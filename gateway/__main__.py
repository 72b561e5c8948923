"""Run the gateway: `python -m gateway`."""

from chassis.http.serving import serve
from chassis.telemetry import configure

from .app import create
from .connections import GuardedConnection
from .settings import GatewaySettings

settings = GatewaySettings()
configure("gateway", settings.log_format)
serve(create(settings), settings, http=GuardedConnection)
