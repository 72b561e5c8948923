"""Turns the bytes of a received message into readable text: MIME headers, character sets, transfer encodings, parts.

Whatever a sender wrote, decoding answers something: a header or a part that breaks the rules is shown as well as it can be.
"""

import email
import email.errors
import email.policy
import re
from dataclasses import dataclass
from email.message import Message

# What the standard library raises, at one place or another, on headers and parts that break the standards.
DECODING_ERRORS = (LookupError, ValueError, TypeError, AttributeError, email.errors.MessageError)


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attached file; `position` is its rank among the attachments of its message."""

    position: int
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Content:
    """A decoded message. A header given several times has one value per line; an absent body is an empty text."""

    subject: str
    sender: str
    headers: dict[str, str]
    text: str
    html: str
    attachments: tuple[Attachment, ...]


def decode(raw: bytes) -> Content:
    """Read a whole message."""
    message = _parse(raw)
    headers: dict[str, str] = {}
    for name, value in _readable_headers(message):
        known = next((key for key in headers if key.lower() == name.lower()), None)
        headers[known or name] = f"{headers[known]}\n{value}" if known else value
    return Content(
        subject=_first(headers, "subject"),
        sender=_first(headers, "from"),
        headers=headers,
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=_attachments(message),
    )


def decode_summary(raw: bytes) -> tuple[str, str]:
    """The subject and the sender alone, without reading the body."""
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    headers = {name.lower(): value for name, value in reversed(_readable_headers(_parse(head + b"\r\n\r\n")))}
    return headers.get("subject", ""), headers.get("from", "")


def _parse(raw: bytes) -> Message:
    # The older policy never fails on a header: the newer one is asked header by header, in `_readable`.
    return email.message_from_bytes(raw, policy=email.policy.compat32)


def _readable_headers(message: Message) -> list[tuple[str, str]]:
    return [(_printable(name), _readable(name, str(value))) for name, value in message.raw_items()]


def _readable(name: str, value: str) -> str:
    unfolded = re.sub(r"\r?\n[ \t]+", " ", value).strip()
    try:
        return _printable(str(email.policy.default.header_factory(name, unfolded)))
    except DECODING_ERRORS:
        return _printable(unfolded)


def _printable(text: str) -> str:
    """Bytes that are not ASCII reach us as lone surrogates: read them as UTF-8, which is what senders mean today."""
    try:
        raw = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = text.encode("utf-8", "replace")
    return raw.decode("utf-8", "replace")


def _first(headers: dict[str, str], wanted: str) -> str:
    return next((value.split("\n")[0] for name, value in headers.items() if name.lower() == wanted), "")


def _body(message: Message, subtype: str) -> str:
    for part in message.walk():
        if part.get_content_type() == f"text/{subtype}" and not _is_attachment(part) and not part.is_multipart():
            return _text(part)
    return ""


def _is_attachment(part: Message) -> bool:
    try:
        return part.get_content_disposition() == "attachment" or bool(part.get_filename())
    except DECODING_ERRORS:
        return True


def _content(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except DECODING_ERRORS:
        return str(part.get_payload()).encode("utf-8", "replace")
    return content if isinstance(content, bytes) else b""


def _text(part: Message) -> str:
    content = _content(part)
    try:
        text = content.decode(part.get_content_charset("utf-8"))
    except DECODING_ERRORS:
        text = content.decode("latin-1")
    return _printable(text).replace("\r\n", "\n")


def _attachments(message: Message) -> tuple[Attachment, ...]:
    parts = [part for part in message.walk() if not part.is_multipart() and _is_attachment(part)]
    return tuple(
        Attachment(position, _filename(part, position), part.get_content_type(), _content(part))
        for position, part in enumerate(parts)
    )


def _filename(part: Message, position: int) -> str:
    try:
        name = part.get_filename()
    except DECODING_ERRORS:
        name = None
    readable = _readable("Subject", name) if name else ""
    return re.sub(r'[\x00-\x1f\x7f"/\\]', "_", readable) or f"{position + 1}.bin"
