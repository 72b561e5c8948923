"""Reads the roles that a town composes: those that the product ships, and what the `[roles]` table of its file lays over them."""

import tomllib
from pathlib import Path

from pydantic import RootModel, field_validator

from chassis.town import TownSection, load_section
from contracts.identity.agents import RoleName
from contracts.permissions import PERMISSIONS

from ..agents.domain import Role

SHIPPED_ROLES = Path(__file__).parents[1] / "agents" / "roles.toml"


def known_permissions(names: tuple[str, ...]) -> tuple[str, ...]:
    """The permissions of a list in the town's file. Raises ValueError: there is none of some name."""
    if unknown := sorted(set(names) - PERMISSIONS.keys()):
        raise ValueError(f"no permission is named {', '.join(unknown)}; docs/security/permissions.md lists them")
    return names


class RoleSection(TownSection):
    """A `[roles.<name>]` table: a label in the town's words, and what the role permits."""

    label: str
    permissions: tuple[str, ...]

    @field_validator("permissions")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return known_permissions(names)


class RolesSection(RootModel[dict[RoleName, RoleSection]]):
    """The `[roles]` table."""

    root: dict[RoleName, RoleSection] = {}

    def composed(self) -> dict[str, Role]:
        """The roles by name."""
        return {name: Role(name, section.label, frozenset(section.permissions)) for name, section in self.root.items()}


def shipped_roles() -> dict[str, Role]:
    """The roles of a town that says nothing else."""
    return RolesSection.model_validate(tomllib.loads(SHIPPED_ROLES.read_text("utf-8"))).composed()


def load_roles(town_file: Path) -> dict[str, Role]:
    """The roles that the product ships, with those of the town's file laid over them by name."""
    return shipped_roles() | load_section(town_file, "roles", RolesSection).composed()
