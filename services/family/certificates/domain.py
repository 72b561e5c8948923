"""What a certificate of a household says: who belongs to it, who has authority over which child, and where it lives, unless that is protected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a household; a child has a day of birth."""

    person_id: UUID
    name: str
    birth_on: date | None = None


def household_content(
    reference: str,
    members: Sequence[Member],
    authority: Mapping[UUID, Sequence[UUID]],
    address: Sequence[str],
) -> dict[str, Any]:
    """The file of a household. `authority`: the adults who answer for each child. Whoever has authority and belongs to another home is not named here."""
    names = {member.person_id: member.name for member in members}
    return {
        "reference": reference,
        "address": list(address),
        "adults": [member.name for member in members if member.birth_on is None],
        "children": [
            {
                "name": member.name,
                "birth_on": member.birth_on.isoformat(),
                "authority": [names[adult] for adult in authority.get(member.person_id, ()) if adult in names],
            }
            for member in members
            if member.birth_on is not None
        ],
    }
