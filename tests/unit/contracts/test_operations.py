"""An operation as a value: who may call it, and how a call of it travels."""

from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.event import Model
from contracts.operation import EVERYBODY, OWN_SESSION, SYSTEM, Access, agents, families, get, post
from contracts.types import ActorKind, Role

PARENT, AGENT, TOOLS = ActorKind.PARENT, ActorKind.AGENT, ActorKind.SYSTEM


class Wish(Model):
    """What is wished."""

    label: str


async def _grant(door_id: str, body: Wish) -> None:
    """Grant a wish behind a door."""


async def _doors(house_id: UUID, colour: str | None = None, limit: int = 25) -> None:
    """The doors of a house."""


GRANT = post("/doors/{door_id}/wishes", families(), is_keyed=True)(_grant)
DOORS = get("/houses/{house_id}/doors", EVERYBODY, public="/doors/{house_id}")(_doors)


@pytest.mark.parametrize(
    ("access", "kind", "roles", "is_allowed"),
    [
        (agents(Role.FINANCE, Role.OPS), AGENT, {Role.FINANCE}, True),
        (agents(Role.FINANCE), AGENT, {Role.SITE}, False),
        (agents(Role.FINANCE), AGENT, set(), False),
        (agents(Role.FINANCE), PARENT, set(), False),
        (agents(Role.OPS), TOOLS, set(), True),
        (families(), PARENT, set(), True),
        (families(), AGENT, {Role.DIRECTOR}, False),
        (families(), TOOLS, set(), False),
        (families(Role.SITE), AGENT, {Role.SITE}, True),
        (SYSTEM, TOOLS, set(), True),
        (SYSTEM, AGENT, set(Role), False),
        (SYSTEM, PARENT, set(), False),
    ],
)
def test_who_may_call(access: Access, kind: ActorKind, roles: set[Role], is_allowed: bool) -> None:
    assert access.allows(kind, roles) is is_allowed


def test_only_open_operations_and_those_of_a_session_need_no_token() -> None:
    assert [access.needs_actor for access in (EVERYBODY, OWN_SESSION, SYSTEM, families(), agents())] == [
        False,
        False,
        True,
        True,
        True,
    ]


@given(st.text(max_size=40) | st.sampled_from(["..", ".", "../bookings/1/cancellation?x=", "a%2f..", "\r\n"]))
def test_whatever_an_id_holds_it_stays_one_segment_of_the_path(door_id: str) -> None:
    """A05: an id such as `../bookings/1/cancellation?x=` never leads to another operation."""
    address = GRANT.sent(door_id, Wish(label="light")).address
    parts = urlsplit(address)
    assert (parts.query, parts.fragment) == ("", "")
    empty, doors, segment, wishes = address.split("/")
    assert (empty, doors, wishes) == ("", "doors", "wishes")
    assert unquote(segment) == door_id
    assert segment not in (".", "..")
    assert address.isascii()
    assert address.isprintable()


def test_what_is_none_is_left_out_of_the_query() -> None:
    house_id = uuid4()
    assert DOORS.sent(house_id).address == f"/houses/{house_id}/doors"
    asked = DOORS.sent(house_id, colour="rouge & noir", limit=3).address
    assert parse_qs(urlsplit(asked).query) == {"colour": ["rouge & noir"], "limit": ["3"]}


def test_a_body_travels_as_json() -> None:
    assert GRANT.sent("a", Wish(label="light")).content == b'{"label":"light"}'
    assert DOORS.sent(uuid4()).content is None


def test_what_may_be_repeated_after_a_lost_answer() -> None:
    assert GRANT.is_repeatable
    assert DOORS.is_repeatable
    assert not post("/doors", EVERYBODY)(_grant).is_repeatable


def test_a_public_path_is_the_own_one_or_another() -> None:
    assert (DOORS.public, GRANT.public) == ("/doors/{house_id}", None)
    assert post("/doors", EVERYBODY, public=True)(_grant).public == "/doors"
