"""The terms of a town: their text, their version, the proof that they were served to their end, and who may accept."""

import base64
import hashlib
import hmac
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any
from uuid import UUID

from chassis.refusal import Refusal
from contracts.types import SessionStage

from ..errors import (
    CredentialsNotChosen,
    PersonNotChosen,
    ServiceKeysNotAnswered,
    TermsNotAccepted,
    TermsNotRead,
    TermsOutdated,
)

VERSION_HASH_DIGITS = 8


class AcceptMode(StrEnum):
    """The control that accepts the terms at their end."""

    CHECKBOX = auto()
    BUTTON = auto()


class TermsMalformed(Exception):
    """The terms of a town cannot be served; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the terms."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TermsDocument:
    """The terms as they are shown. `version` is the declared one and a part of `text_hash`, the SHA-256 of the text."""

    version: str
    title: str
    sections: tuple[Section, ...]
    text_hash: bytes

    def document(self) -> dict[str, Any]:
        """The text as plain JSON, in the form that was hashed."""
        return _plain(self.title, self.sections)


def read_terms(text: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises TermsMalformed."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TermsMalformed(str(error)) from error


def publish_terms(source: Mapping[str, Any], variables: Mapping[str, str]) -> TermsDocument:
    """The document of a source with `version`, `title` and `sections` of `heading` and `paragraphs`.

    `{town}` and the like stand for the town's own values. Raises TermsMalformed.
    """
    try:
        title = source["title"].format_map(variables)
        sections = tuple(
            Section(
                section["heading"].format_map(variables),
                tuple(paragraph.format_map(variables) for paragraph in section["paragraphs"]),
            )
            for section in source["sections"]
        )
        declared = str(source["version"])
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise TermsMalformed(f"{type(error).__name__}: {error}") from error
    if not sections:
        raise TermsMalformed("there is no section")
    text = json.dumps(_plain(title, sections), ensure_ascii=False, separators=(",", ":"))
    text_hash = hashlib.sha256(text.encode()).digest()
    return TermsDocument(f"{declared}-{text_hash.hex()[:VERSION_HASH_DIGITS]}", title, sections, text_hash)


def end_token(key: bytes, session_id: UUID, version: str, person_id: UUID | None = None) -> str:
    """What stands at the end of the terms served to one session and whoever acts in it: only who was served the end of this version has it."""
    reader = session_id.bytes + (person_id.bytes if person_id else b"")
    digest = hmac.digest(key, reader + version.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class TermsReading:
    """What a person sent back from the end of the terms, and the source address that they sent it from."""

    version: str
    end_token: str
    is_accepted: bool
    address: str


def check_acceptance(reading: TermsReading, stage: SessionStage, version: str, expected_token: str) -> Refusal | None:
    """What stands against an acceptance. One that is repeated is no fault."""
    if stage is SessionStage.CHOOSE_CREDENTIALS:
        return CredentialsNotChosen()
    if stage is SessionStage.CHOOSE_PERSON:
        return PersonNotChosen()
    if stage is SessionStage.ENTER_KEYS:
        return ServiceKeysNotAnswered()
    if reading.version != version:
        return TermsOutdated()
    if not hmac.compare_digest(reading.end_token.encode(), expected_token.encode()):
        return TermsNotRead()
    if not reading.is_accepted:
        return TermsNotAccepted()
    return None


def _plain(title: str, sections: tuple[Section, ...]) -> dict[str, Any]:
    return {
        "title": title,
        "sections": [{"heading": section.heading, "paragraphs": list(section.paragraphs)} for section in sections],
    }
