"""Headers of a mail that stay well formed whatever names they bear (RFC 5322, RFC 2047).

The standard library folds a header between its words, and drops quotes when it does: a name of 80 letters ended the headers in
the middle, and a comma in a long name made two addresses of it. Here a text that does not fit a line is written in encoded
words of at most 75 characters, which may stand on a line each and are joined again by whoever reads them.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from email.headerregistry import BaseHeader, HeaderRegistry, UniqueSingleAddressHeader, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from typing import Final, cast

LINE_MAX: Final = 76
"""Characters of a line, the space that continues a header among them: RFC 2047 asks no more where encoded words stand."""
QUOTED_MAX: Final = 60
WORD_BYTES: Final = 45


class _Subject(UniqueUnstructuredHeader):
    name: str

    def fold(self, *, policy: Policy) -> str:
        return _folded(self.name, _text_words(str(self)), policy)


class _Mailbox(UniqueSingleAddressHeader):
    name: str

    def fold(self, *, policy: Policy) -> str:
        (address,) = self.addresses
        return _folded(self.name, [*_phrase(address.display_name), f"<{address.addr_spec}>"], policy)


def _policy() -> "EmailPolicy[EmailMessage]":
    registry = HeaderRegistry()
    # The registry itself makes a header of them, with `BaseHeader`; their types do not say so.
    registry.map_to_type("subject", cast("type[BaseHeader]", _Subject))
    for name in ("from", "to"):
        registry.map_to_type(name, cast("type[BaseHeader]", _Mailbox))
    return SMTP.clone(header_factory=registry)


MAIL_POLICY: Final = _policy()
"""For mails to one recipient. Their headers keep to their own folding whatever policy later writes them."""


def _phrase(text: str) -> list[str]:
    """A name as a quoted string, or as encoded words."""
    quoted = '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'
    if _is_plain(text) and len(quoted) <= QUOTED_MAX:
        return [quoted] if text else []
    return [*_encoded_words(text)]


def _text_words(text: str) -> list[str]:
    """A text as it is where it can be broken between its words, or else as encoded words."""
    words = text.split(" ")
    return words if _is_plain(text) and all(0 < len(word) <= QUOTED_MAX for word in words) else [*_encoded_words(text)]


def _is_plain(text: str) -> bool:
    """Whether a text may stand in a header as it is; what looks like an encoded word would be read as one."""
    return text.isascii() and text.isprintable() and "=?" not in text


def _encoded_words(text: str) -> Iterator[str]:
    """Encoded words that each hold whole characters."""
    part = b""
    for character in text:
        encoded = character.encode()
        if len(part) + len(encoded) > WORD_BYTES:
            yield _encoded(part)
            part = b""
        part += encoded
    if part:
        yield _encoded(part)


def _encoded(part: bytes) -> str:
    return f"=?utf-8?b?{b64encode(part).decode()}?="


def _folded(name: str, words: Iterable[str], policy: Policy) -> str:
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) <= LINE_MAX:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    return policy.linesep.join(lines) + policy.linesep
