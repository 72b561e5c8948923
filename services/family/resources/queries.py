"""The resources of a household as its adults and agents read them, what waits for an agent, and who pays the highest price for want of a quotient."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.clock import civil_day
from chassis.data.database import Database, Queries, Row, Transaction
from chassis.data.paging import page_of, read_cursor, text_key
from chassis.refusal import NotFound
from contracts.family import resources as answers
from contracts.family.resource_words import ResourcesState
from contracts.http import Page
from contracts.types import ActorKind

from ..access import HOUSEHOLD
from ..documents.domain import kind_of
from ..documents.queries import BEFORE_ALL
from ..households.queries import household_id_for
from ..quotients.commands import entry_of, value_of
from ..quotients.domain import KeptEntry, cuts, is_there, spans, with_quotient
from ..quotients.store import awaited_since, load_entries, load_quotients
from ..settings import FamilyRules
from . import store
from .domain import proposed_start, standing

DECLARATIONS_SHOWN: Final = 20

FILE_SQL = """
select h.reference, (
    select count(*) from household_members m join children c on c.child_id = m.person_id
    where m.household_id = h.household_id and m.kind = 'child' and m.during @> $2::date and c.birth_on > ($2::date - interval '20 years')::date) as child_count
from households h where h.household_id = $1 and h.legal_name is null
"""


async def resources_of(
    db: Queries, actor: Actor, rules: FamilyRules, household_id: UUID, today: date
) -> answers.Resources:
    """The resources of a household that the actor reaches. Raises NotFound: an organization has none."""
    file = await db.fetchrow(FILE_SQL, household_id, today)
    if file is None:
        raise NotFound
    policy = rules.policy.resources
    history, since = await load_quotients(db, household_id), await awaited_since(db, household_id)
    stands = standing(history, today, is_awaited=since is not None, notice_days=policy.notice_days)
    last_days = {span.quotient.effective_on: span.last_on for span in spans(history)}
    return answers.Resources(
        household_id=household_id,
        reference=file["reference"],
        state=stands.state,
        quotient=stands.quotient,
        last_on=stands.last_on,
        ended_on=stands.ended_on,
        is_top_price=stands.is_top_price,
        child_count=file["child_count"],
        known=tuple(_known(actor, kept, last_days) for kept in await load_entries(db, household_id)),
        declarations=await _answered(
            db, rules, await db.fetch(OF_HOUSEHOLD_SQL, household_id, DECLARATIONS_SHOWN), today
        ),
        formula=policy.tax_formula,
        notice_days=policy.notice_days,
        renewed_by=policy.renewed_by,
        proof_kinds={source: kind_of(rules.policy.documents, code) for source, code in policy.proofs.items()},
    )


def _known(actor: Actor, kept: KeptEntry, last_days: Mapping[date, date | None]) -> answers.KnownQuotient:
    entry, basis = kept.entry, kept.entry.basis
    counts = kept.replaced_at is None
    return answers.KnownQuotient(
        quotient=entry.quotient,
        last_on=last_days[entry.quotient.effective_on] if counts else None,
        way=entry.way,
        month=basis.month,
        income_cents=basis.income_cents,
        child_count=basis.child_count,
        provider=basis.provider,
        document_id=entry.document_id,
        recorded_at=kept.recorded_at,
        recorded_by=kept.recorded_by if actor.kind is ActorKind.AGENT else None,
        replaced_at=kept.replaced_at,
    )


async def own_resources(db: Database, actor: Actor, rules: FamilyRules, household_id: UUID | None) -> answers.Resources:
    """The resources of the household of the adult who asks. Raises NotFound, HouseholdAmbiguous."""
    actor.require_guardian()
    today = await db.today()
    return await resources_of(db, actor, rules, await household_id_for(db, actor, household_id, today), today)


async def read_resources(db: Database, actor: Actor, rules: FamilyRules, household_id: UUID) -> answers.Resources:
    """The resources of a household, for agents. Raises NotFound."""
    return await resources_of(db, actor, rules, household_id, await db.today())


async def preview_quotient(
    db: Database, rules: FamilyRules, household_id: UUID, request: answers.ResourcesEntry
) -> answers.QuotientPreview:
    """What an entry would change. Raises NotFound, Invalid."""
    entry = entry_of(rules, request, await db.today())
    if await db.fetchrow(FILE_SQL, household_id, await db.today()) is None:
        raise NotFound
    history = await load_quotients(db, household_id)
    known = [kept.entry for kept in await load_entries(db, household_id) if kept.replaced_at is None]
    after = {span.quotient.effective_on: span.last_on for span in spans(with_quotient(history, entry.quotient))}
    return answers.QuotientPreview(
        quotient=entry.quotient,
        last_on=after[entry.quotient.effective_on],
        cuts=tuple(
            answers.QuotientCut(quotient=cut.quotient, former_last_on=cut.former_last_on, last_on=cut.last_on)
            for cut in cuts(history, entry.quotient)
        ),
        is_known=is_there(tuple(known), entry),
    )


_SELECTED: Final = """
select d.*, coalesce(h.merged_into, h.household_id) as file_id, k.reference, a.first_name || ' ' || a.last_name as declared_by_name
from resource_declarations d
join households h using (household_id)
join households k on k.household_id = coalesce(h.merged_into, h.household_id)
left join adults a on a.adult_id = d.declared_by
"""

OF_HOUSEHOLD_SQL = f"""{_SELECTED}
where coalesce(h.merged_into, h.household_id) = $1 order by d.declared_at desc limit $2
"""

ONE_SQL = reaching(
    f"{_SELECTED} where d.declaration_id = $4 and {{is_reached}}", is_reached=HOUSEHOLD.of("k.household_id")
)

WAITING_SQL = f"""{_SELECTED}
where d.status = 'waiting' and (d.declared_at, d.declaration_id) > ($1::timestamptz, $2::uuid) order by d.declared_at, d.declaration_id limit $3
"""


async def _answered(
    db: Queries, rules: FamilyRules, rows: Sequence[Row], today: date
) -> tuple[answers.Declaration, ...]:
    """Declarations as they are answered, without those whose key is gone."""
    declarations = []
    for row in rows:
        declaration = await store.declaration_of(db, row)
        if declaration is None:
            continue
        claim, history = declaration.claim, await load_quotients(db, row["file_id"])
        computed = value_of(rules, claim)
        declarations.append(
            answers.Declaration(
                declaration_id=declaration.declaration_id,
                household_id=row["file_id"],
                reference=row["reference"],
                status=declaration.status,
                value_cents=claim.value_cents,
                income_cents=claim.income_cents,
                child_count=claim.child_count,
                source=claim.source,
                month=claim.month,
                document_id=declaration.document_id,
                declared_at=declaration.declared_at,
                declared_by=row["declared_by_name"] or "",
                decided_at=declaration.decided_at,
                reason=claim.reason,
                words=claim.words,
                proposed_on=proposed_start(history, today),
                computed_cents=computed if isinstance(computed, int) else None,
            )
        )
    return tuple(declarations)


async def read_declaration(
    db: Database | Transaction, actor: Actor, rules: FamilyRules, declaration_id: UUID
) -> answers.Declaration:
    """A declaration of a household that the actor reaches. Raises NotFound."""
    today = await db.today()
    rows = await db.fetch(ONE_SQL, *reach_of(actor, today), declaration_id)
    if not (declarations := await _answered(db, rules, rows, today)):
        raise NotFound
    return declarations[0]


async def household_of(db: Database | Transaction, actor: Actor, declaration_id: UUID) -> UUID:
    """The household of a declaration that the actor reaches, by the file that it stands in by now. Raises NotFound."""
    row = await db.fetchrow(ONE_SQL, *reach_of(actor, await db.today()), declaration_id)
    if row is None:
        raise NotFound
    household_id: UUID = row["file_id"]
    return household_id


async def list_declarations(
    db: Database, rules: FamilyRules, cursor: str | None, limit: int
) -> Page[answers.Declaration]:
    """What waits for an agent, the oldest first. Raises Invalid."""
    start: list[Any] = [BEFORE_ALL, UUID(int=0)]
    after = read_cursor(cursor, datetime.fromisoformat, UUID) if cursor else start
    rows = await db.fetch(WAITING_SQL, *after, limit + 1)
    declarations = await _answered(db, rules, rows, await db.today())
    return page_of(declarations, lambda item: (item.declared_at, item.declaration_id), limit)


# `last`: the quotient that started last, whether it counts still or not.
WITHOUT_SQL = """
select h.household_id, h.reference, coalesce(p.first_name || ' ' || p.last_name, '') as payer_name, last.ends_on as ended_on, d.declared_at,
       (select count(*) from household_members m where m.household_id = h.household_id and m.kind = 'child' and m.during @> $1::date) as child_count,
       exists (select from household_enrollments e where e.household_id = h.household_id and e.ends_on >= $1) as is_enrolled
from households h
left join adults p on p.adult_id = h.payer_adult_id
left join lateral (
    select q.ends_on from quotients q where q.household_id = h.household_id and q.replaced_at is null and q.effective_on <= $1
    order by q.effective_on desc limit 1) last on true
left join lateral (
    select min(w.declared_at) as declared_at from resource_declarations w join households own on own.household_id = w.household_id
    where w.status = 'waiting' and coalesce(own.merged_into, own.household_id) = h.household_id) d on true
where h.archived_on is null and h.merged_into is null and h.legal_name is null and h.reference > $2
  and exists (select from household_members m where m.household_id = h.household_id and m.kind = 'child' and m.during @> $1::date)
  and not exists (
    select from (
        select q.ends_on from quotients q where q.household_id = h.household_id and q.replaced_at is null and q.effective_on <= $1
        order by q.effective_on desc limit 1) counting where counting.ends_on is null or counting.ends_on >= $1)
order by h.reference limit $3
"""


async def households_without(db: Database, cursor: str | None, limit: int) -> Page[answers.HouseholdWithoutResources]:
    """Families of which no quotient counts today, by reference. Raises Invalid."""
    after = read_cursor(cursor, text_key)[0] if cursor else ""
    rows = await db.fetch(WITHOUT_SQL, await db.today(), after, limit + 1)
    items = [
        answers.HouseholdWithoutResources(
            household_id=row["household_id"],
            reference=row["reference"],
            payer_name=row["payer_name"],
            child_count=row["child_count"],
            state=_state_of(row),
            ended_on=row["ended_on"],
            declared_on=civil_day(row["declared_at"], db.zone) if row["declared_at"] else None,
            is_enrolled=row["is_enrolled"],
        )
        for row in rows
    ]
    return page_of(items, lambda item: (item.reference,), limit)


def _state_of(row: Row) -> ResourcesState:
    if row["declared_at"]:
        return ResourcesState.WAITING
    return ResourcesState.ENDED if row["ended_on"] else ResourcesState.UNKNOWN
