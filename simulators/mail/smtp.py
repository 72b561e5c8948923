"""The SMTP server of the catcher: takes every message for every recipient, or fails in the way that a test asked for."""

import asyncio
from typing import Literal, cast

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import BaseModel, ConfigDict, Field

from .mailbox import Mailbox

MESSAGE_BYTES_MAX = 10 * 1024 * 1024
RECIPIENTS_MAX = 100
IDLE_SECONDS_MAX = 60


class Faults(BaseModel):
    """How the server misbehaves. `seconds` is how long "slow" waits before it takes a message.

    "down" closes the port and cuts the open conversations; the two rejections answer at RCPT, before any content is sent.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Literal["ok", "reject_450", "reject_550", "down", "slow"]
    seconds: float = Field(default=15, ge=0, le=300)


class Catcher:
    """Answers the SMTP commands that need a decision; the library calls the `handle_` methods by their names."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.faults = Faults(mode="ok")
        self._mailbox = mailbox

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept the recipient, or give the refusal that the fault mode asks for."""
        if self.faults.mode == "reject_450":
            return "450 4.2.0 Mailbox busy, try again later"
        if self.faults.mode == "reject_550":
            return "550 5.1.1 No such mailbox here"
        if len(envelope.rcpt_tos) >= RECIPIENTS_MAX:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Recipient accepted"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the message, then say so: an answered 250 is a message on disk."""
        if self.faults.mode == "slow":
            await asyncio.sleep(self.faults.seconds)
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        try:
            mail_id = self._mailbox.add(envelope.mail_from or "", envelope.rcpt_tos, content)
        except OSError:
            # A full disk is no fault of the message: the sender must keep it and try again.
            structlog.get_logger().exception("message_not_kept")
            return "452 4.3.1 Insufficient storage"
        return f"250 2.0.0 Kept as {mail_id}"


class SmtpServer:
    """Listens on one address; can be closed and opened again while the process lives."""

    def __init__(self, host: str, port: int, catcher: Catcher) -> None:
        self._host = host
        self._port = port
        self._catcher = catcher
        self._server: asyncio.Server | None = None
        self._transports: set[asyncio.Transport] = set()

    async def apply(self, faults: Faults) -> None:
        """Change the way the server behaves, from the next command on."""
        self._catcher.faults = faults
        if faults.mode == "down":
            await self.close()
        elif self._server is None:
            await self.open()

    async def open(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        self._server = await asyncio.get_running_loop().create_server(self._conversation, self._host, self._port)

    async def close(self) -> None:
        """Stop listening and cut the open conversations."""
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        for transport in list(self._transports):
            transport.abort()
        await server.wait_closed()

    def _conversation(self) -> SMTP:
        return _Conversation(self._catcher, self._transports)


class _Conversation(SMTP):
    """One connection, known to the server so that it can be cut."""

    def __init__(self, catcher: Catcher, transports: set[asyncio.Transport]) -> None:
        super().__init__(
            catcher,
            data_size_limit=MESSAGE_BYTES_MAX,
            enable_SMTPUTF8=True,
            # Without a name the library asks the resolver for ours, which may take seconds.
            hostname="localhost",
            ident="mail catcher",
            timeout=IDLE_SECONDS_MAX,
            loop=asyncio.get_running_loop(),
        )
        self._transports = transports

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream protocol is always given a two-way transport, whatever the event loop calls its class.
        self._stream = cast(asyncio.Transport, transport)
        self._transports.add(self._stream)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._transports.discard(self._stream)
        super().connection_lost(error)
