"""The client of the town's mail relay (smarthost), over SMTP: one session for a batch of messages, and what its answers mean."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID

import aiosmtplib

from ..directory.queries import Recipient
from ..messages.domain import Failed, Outcome, Sent, refused_by_relay
from ..settings import NotificationsSettings, SmtpSecurity
from .headers import MAIL_POLICY
from .rendering import Letter


class RelayUnreachable(Exception):
    """The relay did not take part: no connection, no answer in time, or no trust in us. No message is at fault."""


class Conversation:
    """A connection to the relay that is open."""

    def __init__(self, client: aiosmtplib.SMTP, timeout_seconds: float) -> None:
        self._client = client
        self._timeout_seconds = timeout_seconds

    async def send(self, mail: EmailMessage) -> Outcome:
        """Hand a mail over.

        Raises:
            RelayUnreachable: the relay broke off, was silent, or does not let this sender send.
        """
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await self._client.send_message(mail)
        except aiosmtplib.SMTPRecipientsRefused as refusal:
            return refused_by_relay(refusal.recipients[0].code, refusal.recipients[0].message)
        except aiosmtplib.SMTPDataError as refusal:
            return refused_by_relay(refusal.code, refusal.message)
        except aiosmtplib.SMTPNotSupported:
            return Failed("address_not_supported")
        except (aiosmtplib.SMTPException, OSError) as error:
            raise RelayUnreachable(type(error).__name__) from error
        return Sent(str(mail["Subject"]))


class MailRelay:
    """Where to hand mails over."""

    def __init__(self, settings: NotificationsSettings) -> None:
        self._settings = settings
        self._credentials: tuple[str, str] | tuple[None, None] = settings.smtp_credentials() or (None, None)

    @asynccontextmanager
    async def conversation(self) -> AsyncIterator[Conversation]:
        """An open connection. Raises RelayUnreachable."""
        settings = self._settings
        username, password = self._credentials
        client = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=username,
            password=password,
            timeout=settings.smtp_timeout_seconds,
            use_tls=settings.smtp_security is SmtpSecurity.TLS,
            start_tls=settings.smtp_security is SmtpSecurity.STARTTLS,
        )
        try:
            async with asyncio.timeout(settings.smtp_timeout_seconds):
                await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            raise RelayUnreachable(type(error).__name__) from error
        try:
            yield Conversation(client, settings.smtp_timeout_seconds)
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
        finally:
            client.close()


def compose(message_id: UUID, sender: Address, recipient: Recipient, letter: Letter) -> EmailMessage:
    """The mail of a letter. Its Message-ID depends on the message alone, so a repeated mail can be recognised.

    Raises:
        ValueError: the recipient has no address.
        Exception: the address cannot stand in a mail; the standard library fails at some in ways of its own.
    """
    if not recipient.email:
        raise ValueError("no address")
    local, _, domain = recipient.email.rpartition("@")
    people = (recipient, *recipient.companions)
    names = (" ".join(part for part in (person.first_name, person.last_name) if part) for person in people)
    name = " et ".join(dict.fromkeys(name for name in names if name))
    mail = EmailMessage(policy=MAIL_POLICY)
    mail["From"] = sender
    mail["To"] = Address(name, local, domain)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = f"<{message_id}@{sender.domain}>"
    mail["Content-Language"] = "fr"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(letter.text, cte="quoted-printable")
    mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return mail
