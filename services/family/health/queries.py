"""A child's file as those who answer for the child, and entitled agents, read it."""

from datetime import date
from typing import Final
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Queries, Transaction
from chassis.data.history import history_of
from chassis.refusal import NotFound
from contracts.family.health import ChildCard, Health, VaccinationProof, VaccineDue
from contracts.history import HistoryEntry
from contracts.http import Page

from ..access import CHILD
from ..authorizations.domain import holders
from ..authorizations.store import confirmed_children
from ..custody.store import load_custody
from ..people.domain import Child
from ..people.store import CHILD_COLUMNS
from ..schools.domain import school_year_of
from .domain import vaccines_of
from .store import HealthFile

FILE_ACTS: Final = (
    "health_read",
    "health_flag_seen",
    "health_changed",
    "vaccination_proof_noted",
    "authorizations_answered",
    "insurance_changed",
    "child_file_confirmed",
    "entourage_added",
    "entourage_changed",
    "entourage_ended",
    "entourage_ordered",
    "portrait_kept",
    "portrait_removed",
    "derogation_recorded",
    "derogation_granted",
    "derogation_refused",
    "derogation_withdrawn",
)
"""What is noted of a child's file: whose subject it is, in no household's history, for a child has one file and may have two homes."""

FORBIDDEN_ACTS: Final = ("forbidden_added", "forbidden_changed", "forbidden_ended")
"""What is noted of those who may not collect a child: for those alone who exercise authority over it."""

REACHED_CHILD_SQL = reaching(
    "select {columns} from children c where c.child_id = $4 and {is_reached}",
    columns=CHILD_COLUMNS,
    is_reached=CHILD.of("c.child_id"),
)


async def child_for(db: Database | Transaction, actor: Actor, child_id: UUID) -> Child:
    """A child whose file the actor reaches today. Raises NotFound."""
    row = await db.fetchrow(REACHED_CHILD_SQL, *reach_of(actor, await db.today()), child_id)
    if row is None:
        raise NotFound
    return Child(**dict(row))


def answer(child: Child, known: HealthFile) -> Health:
    """What is known of a child's health, as it is answered."""
    proof, statement = known.proof, known.statement
    return Health(
        child_id=child.child_id,
        first_name=child.first_name,
        last_name=child.last_name,
        revision=known.revision,
        changed_at=known.changed_at,
        allergens=list(statement.allergens),
        other_allergies=statement.other_allergies,
        has_pai=statement.has_pai,
        pai_ends_on=statement.pai_ends_on,
        conduct=statement.conduct,
        treatments=statement.treatments,
        diet=statement.diet,
        has_own_lunch=statement.has_own_lunch,
        doctor_name=statement.doctor_name,
        doctor_phone=statement.doctor_phone,
        vaccines=tuple(
            VaccineDue(vaccine=vaccine, due_on=due_on) for vaccine, due_on in vaccines_of(child.birth_on).items()
        ),
        proof=VaccinationProof(
            status=proof.status,
            seen_on=proof.seen_on,
            seen_by=proof.seen_by,
            valid_until_on=proof.valid_until_on,
            provisional_ends_on=proof.provisional_ends_on,
        )
        if proof
        else None,
    )


OWN_CHILDREN_SQL = reaching(
    """
select distinct c.child_id, c.first_name, c.last_name, c.birth_on
from responsibilities mine join children c on c.child_id = mine.child_id
where mine.adult_id = $1 and {is_reached} order by c.birth_on, c.child_id
""",
    is_reached=CHILD.of("c.child_id"),
)


async def own_children(db: Queries, actor: Actor, today: date) -> Page[ChildCard]:
    """The children whom an adult answers for today, the oldest first."""
    rows = await db.fetch(OWN_CHILDREN_SQL, *reach_of(actor, today))
    year = school_year_of(today)
    confirmed = await confirmed_children(db, actor.require_guardian(), year)
    return Page(
        items=tuple(ChildCard(**dict(row), school_year=year, is_confirmed=row["child_id"] in confirmed) for row in rows)
    )


async def file_history(db: Database, actor: Actor, child_id: UUID, cursor: str | None) -> Page[HistoryEntry]:
    """Who looked at a child's file or changed it. Raises NotFound, Invalid."""
    child = await child_for(db, actor, child_id)
    is_told = actor.guardian_id in holders(await load_custody(db, child), await db.today())
    return await history_of(db, None, cursor, [child_id], (*FILE_ACTS, *(FORBIDDEN_ACTS if is_told else ())))
