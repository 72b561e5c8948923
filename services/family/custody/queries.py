"""Who answers for a child and where the child lives, as an agent sees it."""

from typing import Final
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Queries
from chassis.refusal import NotFound
from contracts.family.api import read_custody
from contracts.family.models import ChildFile, ChildResidence, ChildResponsibility
from contracts.history import HistoryEntry
from contracts.http import Page
from contracts.types import ActorKind

from ..people.store import load_children
from .store import load_custody

CUSTODY_ACTS: Final = frozenset({"responsibility_changed", "responsibility_ended", "residence_changed"})


def as_far_as_open(actor: Actor, page: Page[HistoryEntry]) -> Page[HistoryEntry]:
    """A history whose acts about custody say what they changed, the evidence with it, only to agents who may read custody; that
    they were done, to every agent."""
    if actor.kind is not ActorKind.AGENT or read_custody.access.allows(actor.kind, actor.permissions):
        return page
    items = tuple(
        entry.model_copy(update={"before": None, "after": None}) if entry.action in CUSTODY_ACTS else entry
        for entry in page.items
    )
    return Page(items=items, next_cursor=page.next_cursor)


ADULT_NAMES_SQL = """
select adult_id, first_name || ' ' || last_name as name from adults where adult_id = any($1::uuid[])
"""


async def child_file(db: Queries, child_id: UUID) -> ChildFile:
    """A child's custody. Raises NotFound."""
    child = (await load_children(db, [child_id])).get(child_id)
    if child is None:
        raise NotFound
    custody = await load_custody(db, child)
    ties = custody.in_order()
    rows = await db.fetch(ADULT_NAMES_SQL, [tie.adult_id for tie, _ in ties])
    names = {row["adult_id"]: row["name"] for row in rows}
    return ChildFile(
        child_id=child.child_id,
        first_name=child.first_name,
        last_name=child.last_name,
        birth_on=child.birth_on,
        responsibilities=tuple(
            ChildResponsibility(
                adult_id=tie.adult_id,
                adult_name=names[tie.adult_id],
                role=tie.role,
                authority=item.value.authority,
                evidence=item.value.evidence,
                starts_on=item.during.first,
                ends_on=item.during.ends_on,
            )
            for tie, item in ties
        ),
        residences=tuple(
            ChildResidence(
                pattern=item.value.pattern,
                household_ids=item.value.household_ids,
                anchor_on=item.value.anchor_on,
                evidence=item.value.evidence,
                starts_on=item.during.first,
                ends_on=item.during.ends_on,
            )
            for item in custody.homes
        ),
    )
