"""Procedures as everybody, families and agents read them."""

from collections.abc import Mapping
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Queries, Row, Transaction
from chassis.refusal import NotFound
from contracts.family.child_events import FieldRule
from contracts.family.procedure_words import Effect, Procedure
from contracts.family.procedures import (
    OwnProcedure,
    OwnProcedures,
    ProcedureSummary,
    ProcedureVersion,
    PublishedProcedure,
)
from contracts.family.request_words import ProcedureName, RequestStatus
from contracts.http import Page

from ..access import FILED, REQUEST
from ..households.queries import household_id_for
from ..requests.domain import best, draftable, path_numbers
from ..settings import FamilyRules
from . import store
from .store import Published

Counting = Mapping[str, Published]
"""The version of each procedure that counts, by code."""


async def counting(db: Queries, rules: FamilyRules) -> Counting:
    """What the town publishes now: what agents published, and else what it began with; in the town's order, what is new last."""
    kept = await store.load_counting(db)
    begun = store.shipped(rules.procedures)
    return {code: kept.get(code) or begun[code] for code in (*begun, *sorted(kept.keys() - begun.keys()))}


def is_shown(procedure: Procedure, actor: Actor, rules: FamilyRules) -> bool:
    """Whether a family may know of a procedure: one of a service with a key is for who entered it."""
    return _is_used(procedure, rules) and (not procedure.service_key or procedure.service_key in actor.services)


def _is_used(procedure: Procedure, rules: FamilyRules) -> bool:
    """Whether the town's rules leave anything to ask: a child joins by a request where it neither joins at once nor by an agent alone."""
    return procedure.effect is not Effect.NEW_CHILD or rules.policy.fields.add_child is FieldRule.REQUEST


async def newer_version(db: Queries, rules: FamilyRules, row: Row) -> Published | None:
    """The version that counts by now of the procedure of a draft, where that is an older one of the same subject."""
    newest = (await counting(db, rules)).get(row["code"])
    is_older = newest is not None and newest.version > row["version"] and bool(newest.procedure.steps)
    return newest if newest and is_older and newest.procedure.subject == row["subject"] else None


async def public_procedures(db: Database, rules: FamilyRules) -> Page[ProcedureSummary]:
    """What everybody may know."""
    known, today = await counting(db, rules), await db.today()
    used = [item.procedure for item in known.values() if _is_used(item.procedure, rules)]
    shown = [item for item in used if not item.service_key]
    return Page(items=tuple(ProcedureSummary(**_summary(item, known), is_open=item.is_open(today)) for item in shown))


def name_before(procedure: Procedure, known: Counting) -> ProcedureName | None:
    """The procedure before another one, by name."""
    before = known.get(procedure.after) if procedure.after else None
    return ProcedureName(code=before.procedure.code, label=before.procedure.label) if before else None


def _summary(procedure: Procedure, known: Counting) -> dict[str, object]:
    return {
        "code": procedure.code,
        "label": procedure.label,
        "summary": procedure.summary,
        "service": procedure.service,
        "delay_days": procedure.delay_days,
        "after": name_before(procedure, known),
        "leads_to": procedure.leads_to,
    }


STATUSES_SQL = reaching(
    f"""
select r.code, array_agg(distinct r.status) as statuses from filed_requests r
where r.file_id = $4 and r.household_id in ({FILED.format(id="$4")}) and ($5::uuid is null or r.subject_id is null or r.subject_id = $5) and {{is_reached}} group by r.code
""",  # noqa: S608 - it is put together from constants alone
    is_reached=REQUEST.of("r.request_id"),
)


async def statuses_of(
    db: Database | Transaction, actor: Actor, household_id: UUID, person_id: UUID | None = None
) -> dict[str, list[RequestStatus]]:
    """How far the requests of a household have come, of the household and of one of its members or all, by procedure."""
    rows = await db.fetch(STATUSES_SQL, *reach_of(actor, await db.today()), household_id, person_id)
    return {row["code"]: [RequestStatus(status) for status in row["statuses"]] for row in rows}


async def own_procedures(db: Database, actor: Actor, rules: FamilyRules, household_id: UUID | None) -> OwnProcedures:
    """What a household may ask for. Raises NotFound, HouseholdAmbiguous."""
    actor.require_guardian()
    today = await db.today()
    own_id = await household_id_for(db, actor, household_id, today)
    known = await counting(db, rules)
    statuses = await statuses_of(db, actor, own_id)
    shown = [item.procedure for item in known.values() if is_shown(item.procedure, actor, rules)]
    numbers = path_numbers(shown)
    items = []
    for procedure in shown:
        before = best(statuses.get(procedure.after or "", ()))
        items.append(
            OwnProcedure(
                **_summary(procedure, known),
                is_open=procedure.is_open(today),
                subject=procedure.subject,
                number=numbers.get(procedure.code),
                draftable=draftable(procedure, before, today),
                waits_for=before if procedure.after else None,
                opens_on=procedure.opens_on,
            )
        )
    return OwnProcedures(household_id=own_id, items=tuple(items))


async def list_procedures(db: Database, rules: FamilyRules) -> Page[PublishedProcedure]:
    """The procedures of the town as they count."""
    return Page(items=tuple(_answer(item, [item]) for item in (await counting(db, rules)).values()))


async def read_procedure(db: Queries, rules: FamilyRules, code: str) -> PublishedProcedure:
    """A procedure with its versions. Raises NotFound."""
    known = (await counting(db, rules)).get(code)
    if known is None:
        raise NotFound
    return _answer(known, await store.load_versions(db, code) or [known])


def _answer(known: Published, versions: list[Published]) -> PublishedProcedure:
    return PublishedProcedure(
        procedure=known.procedure,
        version=known.version,
        text=known.text,
        versions=tuple(
            ProcedureVersion(version=item.version, published_at=item.published_at, published_by=item.published_by)
            for item in versions
        ),
    )
