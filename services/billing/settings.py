"""Settings of the billing service: its process, and the `[billing]` table of the town's file."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints

from chassis.clock import civil_day
from chassis.settings import ServiceSettings
from chassis.town import Town, TownSection, load_section, load_town
from contracts.billing.evidence import INVOICE_YEARS

from .payments.domain import PaymentLimits

Lines = tuple[Annotated[str, StringConstraints(min_length=1, max_length=300)], ...]


class BillingPolicy(TownSection):
    """The town's regie, how it is paid, and the texts that its invoices carry.

    `payfip_mode` is T (test), X (activation) or W (production). `payfip_subject` is what the provider shows, and
    `invoice_file_name` what a downloaded invoice is called; `{number}` stands for the invoice's. `payment_restart_minutes` is how long an unfinished payment keeps another one from starting.
    `invoice_years` is for how many years after that of its issue an invoice of an erased household says whose it was.
    """

    regie: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
    regie_label: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    due_days: Annotated[int, Field(ge=1, le=90)] = 30
    invoice_file_name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]*\{number\}[A-Za-z0-9_-]*\.pdf$")]
    payfip_numcli: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    payfip_mode: Literal["T", "X", "W"] = "T"
    payfip_subject: Annotated[str, StringConstraints(max_length=100)]
    payment_min_cents: Annotated[int, Field(ge=100)] = 100
    payment_max_cents: Annotated[int, Field(le=9_999_999)] = 9_999_999
    payment_restart_minutes: Annotated[int, Field(ge=15, le=120)] = 20
    invoice_years: Annotated[int, Field(ge=0, le=30)] = INVOICE_YEARS
    ways_to_pay: Lines
    complaint: Lines


@dataclass(frozen=True, slots=True)
class BillingRules:
    """The town's rules, who the town is, and the public address that families come back to."""

    policy: BillingPolicy
    town: Town
    portal_url: str

    @property
    def zone(self) -> ZoneInfo:
        """The civil time of dates."""
        return self.town.zone

    @property
    def payment_limits(self) -> PaymentLimits:
        policy = self.policy
        return PaymentLimits(
            policy.payment_min_cents, policy.payment_max_cents, timedelta(minutes=policy.payment_restart_minutes)
        )

    def today(self, now: datetime) -> date:
        """The town's date at an instant."""
        return civil_day(now, self.zone)


class BillingSettings(ServiceSettings):
    """What a process of the billing service is configured with. `payfip_page_url` is where browsers find the provider, when it is not `payfip_url`."""

    payfip_url: str
    payfip_page_url: str | None = None
    payfip_timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 15.0

    def rules(self) -> BillingRules:
        return BillingRules(
            load_section(self.town_file, "billing", BillingPolicy),
            load_town(self.town_file),
            self.portal_url.rstrip("/"),
        )
