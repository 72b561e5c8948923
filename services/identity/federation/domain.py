"""The identity that FranceConnect names, and the name of a person as a page says it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

NAME_LENGTH_MAX: Final = 120


@dataclass(frozen=True, slots=True)
class ProvenIdentity:
    """Somebody as the provider named them. `id_token` ends their session there."""

    subject: str = field(repr=False)
    name: str = field(repr=False)
    id_token: str = field(repr=False)

    def as_json(self) -> bytes:
        """All of it, to be read again by `from_json`."""
        return json.dumps([self.subject, self.name, self.id_token]).encode()

    @classmethod
    def from_json(cls, content: bytes) -> "ProvenIdentity":
        """What `as_json` wrote."""
        return cls(*json.loads(content))


def name_of(claims: Mapping[str, Any]) -> str:
    """The name of a person as a page says it; empty when there is none that can be shown."""
    first_names = claims.get("given_name_array")
    first = first_names[0] if isinstance(first_names, list) and first_names else claims.get("given_name", "")
    name = f"{first} {claims.get('family_name', '')}".strip()
    return name if name.isprintable() and len(name) <= NAME_LENGTH_MAX else ""
