"""The five services as the gateway knows them: their clients, opened and closed together."""

from dataclasses import dataclass

from chassis.http.client import HttpClient

from .clients.billing import BillingClient
from .clients.booking import BookingClient
from .clients.family import FamilyClient
from .clients.identity import IdentityClient
from .clients.notifications import NotificationsClient
from .settings import GatewaySettings


@dataclass(frozen=True, slots=True)
class Services:
    """One client a service. `payments` is billing with the patience that a payment provider needs."""

    identity: IdentityClient
    family: FamilyClient
    booking: BookingClient
    billing: BillingClient
    payments: BillingClient
    notifications: NotificationsClient
    connections: tuple[HttpClient, ...]

    @classmethod
    def open(cls, settings: GatewaySettings) -> "Services":
        """Clients of the addresses in the settings; connections are made when they are needed."""
        wait = settings.service_timeout_seconds
        identity = HttpClient("identity", settings.identity_url, wait)
        family = HttpClient("family", settings.family_url, wait)
        booking = HttpClient("booking", settings.booking_url, wait)
        billing = HttpClient("billing", settings.billing_url, wait)
        payments = HttpClient("billing", settings.billing_url, settings.payment_timeout_seconds)
        notifications = HttpClient("notifications", settings.notifications_url, wait)
        return cls(
            identity=IdentityClient(identity),
            family=FamilyClient(family),
            booking=BookingClient(booking),
            billing=BillingClient(billing),
            payments=BillingClient(payments),
            notifications=NotificationsClient(notifications),
            connections=(identity, family, booking, billing, payments, notifications),
        )

    async def close(self) -> None:
        """Close every connection."""
        for connection in self.connections:
            await connection.close()
