"""The billing service, its provider and a parent with an invoice, as the component tests set them up."""

from tests.component.billing.conftest import (
    gateway,
    gateway_process,
    payer,
    payfip,
    payfip_process,
    policy,
    service,
    town,
)

__all__ = ["gateway", "gateway_process", "payer", "payfip", "payfip_process", "policy", "service", "town"]
