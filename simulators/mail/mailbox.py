"""Keeps the received messages, one .eml file each, and finds them again: newest first, by recipient.

The first line of a file is a header of our own with the envelope (who really sent and receives, and when), the rest is the message
exactly as it came. A summary of every message stays in memory; bodies are read from the file when somebody asks.
"""

import json
import os
import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from .decoding import Content, decode, decode_summary

MESSAGES_MAX = 2_000
ENVELOPE_HEADER = b"X-Catcher-Envelope: "
ID_FORMAT = re.compile(r"[0-9]{16}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Summary:
    """What the list shows. `recipients` are the envelope's: who receives it, hidden copies included."""

    id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Mail:
    """One whole message."""

    summary: Summary
    content: Content

    def as_json(self) -> dict[str, Any]:
        """The public JSON form: addresses, texts, headers, and the names of the attached files."""
        return {
            "id": self.summary.id,
            "from": self.summary.sender,
            "to": list(self.summary.recipients),
            "subject": self.summary.subject,
            "received_at": self.summary.received_at.isoformat(),
            "text": self.content.text,
            "html": self.content.html,
            "headers": self.content.headers,
            "attachments": [
                {"filename": file.filename, "content_type": file.content_type, "size_bytes": len(file.content)}
                for file in self.content.attachments
            ],
        }


class Mailbox:
    """The messages of one state directory, at most `messages_max`: the oldest leave first."""

    def __init__(self, directory: Path, messages_max: int = MESSAGES_MAX) -> None:
        self._directory = directory
        self._messages_max = messages_max
        directory.mkdir(parents=True, exist_ok=True)
        for unfinished in directory.glob("*.part"):
            unfinished.unlink()
        loaded = (self._load(path) for path in sorted(directory.glob("*.eml")))
        self._summaries = {summary.id: summary for summary in loaded if summary}
        self._last_number = max((int(known.split("-")[0]) for known in self._summaries), default=0)
        self._drop_oldest()

    def add(self, sender: str, recipients: list[str], message: bytes) -> str:
        """Keep a message and give its id. It is on disk, whole, when this returns."""
        # Two messages of the same microsecond, or a clock set back, must not change the order of arrival.
        self._last_number = max(self._last_number + 1, time.time_ns() // 1_000)
        mail_id = f"{self._last_number}-{secrets.token_hex(4)}"
        envelope = {"from": sender, "to": recipients, "received_at": datetime.now(UTC).isoformat()}
        path = self._path(mail_id)
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(ENVELOPE_HEADER + json.dumps(envelope).encode("ascii") + b"\r\n" + message)
        os.replace(unfinished, path)
        self._summaries[mail_id] = _summary(mail_id, envelope, message)
        self._drop_oldest()
        return mail_id

    def find(self, mail_id: str) -> Mail | None:
        """One message, or None when it is unknown or already gone."""
        summary = self._summaries.get(mail_id)
        raw = self.source(mail_id)
        return Mail(summary, decode(raw)) if summary and raw is not None else None

    def source(self, mail_id: str) -> bytes | None:
        """The message exactly as it came, without our envelope line."""
        if mail_id not in self._summaries:
            return None
        try:
            return self._path(mail_id).read_bytes().partition(b"\r\n")[2]
        except FileNotFoundError:
            return None

    def list(self, recipient: str = "", *, exact: bool = True) -> list[Summary]:
        """Newest first; only those sent to `recipient` when it is given, whole address or any part of it, in any case."""
        wanted = recipient.strip().lower()
        newest_first = reversed(list(self._summaries.values()))
        if not wanted:
            return list(newest_first)
        return [
            summary
            for summary in newest_first
            if any(wanted == known.lower() if exact else wanted in known.lower() for known in summary.recipients)
        ]

    def clear(self) -> int:
        """Forget every message; tells how many there were."""
        count = len(self._summaries)
        for mail_id in list(self._summaries):
            self._forget(mail_id)
        return count

    def _path(self, mail_id: str) -> Path:
        return self._directory / f"{mail_id}.eml"

    def _load(self, path: Path) -> Summary | None:
        first_line, _, message = path.read_bytes().partition(b"\r\n")
        try:
            if ID_FORMAT.fullmatch(path.stem) and first_line.startswith(ENVELOPE_HEADER):
                return _summary(path.stem, json.loads(first_line.removeprefix(ENVELOPE_HEADER)), message)
        except (ValueError, KeyError, TypeError):
            structlog.get_logger().exception("unreadable_envelope", file=path.name)
        structlog.get_logger().warning("foreign_file_ignored", file=path.name)
        return None

    def _drop_oldest(self) -> None:
        for mail_id in list(self._summaries)[: max(0, len(self._summaries) - self._messages_max)]:
            self._forget(mail_id)

    def _forget(self, mail_id: str) -> None:
        del self._summaries[mail_id]
        self._path(mail_id).unlink(missing_ok=True)


def _summary(mail_id: str, envelope: dict[str, Any], message: bytes) -> Summary:
    subject, sender = decode_summary(message)
    return Summary(
        id=mail_id,
        sender=sender or envelope["from"],
        recipients=tuple(envelope["to"]),
        subject=subject,
        received_at=datetime.fromisoformat(envelope["received_at"]),
    )
