"""Settings of the notifications service: its process and its mail relay, and the `[notifications]` table of the town."""

from enum import StrEnum, auto
from typing import Annotated

from pydantic import Field

from chassis.settings import MissingSecret, ServiceSettings
from chassis.town import TownSection, load_section
from contracts.http import Email


class SmtpSecurity(StrEnum):
    """How the conversation with the mail relay is protected; NONE is for a relay on the same machine or network."""

    NONE = auto()
    STARTTLS = auto()
    TLS = auto()


class SenderIdentity(TownSection):
    """In whose name mails are sent. Nobody reads what is answered to `sender_address`."""

    sender_name: Annotated[str, Field(min_length=1, max_length=80)]
    sender_address: Email
    messages_kept_days: Annotated[int, Field(ge=30, le=3650)] = 730


class NotificationsSettings(ServiceSettings):
    """What a process of the notifications service is configured with. The relay's credentials are the secrets `smtp_username` and `smtp_password`, if any."""

    smtp_host: str = "127.0.0.1"
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 25
    smtp_security: SmtpSecurity = SmtpSecurity.NONE
    smtp_timeout_seconds: Annotated[float, Field(gt=0, le=10)] = 10.0
    """How long the relay may take to accept a connection, and to take a message."""

    def sender(self) -> SenderIdentity:
        return load_section(self.town_file, "notifications", SenderIdentity)

    def smtp_credentials(self) -> tuple[str, str] | None:
        """The user name and password of the mail relay, or None when it asks for none."""
        try:
            return self.secret("smtp_username"), self.secret("smtp_password")
        except MissingSecret:
            return None
