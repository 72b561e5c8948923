"""What an actor may do, and which ids they may touch: the two halves of every check.

`allows` is pure: permission and site. A `Reach` is a condition in SQL on an id (row-level security by query): the same one checks one
id under a lock, filters a list and counts, so that what somebody may not touch is not there for them anywhere. The rules of a
service stand in its `access.py`; each statement that uses one is made by `reaching`, and is given `reach_of(actor, today)` first.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, assert_never
from uuid import UUID

from chassis.actor import Actor
from chassis.refusal import Forbidden, HouseholdAmbiguous, NotFound
from contracts.types import ActorKind

WITH_ACTOR: Final = "with actor as (select $1::uuid as guardian_id, $2::text[] as sites, $3::date as today)"
"""What a statement with a reach begins with, its first parameters being a guardian (null for who acts for no household), sites (null for every one), and the
town's day, for what counts from a day on."""


QUALIFIED: Final = re.compile(r"[a-z_]+\.[a-z_]+|\$[0-9]+::[a-z]+")


@dataclass(frozen=True, slots=True)
class Reach:
    """A rule: a condition on `{id}` and on the one row of `actor`."""

    rule: str

    def of(self, column: str) -> str:
        """The condition on a column of a table that has an alias, or on a parameter.

        Raises:
            ValueError: a bare name, which the rule's own tables may have too: it would be compared with itself.
        """
        if not QUALIFIED.fullmatch(column):
            raise ValueError(f"{column}: name the table too, as in i.household_id")
        return f"exists (select from actor where {self.rule.format(id=column)})"


def reaching(text: str, **conditions: str) -> str:
    """A statement that knows its actor, with conditions in the places that it names: `where c.id = $4 and {is_reached}`."""
    return f"{WITH_ACTOR}{text.format(**conditions)}"


AT_SITE: Final = Reach("actor.sites is null or {id} = any(actor.sites)")
"""Of the code of a site: where an agent works."""


def reach_of(actor: Actor, today: date) -> tuple[UUID | None, list[str] | None, date]:
    """The first parameters of a statement that `reaching` made. A family is bound by its household alone, the town's own
    tools by nothing.
    """
    match actor.kind:
        case ActorKind.PARENT:
            return actor.require_guardian(), None, today
        case ActorKind.AGENT | ActorKind.SYSTEM:
            return None, sites_of(actor), today
        case ActorKind.DELEGATE:
            raise Forbidden
        case _:
            assert_never(actor.kind)


def household_among(homes: Mapping[UUID, str], named: UUID | None = None) -> UUID:
    """The household that a request is about: the one named, the only one by default. `homes` are those that the actor reaches for it,
    with their references.

    Raises:
        NotFound: the one named is none of these, or there is none.
        HouseholdAmbiguous: there are several, and none was named.
    """
    if not homes or (named and named not in homes):
        raise NotFound
    if named is None and len(homes) > 1:
        raise HouseholdAmbiguous.between(homes)
    return named or next(iter(homes))


def sites_of(actor: Actor) -> list[str] | None:
    """The sites that bind an actor; None for a family, for who works everywhere and for the town's own tools. Whoever only helps has none."""
    match actor.kind:
        case ActorKind.AGENT:
            return None if actor.sites is None else sorted(actor.sites)
        case ActorKind.PARENT | ActorKind.SYSTEM:
            return None
        case ActorKind.DELEGATE:
            return []
        case _:
            assert_never(actor.kind)


def require_every_site(actor: Actor) -> None:
    """What is the whole town's, such as its sites, schools and activities, is for somebody who works everywhere.

    Raises:
        Forbidden: this agent works at some sites alone.
    """
    if sites_of(actor) is not None:
        raise Forbidden
