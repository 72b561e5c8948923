"""Identifiers: version 7 UUIDs (RFC 9562), which sort by creation time and keep indexes compact."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new unique identifier."""
    return uuid7()
