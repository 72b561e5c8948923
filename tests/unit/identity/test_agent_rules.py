"""What roles permit together, and which roles and sites an agent may be given."""

from pathlib import Path
from uuid import UUID

import pytest
from pydantic import ValidationError

from contracts.permissions import PERMISSIONS
from services.identity.agents.domain import AgentRecord, Role, changes_own_rights, check_agent, permissions_of
from services.identity.settings import load_roles, shipped_roles

ROLES = {
    "desk": Role("desk", "Accueil", frozenset({"a.b.read", "a.b.change"})),
    "site": Role("site", "Site", frozenset({"a.b.read", "a.c.mark"})),
}
AGENT = AgentRecord(
    UUID(int=1), "Camille", "Marchand", "Enfance", ("desk",), ("centre", "plateau"), has_every_site=False
)


def agent(**fields: object) -> AgentRecord:
    """The agent with other fields."""
    return AgentRecord(**{name: getattr(AGENT, name) for name in AgentRecord.__slots__} | fields)  # type: ignore[arg-type]  # any field


def test_roles_add_up_and_one_that_is_gone_permits_nothing() -> None:
    assert permissions_of(("desk", "site"), ROLES) == {"a.b.read", "a.b.change", "a.c.mark"}
    assert permissions_of(("mayor",), ROLES) == frozenset()


def test_roles_are_those_of_the_town_and_sites_are_some_or_all() -> None:
    assert check_agent(AGENT, ROLES) == []
    assert [item.code for item in check_agent(agent(roles=("mayor", "desk", "king")), ROLES)] == ["role_unknown"] * 2
    assert [item.code for item in check_agent(agent(has_every_site=True), ROLES)] == ["sites_and_every_site"]


@pytest.mark.parametrize(
    ("after", "is_disabled", "is_change"),
    [
        (AGENT, False, False),
        (agent(last_name="Martin", service="Sport"), False, False),
        (agent(sites=("plateau", "centre")), False, False),
        (agent(roles=("desk", "site")), False, True),
        (agent(sites=("centre",)), False, True),
        (agent(sites=(), has_every_site=True), False, True),
        (AGENT, True, True),
    ],
)
def test_what_somebody_may_do_is_changed_by_somebody_else(
    after: AgentRecord, is_disabled: bool, is_change: bool
) -> None:
    assert changes_own_rights(AGENT, after, is_disabled=is_disabled) is is_change


def test_a_town_adds_roles_and_replaces_shipped_ones(tmp_path: Path) -> None:
    town = tmp_path / "town.toml"
    town.write_text(
        """
        [roles.pool]
        label = "Piscine"
        permissions = ["booking.attendance.mark"]
        [roles.site]
        label = "Site"
        permissions = ["booking.slots.read"]
        """
    )
    roles = load_roles(town)
    assert roles.keys() == {*shipped_roles(), "pool"}
    assert (roles["pool"].label, roles["pool"].permissions) == ("Piscine", {"booking.attendance.mark"})
    assert roles["site"].permissions == {"booking.slots.read"}
    assert roles["finance"] == shipped_roles()["finance"]


def test_a_permission_that_does_not_exist_stops_the_start_and_is_named(tmp_path: Path) -> None:
    town = tmp_path / "town.toml"
    town.write_text('[roles.pool]\nlabel = "Piscine"\npermissions = ["booking.attendance.mark", "booking.water.drain"]')
    with pytest.raises(ValidationError, match=r"no permission is named booking\.water\.drain"):
        load_roles(town)


def test_no_shipped_role_permits_everything() -> None:
    assert all(role.permissions < PERMISSIONS.keys() for role in shipped_roles().values())
