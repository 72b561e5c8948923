"""Settings of the gateway's process."""

from typing import Annotated

from pydantic import Field

from chassis.settings import ProcessSettings


class GatewaySettings(ProcessSettings):
    """Where each service answers, and how long a page may wait for it."""

    identity_url: str
    family_url: str
    booking_url: str
    billing_url: str
    notifications_url: str
    payfip_url: str = ""
    """Where payers are sent: the one other origin that a form of ours may lead to."""
    service_timeout_seconds: Annotated[float, Field(gt=0, le=30)] = 5.0
    payment_timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 20.0
    session_cache_seconds: Annotated[float, Field(ge=0, le=60)] = 10.0
