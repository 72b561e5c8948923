"""A mail server inside a test: it keeps what it takes, and answers as it is told to."""

import asyncio
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass
class MailServer:
    """`recipient_answer` and `content_answer` replace its yes; `answer_seconds` makes it slow to say it. At the recipient
    `breaks_off_at` it hangs up."""

    port: int
    received: list[EmailMessage] = field(default_factory=list)
    recipient_answer: str | None = None
    content_answer: str | None = None
    answer_seconds: float = 0
    breaks_off_at: str | None = None
    _controller: Controller | None = None

    def start(self, *, takes_any_letter: bool = True, password: bytes | None = None) -> None:
        """Listen. `takes_any_letter`: addresses may hold more than ASCII (RFC 6531). `password`: only who knows it may send."""

        def authenticate(
            _server: object, _session: object, _envelope: object, _mechanism: str, login: Any
        ) -> AuthResult:
            return AuthResult(success=login.password == password, handled=False)

        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            enable_SMTPUTF8=takes_any_letter,
            auth_required=password is not None,
            auth_require_tls=False,
            authenticator=authenticate,
        )
        self._controller.start()

    def stop(self) -> None:
        """Close the port."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or refuse."""
        if address == self.breaks_off_at:
            server.transport.close()
        if self.recipient_answer:
            return self.recipient_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep a message, then answer."""
        if self.content_answer is None:
            content = envelope.content
            assert isinstance(content, bytes)
            self.received.append(BytesParser(policy=default).parsebytes(content))
        await asyncio.sleep(self.answer_seconds)
        return self.content_answer or "250 kept"

    def texts(self) -> list[str]:
        """The plain text of every message kept."""
        return [part(mail, "plain") for mail in self.received]


def part(mail: EmailMessage, subtype: str) -> str:
    """The text of a mail's `plain` or `html` part, with ordinary spaces and line ends."""
    body = mail.get_body(preferencelist=(subtype,))
    assert body is not None
    return body.get_content().replace("\r\n", "\n").replace("\u00a0", " ").replace("\u202f", " ")
