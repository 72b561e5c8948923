"""What roles permit together, and which roles and sites an agent may be given."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import ValidationError

from contracts.permissions import PERMISSIONS
from services.identity.adapters.roles import load_roles, shipped_roles
from services.identity.agents.domain import (
    AgentRecord,
    Guard,
    Role,
    Standing,
    changes_own_rights,
    check_agent,
    permissions_of,
)

ROLES = {
    "desk": Role("desk", "Accueil", frozenset({"a.b.read", "a.b.change"})),
    "site": Role("site", "Site", frozenset({"a.b.read", "a.c.mark"})),
}
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
AGENT = AgentRecord(
    UUID(int=1), "Camille", "Marchand", "Enfance", ("desk",), ("centre", "plateau"), False, roles_given_at=NOON
)
GUARD = Guard(ROLES, frozenset({"a.c.mark"}))


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


@pytest.mark.parametrize(
    ("before", "after", "is_crossed"),
    [
        ({}, {"last_name": "Martin"}, False),
        ({}, {"sites": (), "has_every_site": True}, False),
        ({}, {"roles": ("desk", "site")}, True),
        ({"roles": ("site",)}, {"roles": ("site", "desk")}, False),
        ({"roles": ("site",)}, {"roles": ()}, False),
        ({"roles": ("site",)}, {"roles": ("site",), "sites": ("centre",)}, False),
        ({"roles": ("site",)}, {"roles": ("site",), "sites": ("centre", "port")}, True),
        ({"roles": ("site",)}, {"roles": ("site",), "sites": (), "has_every_site": True}, True),
        ({"roles": ("site",), "sites": (), "has_every_site": True}, {"roles": ("site",)}, False),
        ({"roles": ("site",), "roles_lapsed_at": NOON}, {"roles": ("site",)}, True),
        ({"roles": ("site",), "roles_lapsed_at": NOON}, {"roles": ("site",), "roles_lapsed_at": NOON}, False),
    ],
)
def test_more_of_what_is_guarded_takes_two_persons(
    before: dict[str, object], after: dict[str, object], is_crossed: bool
) -> None:
    held, wanted = Standing(agent(**before), is_disabled=False), Standing(agent(**after), is_disabled=False)
    assert GUARD.is_crossed(held, wanted) is is_crossed


def test_opening_an_account_gives_what_it_holds_and_closing_one_gives_nothing() -> None:
    opened = Standing(agent(roles=("site",)), is_disabled=False)
    closed = Standing(agent(roles=("site",)), is_disabled=True)
    assert (GUARD.is_crossed(closed, opened), GUARD.is_crossed(opened, closed)) == (True, False)
    assert GUARD.of_one_person(("site", "desk", "mayor")) == ("desk", "mayor")


def test_roles_lapse_after_their_last_use_or_since_they_were_given() -> None:
    unused_for = timedelta(days=56)
    assert AGENT.lapses_at(None, unused_for) == NOON + unused_for
    assert AGENT.lapses_at(NOON - timedelta(days=3), unused_for) == NOON + unused_for
    assert AGENT.lapses_at(NOON + timedelta(days=3), unused_for) == NOON + timedelta(days=59)
    for gone in (agent(roles=()), agent(roles_lapsed_at=NOON)):
        assert (gone.lapses_at(None, unused_for), gone.roles_in_force) == (None, ())


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
