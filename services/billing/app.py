"""The billing service, wired: its routes, what it listens to, its jobs, and the provider that it pays through."""

from functools import partial
from pathlib import Path

from chassis.documents.issuing import Press
from chassis.documents.typesetting import Typesetter
from chassis.events.applying import Subscriptions
from chassis.jobs import Job
from chassis.service import Service

from .accounts.routes import ROUTES as ACCOUNT_ROUTES
from .adapters.payfip import Payfip
from .certificates.routes import ROUTES as CERTIFICATE_ROUTES
from .charges import consumers as charges
from .charges.routes import ROUTES as CHARGE_ROUTES
from .directory import consumers as directory
from .directory.routes import ROUTES as DIRECTORY_ROUTES
from .erasures import consumers as erasures
from .erasures.commands import forget_names
from .invariants.queries import CHECKING
from .invoices.routes import ROUTES as INVOICE_ROUTES
from .payers.routes import ROUTES as PAYER_ROUTES
from .payments.commands import PaymentProvider
from .payments.routes import ROUTES as PAYMENT_ROUTES
from .repricing.commands import price_again
from .runs.commands import work_on_runs
from .runs.routes import ROUTES as RUN_ROUTES
from .settings import BillingRules, BillingSettings
from .settlements.commands import look_payments_up
from .settlements.routes import ROUTES as SETTLEMENT_ROUTES
from .tariffs.routes import ROUTES as TARIFF_ROUTES

LAYOUTS = Path(__file__).parent / "layouts"
JOB_SECONDS = 1.0
FORGET_SECONDS = 86_400.0


def create(settings: BillingSettings) -> Service:
    rules = settings.rules()
    payfip = Payfip(
        settings.payfip_url, settings.payfip_page_url or settings.payfip_url, settings.payfip_timeout_seconds
    )
    typesetter = Typesetter(LAYOUTS)
    provider = PaymentProvider(payfip, rules)
    subscriptions = Subscriptions()
    directory.subscribe(subscriptions)
    charges.subscribe(subscriptions)
    erasures.subscribe(subscriptions)
    return Service(
        name="billing",
        migrations=Path(__file__).parent / "migrations",
        routes=[
            *TARIFF_ROUTES,
            *CHARGE_ROUTES,
            *RUN_ROUTES,
            *INVOICE_ROUTES,
            *CERTIFICATE_ROUTES,
            *PAYER_ROUTES,
            *PAYMENT_ROUTES,
            *SETTLEMENT_ROUTES,
            *ACCOUNT_ROUTES,
            *DIRECTORY_ROUTES,
            *CHECKING.routes,
        ],
        subscriptions=subscriptions,
        jobs=[
            Job("invoice_runs", JOB_SECONDS, partial(work_on_runs, rules=rules)),
            Job("price_charges", JOB_SECONDS, price_again),
            Job("payments", JOB_SECONDS, partial(look_payments_up, provider=provider)),
            Job("forget_names", FORGET_SECONDS, partial(forget_names, rules=rules)),
            CHECKING.job,
        ],
        provide={
            BillingRules: rules,
            PaymentProvider: provider,
            Typesetter: typesetter,
            Press: Press(typesetter, rules.town, rules.portal_url),
        },
        on_stop=[payfip.close],
    )
