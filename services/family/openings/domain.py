"""How a file is opened: what is noted of it, and whether it invites. Pure."""

from dataclasses import dataclass, replace
from typing import Final

from ..people.domain import Adult


@dataclass(frozen=True, slots=True)
class Opening:
    """How a file is opened: from which keys of the former software if by an import, its own and its children's, and whether its adults who have an address are invited."""

    import_key: str | None = None
    is_inviting: bool = True
    child_keys: tuple[str, ...] = ()

    @property
    def noted(self) -> dict[str, str]:
        """What its history keeps of that."""
        return {} if self.import_key is None else {"import_key": self.import_key}

    @property
    def former_keys(self) -> tuple[str, ...]:
        """By what the former software knew the household and its children."""
        return tuple(key for key in (self.import_key, *self.child_keys) if key)

    def of_file(self, adults: tuple[Adult, ...]) -> tuple[Adult, ...]:
        """The adults of a new file, invited only if that is meant."""
        return adults if self.is_inviting else tuple(replace(adult, is_invited=False) for adult in adults)


AT_THE_DESK: Final = Opening()
