"""What waits for an agent in the files of households: a branch for each kind, and what became of it once it is settled.

A kind is shown to whoever may read its own list, and to the same reach. What another part of this service has agents decide is one branch more here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Row
from chassis.data.waiting import (
    Desk,
    WaitingAsked,
    count_items,
    count_statement,
    find_item,
    item_of,
    item_statement,
    list_items,
    list_statement,
)
from chassis.refusal import NotFound
from contracts.family.permissions import FamilyPermission
from contracts.http import Page
from contracts.queue import Settled, WaitingCount, WaitingItem, WaitingKind
from contracts.types import ActorKind, Permission

from ..access import CHILD, DOCUMENT, HOUSEHOLD, REQUEST
from ..documents.domain import kind_of
from ..procedures.store import said_by
from ..settings import FamilyRules

READ_BY: Final[Mapping[WaitingKind, Permission]] = {
    WaitingKind.DOCUMENT: FamilyPermission.READ_DOCUMENTS,
    WaitingKind.CHANGE: FamilyPermission.KEEP_HOUSEHOLDS,
    WaitingKind.DEROGATION: FamilyPermission.RECORD_DEROGATIONS,
    WaitingKind.REGISTRATION: FamilyPermission.OPEN_HOUSEHOLDS,
    WaitingKind.PROTECTION: FamilyPermission.PROTECT_ADDRESSES,
    WaitingKind.BIRTH: FamilyPermission.KEEP_HOUSEHOLDS,
    WaitingKind.REOPENING: FamilyPermission.KEEP_HOUSEHOLDS,
    WaitingKind.REQUEST: FamilyPermission.READ_REQUESTS,
    WaitingKind.DECLARATION: FamilyPermission.CHANGE_QUOTIENTS,
}
DECIDED_BY: Final = {
    **READ_BY,
    WaitingKind.DOCUMENT: FamilyPermission.DECIDE_DOCUMENTS,
    WaitingKind.DEROGATION: FamilyPermission.DECIDE_DEROGATIONS,
    WaitingKind.REQUEST: FamilyPermission.DECIDE_REQUESTS,
}

_DOCUMENTS: Final = f"""
select 'document' as kind, f.document_id as item_id, f.kind as label,
       coalesce(c.first_name || ' ' || c.last_name, a.first_name || ' ' || a.last_name, '') as name,
       f.file_id as household_id, h.reference, null::text as site_code, f.sent_at as since
from filed_documents f
join households h on h.household_id = f.file_id
left join children c on c.child_id = f.subject_id
left join adults a on a.adult_id = coalesce(f.subject_id, f.created_by)
where 'document' = any($4::text[]) and f.status = 'sent' and {DOCUMENT.of("f.document_id")}
"""  # noqa: S608 - it is put together from constants alone
_CHANGES: Final = """
select 'change', p.change_id, p.kind,
       coalesce(c.first_name || ' ' || c.last_name, a.first_name || ' ' || a.last_name, o.first_name || ' ' || o.last_name),
       p.household_id, h.reference, null, p.asked_at
from person_changes p
join households h on h.household_id = p.household_id
join adults o on o.adult_id = p.asked_by
left join children c on c.child_id = p.subject_id
left join adults a on a.adult_id = p.subject_id
where 'change' = any($4::text[]) and p.status = 'waiting'
"""
_DEROGATIONS: Final = f"""
select 'derogation', d.derogation_id, d.school, c.first_name || ' ' || c.last_name, m.household_id, coalesce(h.reference, ''), d.school,
       d.asked_on::timestamp at time zone $6
from derogations d
join children c on c.child_id = d.child_id
left join lateral (
    select m.household_id from household_members m
    where m.person_id = d.child_id and m.kind = 'child' and m.during @> $3::date order by m.household_id limit 1) m on true
left join households h on h.household_id = m.household_id
where 'derogation' = any($4::text[]) and d.status = 'waiting' and {CHILD.of("d.child_id")}
"""  # noqa: S608 - it is put together from constants alone
_REGISTRATIONS: Final = """
select 'registration', r.registration_id, coalesce(r.request ->> 'kind', 'individual'),
       coalesce(r.request #>> '{guardian,first_name}', '') || ' ' || coalesce(r.request #>> '{guardian,last_name}', ''),
       null::uuid, '', null, r.requested_at
from registrations r
where 'registration' = any($4::text[]) and r.status = 'waiting' and r.answered_at is not null
"""
_PROTECTIONS: Final = """
select 'protection', p.request_id, '', a.first_name || ' ' || a.last_name, k.household_id, k.reference, null, p.asked_at
from protection_requests p
join households h on h.household_id = p.household_id
join households k on k.household_id = coalesce(h.merged_into, h.household_id)
join adults a on a.adult_id = p.asked_by
where 'protection' = any($4::text[]) and p.settled_at is null
"""
_BIRTHS: Final = """
select 'birth', c.child_id, '', c.first_name || ' ' || c.last_name, h.household_id, h.reference, null,
       c.birth_on::timestamp at time zone $6
from children c
cross join lateral (
    select m.household_id from household_members m
    where m.person_id = c.child_id and m.kind = 'child' and not m.during << daterange($3::date, $3::date, '[]')
    order by m.during, m.household_id limit 1) m
join households h on h.household_id = m.household_id
where 'birth' = any($4::text[]) and c.is_expected and c.birth_on <= $3::date
"""
_REOPENINGS: Final = """
select 'reopening', r.household_id, '', a.first_name || ' ' || a.last_name, h.household_id, h.reference, null, r.asked_at
from household_archives r
join households h on h.household_id = r.household_id
join adults a on a.adult_id = r.asked_by
where 'reopening' = any($4::text[]) and r.asked_at is not null
"""
_REQUESTS: Final = f"""
select 'request', f.request_id, f.code,
       coalesce(c.first_name || ' ' || c.last_name, a.first_name || ' ' || a.last_name, ''), f.file_id, h.reference, null, f.sent_at
from filed_requests f
join households h on h.household_id = f.file_id
left join children c on c.child_id = f.subject_id
left join adults a on a.adult_id = coalesce(f.subject_id, f.asked_by)
where 'request' = any($4::text[]) and f.status in ('sent', 'under_review') and {REQUEST.of("f.request_id")}
"""  # noqa: S608 - it is put together from constants alone
_DECLARATIONS: Final = f"""
select 'declaration', d.declaration_id, '', coalesce(a.first_name || ' ' || a.last_name, ''), k.household_id, k.reference, null, d.declared_at
from resource_declarations d
join households h on h.household_id = d.household_id
join households k on k.household_id = coalesce(h.merged_into, h.household_id)
left join adults a on a.adult_id = d.declared_by
where 'declaration' = any($4::text[]) and d.status = 'waiting' and {HOUSEHOLD.of("k.household_id")}
"""  # noqa: S608 - it is put together from constants alone
BRANCHES: Final = (
    *(_DOCUMENTS, _CHANGES, _DEROGATIONS, _REGISTRATIONS, _PROTECTIONS, _BIRTHS, _REOPENINGS),
    *(_REQUESTS, _DECLARATIONS),
)

LIST_WAITING_SQL = list_statement(*BRANCHES)
COUNT_WAITING_SQL = count_statement(*BRANCHES)
WAITING_ITEM_SQL = item_statement(*BRANCHES)


def kinds_read_by(actor: Actor) -> frozenset[WaitingKind]:
    """What an actor may see of what waits."""
    return _allowed(actor, READ_BY)


def _allowed(actor: Actor, permissions: Mapping[WaitingKind, Permission]) -> frozenset[WaitingKind]:
    if actor.kind is ActorKind.SYSTEM:
        return frozenset(permissions)
    return frozenset(kind for kind, permission in permissions.items() if permission in actor.permissions)


def _desk(actor: Actor, rules: FamilyRules) -> Desk:
    return Desk(rules.answer_days, _allowed(actor, DECIDED_BY))


async def list_waiting(db: Database, actor: Actor, rules: FamilyRules, asked: WaitingAsked) -> Page[WaitingItem]:
    """What waits and the actor may see, the oldest first. Raises Invalid."""
    seen = replace(asked, kinds=kinds_read_by(actor) & set(asked.kinds))
    page = await list_items(db, actor, LIST_WAITING_SQL, _desk(actor, rules), seen)
    return page.model_copy(update={"items": await _labelled(db, rules, page.items)})


async def count_waiting(db: Database, actor: Actor, rules: FamilyRules, asked: WaitingAsked) -> Page[WaitingCount]:
    """How many of each kind wait."""
    seen = replace(asked, kinds=kinds_read_by(actor))
    return await count_items(db, actor, COUNT_WAITING_SQL, _desk(actor, rules), seen)


# What is settled, as an agent may know who was faster. Of a birth and of a file that is used again nothing is kept but that.
SETTLED_SQL = reaching(
    """
select d.kind as label, d.document_id as item_id, d.household_id, d.status as outcome, d.decided_by, d.decided_at, d.sent_at as since from documents d
where $4::text = 'document' and d.document_id = $5::uuid and d.decided_at is not null and {is_document}
union all
select p.kind, p.change_id, p.household_id, p.status, p.decided_by, p.decided_at, p.asked_at from person_changes p
where $4 = 'change' and p.change_id = $5 and p.decided_at is not null
union all
select d.school, d.derogation_id, null, d.status, d.decided_by, d.decided_at, d.recorded_at from derogations d
where $4 = 'derogation' and d.derogation_id = $5 and d.decided_at is not null and {is_child}
union all
select coalesce(r.request ->> 'kind', 'individual'), r.registration_id, r.household_id, r.status, r.decided_by, r.decided_at, r.requested_at
from registrations r where $4 = 'registration' and r.registration_id = $5 and r.decided_at is not null and r.answered_at is not null
union all
select '', p.request_id, p.household_id, 'settled', p.settled_by, p.settled_at, p.asked_at from protection_requests p
where $4 = 'protection' and p.request_id = $5 and p.settled_at is not null
union all
select f.code, f.request_id, f.file_id, f.status, f.decided_by, coalesce(f.decided_at, f.changed_at), f.sent_at from filed_requests f
where $4 = 'request' and f.request_id = $5 and f.status in ('more_asked', 'accepted', 'refused', 'withdrawn') and {is_request}
union all
select '', d.declaration_id, h.household_id, d.status, d.decided_by, d.decided_at, d.declared_at
from resource_declarations d join households h using (household_id)
where $4 = 'declaration' and d.declaration_id = $5 and d.decided_at is not null and {is_household}
""",
    is_request=REQUEST.of("f.request_id"),
    is_household=HOUSEHOLD.of("h.household_id"),
    is_document=DOCUMENT.of("d.document_id"),
    is_child=CHILD.of("d.child_id"),
)


async def read_waiting(db: Database, actor: Actor, rules: FamilyRules, kind: WaitingKind, item_id: UUID) -> WaitingItem:
    """Something that waits, or what became of it. Raises NotFound."""
    if kind not in kinds_read_by(actor):
        raise NotFound
    row = await find_item(db, actor, WAITING_ITEM_SQL, [kind], item_id)
    if row is not None:
        return await _labelled_one(db, rules, item_of(row, _desk(actor, rules), db.zone))
    row = await db.fetchrow(SETTLED_SQL, *reach_of(actor, await db.today()), kind, item_id)
    if row is None:
        raise NotFound
    settled = Settled(outcome=row["outcome"], decided_by=row["decided_by"], decided_at=row["decided_at"])
    known = {**row, "kind": kind, "name": "", "reference": "", "site_code": None, "owner_id": None}
    return await _labelled_one(db, rules, item_of(known, _desk(actor, rules), db.zone, settled))


PROMISED_SQL = """
select r.request_id, r.due_on, v.text
from requests r join procedure_versions v on v.code = r.code and v.version = r.version where r.request_id = any($1::uuid[])
"""


async def _labelled(db: Database, rules: FamilyRules, items: Iterable[WaitingItem]) -> tuple[WaitingItem, ...]:
    """Documents by the name that the town has for their kind, requests by their procedure, and until when each of these was promised."""
    items = tuple(items)
    asked = [item.item_id for item in items if item.kind is WaitingKind.REQUEST]
    promised = {row["request_id"]: row for row in await db.fetch(PROMISED_SQL, asked)} if asked else {}
    return tuple(_named(item, rules, promised.get(item.item_id)) for item in items)


async def _labelled_one(db: Database, rules: FamilyRules, item: WaitingItem) -> WaitingItem:
    (labelled,) = await _labelled(db, rules, (item,))
    return labelled


def _named(item: WaitingItem, rules: FamilyRules, promised: Row | None) -> WaitingItem:
    if item.kind is WaitingKind.DOCUMENT:
        return item.model_copy(update={"label": kind_of(rules.policy.documents, item.label).label})
    if promised is None:
        return item
    due_on = promised["due_on"] or item.due_on
    return item.model_copy(update={"label": said_by(promised["text"]).label, "due_on": due_on})
