"""What agents and guardians read of household files."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from chassis.access import household_among, reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Queries
from chassis.data.history import without_words_on
from chassis.documents import shelf
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.family.models import Household, HouseholdReference
from contracts.history import HistoryEntry
from contracts.http import Page
from contracts.types import ActorKind

from ..access import DOCUMENT, HOUSEHOLD, REQUEST

READ_HOUSEHOLD_SQL = """
select h.household_id, h.reference, h.created_at, h.kind, h.archived_on,
       case when h.legal_name is not null
            then jsonb_build_object('legal_name', h.legal_name, 'siret', h.siret, 'rna', h.rna) end as organization,
       case when h.address_lines is not null
            then jsonb_build_object('lines', h.address_lines, 'postal_code', h.postal_code, 'city', h.city, 'country', h.country) end as address,
       (select jsonb_agg(jsonb_build_object(
            'adult_id', a.adult_id, 'civility', a.civility, 'first_name', a.first_name, 'last_name', a.last_name,
            'email', a.email, 'phone', a.phone, 'is_invited', a.is_invited, 'revision', a.revision,
            'is_email_confirmed', a.is_email_confirmed,
            'is_representative', exists (
                select from responsibilities r join household_members c on c.person_id = r.child_id and c.during @> $2::date
                where r.adult_id = a.adult_id and c.household_id = h.household_id and r.role in ('guardian', 'caretaker')
                  and r.authority <> 'none' and r.during @> $2::date),
            'starts_on', lower(m.during), 'ends_on', upper(m.during) - 1
        ) order by m.position, m.during)
        from shown_members m join adults a on a.adult_id = m.person_id
        where m.household_id = h.household_id and not m.during << daterange($2, $2, '[]')) as adults,
       (select jsonb_agg(jsonb_build_object(
            'child_id', c.child_id, 'first_name', c.first_name, 'last_name', c.last_name, 'birth_on', c.birth_on, 'is_expected', c.is_expected,
            'starts_on', lower(m.during), 'ends_on', upper(m.during) - 1
        ) order by m.position, m.during)
        from shown_members m join children c on c.child_id = m.person_id
        where m.household_id = h.household_id and not m.during << daterange($2, $2, '[]')) as children,
       h.payer_adult_id,
       (select jsonb_build_object('value_cents', q.value_cents, 'effective_on', q.effective_on, 'source', q.source, 'ends_on', q.ends_on)
        from (
            select * from quotients
            where household_id = h.household_id and replaced_at is null and effective_on <= $2 order by effective_on desc limit 1) as q
        where q.ends_on is null or q.ends_on >= $2) as quotient,
       (select jsonb_build_object('household_id', k.household_id, 'reference', k.reference)
        from households k where k.household_id = h.merged_into) as merged_into,
       (select jsonb_agg(jsonb_build_object('household_id', f.household_id, 'reference', f.reference) order by f.reference)
        from households f where f.merged_into = h.household_id) as merged_files
from households h where h.household_id = $1
"""


async def read_household(db: Queries, household_id: UUID, today: date) -> Household:
    """A household with who belongs to it today or will, and the quotient that counts today; of one that is put aside, who did until then. Raises NotFound."""
    row = await db.fetchrow(READ_HOUSEHOLD_SQL, household_id, today)
    if row is None:
        raise NotFound
    fields = dict(row)
    lists = {name: fields[name] or () for name in ("adults", "children", "merged_files")}
    return Household.model_validate({**fields, **lists})


IS_PROTECTED_SQL = "select address_lines is null from households where household_id = $1"


async def without_hidden(
    db: Queries, household_id: UUID, page: Page[HistoryEntry], hidden: frozenset[str]
) -> Page[HistoryEntry]:
    """The history of a household without what the town hides from whoever reads it, and, while its address is protected, without any that it had before."""
    if await db.fetchval(IS_PROTECTED_SQL, household_id):
        hidden |= {"address"}
    if not hidden:
        return page
    return Page(items=tuple(_blank(entry, hidden) for entry in page.items), next_cursor=page.next_cursor)


def _blank(entry: HistoryEntry, hidden: frozenset[str]) -> HistoryEntry:
    def blank(values: dict[str, Any] | None) -> dict[str, Any] | None:
        return {name: None if name in hidden else value for name, value in values.items()} if values else values

    return entry.model_copy(update={"before": blank(entry.before), "after": blank(entry.after)})


OWN_HOUSEHOLDS_SQL = """
select h.household_id, h.reference, h.kind, coalesce(h.legal_name, p.first_name || ' ' || p.last_name, '') as payer_name
from household_members m
join households h on h.household_id = m.household_id
left join adults p on p.adult_id = h.payer_adult_id
where m.person_id = $1 and m.kind = 'adult' and m.during @> $2::date
order by h.reference
"""


async def own_households(db: Queries, actor: Actor, today: date) -> list[HouseholdReference]:
    """The households that the adult who asks belongs to today."""
    rows = await db.fetch(OWN_HOUSEHOLDS_SQL, actor.require_guardian(), today)
    return [HouseholdReference.model_validate(dict(row)) for row in rows]


# A guardian without authority has lost it by a decision; who has the child in care all the same knows of it.
KEPT_FROM_SQL = """
select r.child_id from responsibilities r
where r.adult_id = $1 and r.during @> $2::date
  and r.role in ('guardian', 'caretaker', 'forbidden_pickup')
group by r.child_id having bool_and(r.authority = 'none' or r.role = 'forbidden_pickup') and bool_or(r.role = 'guardian')
"""


async def kept_from(db: Queries, actor: Actor, today: date) -> set[UUID]:
    """The children whom a decision keeps from the adult who asks; none from an agent."""
    if actor.guardian_id is None:
        return set()
    return {row["child_id"] for row in await db.fetch(KEPT_FROM_SQL, actor.guardian_id, today)}


PAPER_ACTS: Final = ("document_", "protected_document_", "request_")
"""How the acts begin that are done to documents and requests."""

READ_PAPERS_SQL = reaching(
    """
select d.document_id as paper_id from documents d where d.document_id = any($4::uuid[]) and {is_document_reached}
union all
select r.request_id from requests r where r.request_id = any($4::uuid[]) and {is_request_reached}
""",
    is_document_reached=DOCUMENT.of("d.document_id"),
    is_request_reached=REQUEST.of("r.request_id"),
)


async def as_far_as_read(db: Queries, actor: Actor, history: Page[HistoryEntry], today: date) -> Page[HistoryEntry]:
    """A history in which an act says that it was done, and not what, if it was about a child whom a decision keeps from the adult who reads it, or about
    a paper that they may not read: of one that is gone, only its own adult is told. What an adult did about a paper stays theirs."""
    if actor.guardian_id is None:
        return history
    hidden = await kept_from(db, actor, today)
    others = await shelf.others_of(db, actor, history, hidden)
    of_others = [
        UUID(entry.subject)
        for entry in history.items
        if entry.action.startswith(PAPER_ACTS) and entry.actor_id != actor.guardian_id
    ]
    rows = await db.fetch(READ_PAPERS_SQL, *reach_of(actor, today), of_others)
    unread = set(of_others) - {row["paper_id"] for row in rows}
    pairs = zip(history.items, without_words_on(history, unread).items, strict=True)
    items = tuple(entry if entry.actor_id == actor.guardian_id else blank for entry, blank in pairs)
    return without_words_on(history.model_copy(update={"items": items}), hidden | others)


async def household_for(
    db: Database, actor: Actor, household_id: UUID, hidden_fields: frozenset[str] = frozenset()
) -> Household:
    """A household as its adults and entitled agents see it, for other adults there is none; of a child whom a decision keeps from an adult, nothing. What the town
    hides from whoever asks is not in it."""
    today = await db.today()
    household = await read_household(db, await household_id_for(db, actor, household_id, today), today)
    hidden = await kept_from(db, actor, today)
    shown = tuple(child for child in household.children if child.child_id not in hidden)
    return _without(household.model_copy(update={"children": shown}), hidden_fields)


def _without(household: Household, hidden: frozenset[str]) -> Household:
    """A household without what the town does not show to families of how its adults are reached."""
    if not hidden:
        return household
    blank: dict[str, Any] = dict.fromkeys(hidden & {"email", "phone"})
    return household.model_copy(
        update={
            "hidden_fields": tuple(sorted(hidden)),
            "adults": tuple(adult.model_copy(update=blank) for adult in household.adults),
            "address": None if "address" in hidden else household.address,
        }
    )


REACHES_HOUSEHOLD_SQL = reaching(" select {is_reached}", is_reached=HOUSEHOLD.of("$4::uuid"))


async def household_id_for(db: Queries, actor: Actor, household_id: UUID | None, today: date) -> UUID:
    """The household that a request is about: the one named, or the only one of the adult who asks.

    Raises:
        NotFound: it is not theirs, or they have none.
        HouseholdAmbiguous: they have several and named none.
        Invalid: an agent named none.
    """
    if household_id is not None:
        if not await db.fetchval(REACHES_HOUSEHOLD_SQL, *reach_of(actor, today), household_id):
            raise NotFound
        return household_id
    if actor.kind is not ActorKind.PARENT:
        raise Invalid(FieldRefusal("/household_id", "missing"))
    own = await own_households(db, actor, today)
    return household_among({household.household_id: household.reference for household in own})


async def own_household(
    db: Database, actor: Actor, household_id: UUID | None, hidden_fields: frozenset[str]
) -> Household:
    """A household of the adult who asks: the one named, or the only one. Raises NotFound, HouseholdAmbiguous."""
    actor.require_guardian()
    own_id = household_id or await household_id_for(db, actor, None, await db.today())
    return await household_for(db, actor, own_id, hidden_fields)
