"""Settings of the gateway's process."""

from typing import Annotated

from pydantic import Field

from chassis.settings import ProcessSettings


class GatewaySettings(ProcessSettings):
    """Where each service answers (one address or several, separated by commas), how long a page may wait for it, and how
    much visitors may ask."""

    identity_url: str
    family_url: str
    booking_url: str
    billing_url: str
    notifications_url: str
    payfip_url: str = ""
    """Where payers are sent: another origin that a form of ours may lead to."""
    franceconnect_issuer: str = ""
    """Where families are sent to say who they are: another origin that a form may lead to."""
    agent_provider_issuer: str = ""
    """Where agents are sent to sign in, in place of what the town's file says: another origin that a form may lead to."""
    service_timeout_seconds: Annotated[float, Field(gt=0, le=30)] = 4.0
    slow_timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 20.0
    session_cache_seconds: Annotated[float, Field(ge=0, le=60)] = 10.0
    metrics_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """Where metrics are served, on a port of their own that visitors do not reach; nowhere without it."""
    has_rate_limits: bool = True
    """Off where all visitors have one address, as on a developer's machine."""
    pages_per_minute: Annotated[int, Field(ge=1)] = 1200
    session_pages_per_minute: Annotated[int, Field(ge=1)] = 240
    api_per_minute: Annotated[int, Field(ge=1)] = 600
    session_api_per_minute: Annotated[int, Field(ge=1)] = 240
    secrets_per_minute: Annotated[int, Field(ge=1)] = 30
    """Whatever takes a secret (`action(has_secret=True)`), of one source address; identity slows guessing down by itself besides."""
