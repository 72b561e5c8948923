"""Saying who insures a child, and forgetting it in time."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.housekeeping import remove_in_batches
from chassis.refusal import NotFound, Refusal
from contracts.family.insurance import Insurance, InsuranceChange

from ..care.store import publish_care
from ..health.commands import hold
from ..schools.domain import school_year_of
from ..settings import FamilyRules
from . import domain, queries, store
from .domain import Contract


@command
async def change_insurance(
    tx: Transaction, actor: Actor, rules: FamilyRules, whose: tuple[UUID, int], request: InsuranceChange
) -> Insurance:
    """Say who insures a child for a school year (`whose`). What is so already changes nothing, and is noted nowhere.

    Raises:
        NotFound, ChangeOutdated, Invalid.
    """
    if not rules.policy.insurance.is_asked:
        raise NotFound
    child_id, school_year = whose
    await hold(tx, actor, child_id)
    known = (await store.load_insurances(tx, child_id, school_year))[school_year]
    typed = Contract(request.company, request.contract_number, request.ends_on).tidied()
    contract = domain.said_instead(school_year, known, typed, request.revision, await tx.today())
    if isinstance(contract, Refusal):
        raise contract
    if contract != known.contract:
        await store.save_insurance(tx, child_id, school_year, known.revision + 1, contract)
        tx.note(Act(actor, "insurance_changed", child_id, after={"school_year": school_year}))
        await publish_care(tx, child_id)
    return await queries.read_insurance(tx, actor, rules, child_id, school_year)


async def forget_insurances(db: Database) -> None:
    """Delete contracts that nobody claims by any more."""
    await remove_in_batches(db, store.FORGET_INSURANCES_SQL, school_year_of(await db.today()) - domain.KEPT_YEARS)
