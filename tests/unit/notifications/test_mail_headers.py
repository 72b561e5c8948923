"""A mail stays well formed whatever names it bears: every header is read back as it was meant, and lines stay short."""

import string
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.policy import SMTP, SMTPUTF8, compat32
from email.utils import parseaddr
from uuid import uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.notifications.adapters.headers import LINE_MAX
from services.notifications.adapters.rendering import Letter
from services.notifications.adapters.smtp import compose
from services.notifications.directory.queries import Recipient

SENDER = Address("Ville de Valmont-sur-Orne, « enfance »", "nepasrepondre", "valmont.example")
HEADERS = ["From", "To", "Subject", "Date", "Message-ID"]
names = (
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=80)
    .map(str.strip)
    .filter(bool)
)
long_words = st.text(st.sampled_from(string.ascii_letters + 'éÉ小🎨"\\,;<>@()=?.'), min_size=60, max_size=80)


def mail_to(first_name: str, last_name: str, subject: str = "Votre facture") -> EmailMessage:
    recipient = Recipient("eric@orne.example", None, first_name, last_name)
    return compose(uuid4(), SENDER, recipient, Letter(subject, "Bonjour,\n", "<p>Bonjour,</p>"))


def read(mail: EmailMessage) -> Message:
    """A mail as it is read at the other end, from the bytes that leave: the library of SMTP writes it with its own policy."""
    return message_from_bytes(mail.as_bytes(policy=SMTP), policy=compat32)


def decoded(header: str) -> str:
    """A header with its encoded words read."""
    return str(make_header(decode_header(header)))


def check(mail: EmailMessage, name: str, subject: str) -> None:
    """The mail's headers are those that were meant, and its two bodies are where they belong."""
    raw = mail.as_bytes(policy=SMTP)
    head = raw.partition(b"\r\n\r\n")[0]
    assert max(len(line) for line in head.split(b"\r\n")) <= LINE_MAX + 2
    got = read(mail)
    assert got.defects == []
    assert [key for key in got if key in HEADERS] == HEADERS
    shown, address = parseaddr("".join(str(got["To"]).splitlines()))
    assert address == "eric@orne.example"
    assert decoded(shown) == name
    assert decoded(str(got["Subject"]).replace("\r\n", "")) == subject
    assert [part.get_content_type() for part in got.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert [part.get_payload(decode=True) for part in got.walk()][1:] == [b"Bonjour,\r\n", b"<p>Bonjour,</p>\r\n"]


@given(names | long_words, names | long_words, names | long_words)
@example("A" * 80, "B" * 80, "C" * 200)
@example("É" * 80, "Ö" * 80, "É" * 300)
@example("a" * 40 + "," + "b" * 39, 'q"' * 40, "x")
@example("A " * 39 + "A", "B. " * 26 + "B", "Une facture " * 20 + "x")
@example("=?utf-8?q?x?=", "Le Goff", "x")
@example("a", "b", "deux  espaces")
def test_a_mail_stays_well_formed(first_name: str, last_name: str, subject: str) -> None:
    """With names of 80 unbroken letters, subject and MIME headers fell into the body."""
    check(mail_to(first_name, last_name, subject), f"{first_name} {last_name}", subject)


def test_the_standard_folding_is_seen_to_break() -> None:
    """The negative control: the same mail as the standard library folds it."""
    mail = mail_to("A" * 80, "B" * 80)
    plain = EmailMessage(policy=SMTP)
    for name in HEADERS:
        plain[name] = str(mail[name])
    plain.set_content("Bonjour,\n")
    assert "Subject" not in message_from_bytes(plain.as_bytes(), policy=compat32)


def test_a_short_name_is_left_readable() -> None:
    head = mail_to("Anne", "Martin, dite « A »"[:6]).as_bytes().decode("ascii")
    assert 'To: "Anne Martin" <eric@orne.example>' in head
    assert "Subject: Votre facture\r\n" in head


def test_an_address_with_an_accent_is_written_where_the_relay_takes_it() -> None:
    mail = compose(uuid4(), SENDER, Recipient("jérôme@orne.example", None, "J", "M"), Letter("s", "t", "h"))
    assert "<jérôme@orne.example>".encode() in mail.as_bytes(policy=SMTPUTF8)


@pytest.mark.parametrize("email", ["", "sans-arobase\r\nBcc: x@y.example"])
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(ValueError):
        compose(uuid4(), SENDER, Recipient(email, None, "A", "B"), Letter("s", "t", "h"))
