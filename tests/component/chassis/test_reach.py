"""Reach: one condition checks an id, filters a list and counts, and what it leaves out is not there for anybody who may not."""

from datetime import date
from typing import cast
from uuid import UUID, uuid4

import pytest

from chassis.access import AT_SITE, Reach, reach_of, reaching, sites_of
from chassis.actor import Actor
from chassis.data.database import Database
from chassis.refusal import Forbidden
from contracts.types import ActorKind

TODAY = date(2026, 9, 1)
pytestmark = pytest.mark.anyio

GUARDIAN, OTHER = UUID(int=1), UUID(int=2)
PARENT = Actor(GUARDIAN, ActorKind.PARENT, guardian_id=GUARDIAN)
OWN = Reach("actor.guardian_id is null or {id} = actor.guardian_id")
SITES = "(values ('centre'), ('plateau')) s(code)"
LIST = reaching(f" select s.code from {SITES} where {{is_reached}} order by 1", is_reached=AT_SITE.of("s.code"))
COUNT = reaching(f" select count(*) from {SITES} where {{is_reached}}", is_reached=AT_SITE.of("s.code"))
CHECK = reaching(" select {is_reached}", is_reached=AT_SITE.of("$4::text"))
CHECK_OWN = reaching(" select {is_reached}", is_reached=OWN.of("$4::uuid"))


def agent(*sites: str, is_everywhere: bool = False) -> Actor:
    """An agent of some sites, or of every one."""
    return Actor(uuid4(), ActorKind.AGENT, sites=None if is_everywhere else frozenset(sites))


@pytest.mark.parametrize(
    ("actor", "reached"),
    [
        (agent("plateau"), ["plateau"]),
        (agent("plateau", "centre"), ["centre", "plateau"]),
        (agent("elsewhere"), []),
        (agent(), []),
        (agent(is_everywhere=True), ["centre", "plateau"]),
        (Actor(UUID(int=0), ActorKind.SYSTEM), ["centre", "plateau"]),
    ],
)
async def test_one_rule_lists_counts_and_checks(db: Database, actor: Actor, reached: list[str]) -> None:
    parameters = reach_of(actor, TODAY)
    assert [row["code"] for row in await db.fetch(LIST, *parameters)] == reached
    assert await db.fetchval(COUNT, *parameters) == len(reached)
    for code in ("centre", "plateau"):
        assert await db.fetchval(CHECK, *parameters, code) is (code in reached)


async def test_a_guardian_reaches_their_own_and_an_agent_is_not_bound(db: Database) -> None:
    assert await db.fetchval(CHECK_OWN, *reach_of(PARENT, TODAY), GUARDIAN) is True
    assert await db.fetchval(CHECK_OWN, *reach_of(PARENT, TODAY), OTHER) is False
    assert await db.fetchval(CHECK_OWN, *reach_of(agent(), TODAY), OTHER) is True


def test_a_family_is_bound_by_its_household_and_the_day_is_handed_on() -> None:
    assert reach_of(PARENT, TODAY) == (GUARDIAN, None, TODAY)
    with pytest.raises(Forbidden):
        reach_of(Actor(uuid4(), ActorKind.PARENT), TODAY)


def test_a_kind_of_actor_that_no_rule_knows_reaches_nothing() -> None:
    """A kind that is added later is not taken for somebody who acts everywhere."""
    unknown = Actor(uuid4(), cast(ActorKind, "partner"))
    for read in (sites_of, lambda actor: reach_of(actor, TODAY)):
        with pytest.raises(AssertionError):
            read(unknown)


@pytest.mark.parametrize("column", ["household_id", "g.household_id or true", "$4", "1"])
def test_a_bare_name_is_refused_for_it_would_be_compared_with_itself(column: str) -> None:
    with pytest.raises(ValueError, match="name the table too"):
        OWN.of(column)


async def test_a_bare_name_would_let_everything_through(db: Database) -> None:
    rule = "exists (select from (values ($1::int)) g(household_id) where g.household_id = {id})"
    statement = "select count(*) from (values (1), (2)) h(household_id) where " + rule
    assert await db.fetchval(statement.format(id="h.household_id"), 1) == 1
    assert await db.fetchval(statement.format(id="household_id"), 1) == 2
