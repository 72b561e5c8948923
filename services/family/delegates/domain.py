"""Who helps families. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.family.events import DelegateName, DelegateState


@dataclass(frozen=True, slots=True)
class Delegate:
    """Somebody who helps families. `email` is None for an adult of a file, which says it."""

    delegate_id: UUID
    first_name: str
    last_name: str
    email: str | None

    def state(self, names: Sequence[DelegateName]) -> DelegateState:
        """The delegate as others may know them, with what each household that asked them calls them."""
        return DelegateState(
            delegate_id=self.delegate_id,
            first_name=self.first_name,
            last_name=self.last_name,
            email=self.email,
            delegations=tuple(names),
        )
