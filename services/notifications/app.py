"""The notifications service, wired: what it listens to, the jobs that send and forget, and what agents may read."""

import json
from email.headerregistry import Address
from functools import partial
from pathlib import Path

from joserfc.jwk import OKPKey

from chassis.events.applying import Subscriptions
from chassis.jobs import Job
from chassis.service import Service
from chassis.town import load_town

from .adapters.rendering import Renderer
from .adapters.smtp import MailRelay
from .deliveries.commands import MailSender
from .directory import consumers as directory
from .invariants.queries import CHECKING
from .messages import consumers as messages
from .messages.routes import list_messages
from .messages.store import forget_old
from .settings import NotificationsSettings
from .taken_back import consumers as taken_back

SEND_SECONDS = 0.3
FORGET_SECONDS = 86_400.0


def create(settings: NotificationsSettings) -> Service:
    subscriptions = Subscriptions()
    directory.subscribe(subscriptions)
    messages.subscribe(subscriptions)
    taken_back.subscribe(subscriptions)
    town, sender = load_town(settings.town_file), settings.sender()
    seal_key = OKPKey.import_key(json.loads(settings.secret("seal_private")))
    mail_sender = MailSender(
        Renderer(town, sender, settings.portal_url, seal_key),
        MailRelay(settings),
        Address(sender.sender_name, addr_spec=sender.sender_address),
        settings.smtp_timeout_seconds,
    )
    return Service(
        name="notifications",
        migrations=Path(__file__).parent / "migrations",
        routes=[list_messages, *CHECKING.routes],
        subscriptions=subscriptions,
        jobs=[
            Job("send_messages", SEND_SECONDS, mail_sender.send_due),
            Job("forget_old_messages", FORGET_SECONDS, partial(forget_old, kept_days=sender.messages_kept_days)),
            CHECKING.job,
        ],
    )
