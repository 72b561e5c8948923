"""An operation as a value: who may call it, and how a call of it travels."""

from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.billing.permissions import BillingPermission
from contracts.event import Model
from contracts.operation import EVERYBODY, OWN_SESSION, Access, agents, families, get, post
from contracts.types import ActorKind, StepUp

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


ISSUE, QUOTE = BillingPermission.ISSUE_RUNS, BillingPermission.QUOTE


@pytest.mark.parametrize(
    ("access", "kind", "permissions", "is_allowed"),
    [
        (agents(ISSUE), AGENT, {ISSUE}, True),
        (agents(ISSUE), AGENT, {"billing.runs.issue"}, True),
        (agents(ISSUE), AGENT, {QUOTE}, False),
        (agents(ISSUE), AGENT, set(), False),
        (agents(ISSUE), PARENT, {ISSUE}, False),
        (agents(ISSUE), TOOLS, set(), True),
        (families(), PARENT, set(), True),
        (families(), AGENT, {ISSUE, QUOTE}, False),
        (families(), TOOLS, set(), False),
        (families(QUOTE), AGENT, {QUOTE}, True),
        (families(QUOTE), AGENT, {ISSUE}, False),
        (families(QUOTE), PARENT, set(), True),
    ],
)
def test_who_may_call(access: Access, kind: ActorKind, permissions: set[str], is_allowed: bool) -> None:
    assert access.allows(kind, permissions) is is_allowed


def test_only_open_operations_and_those_of_a_session_need_no_token() -> None:
    assert [access.needs_actor for access in (EVERYBODY, OWN_SESSION, families(), agents(ISSUE))] == [
        False,
        False,
        True,
        True,
    ]


def test_what_changes_something_is_noted_unless_it_says_else() -> None:
    assert (GRANT.is_noted, DOORS.is_noted) == (True, False)
    assert not post("/prices", EVERYBODY, is_noted=False)(_grant).is_noted


def test_an_operation_is_closed_to_whom_the_town_asks_a_proof_that_they_did_not_give() -> None:
    ordinary, agents_only = GRANT, post("/agents", agents(ISSUE), step_up=StepUp.AGENTS)(_grant)
    both = post("/files", families(ISSUE), step_up=StepUp.EXPORTS)(_grant)
    own = post("/address", families(ISSUE), step_up=StepUp.ADDRESS)(_grant)
    closed = {
        (name, kind)
        for name, operation in {"ordinary": ordinary, "agents": agents_only, "both": both, "own": own}.items()
        for kind in ActorKind
        if operation.is_closed_to(kind, frozenset({"invoices"}))
    }
    assert closed == {
        ("agents", ActorKind.AGENT),
        ("both", ActorKind.AGENT),
        ("both", ActorKind.PARENT),
        ("both", ActorKind.DELEGATE),
        ("own", ActorKind.PARENT),
        ("own", ActorKind.DELEGATE),
    }
    assert not both.is_closed_to(ActorKind.AGENT, frozenset({"exports"}))


@given(st.text(max_size=40) | st.sampled_from(["..", ".", "../bookings/1/cancellation?x=", "a%2f..", "\r\n"]))
def test_whatever_an_id_holds_it_stays_one_segment_of_the_path(door_id: str) -> None:
    """An id such as `../bookings/1/cancellation?x=` never leads to another operation."""
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
