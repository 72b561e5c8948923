"""The insurance of children, as those who answer for them, and agents, read it."""

from datetime import date
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Queries, Transaction
from chassis.refusal import NotFound
from contracts.family.document_words import DocumentStatus
from contracts.family.insurance import Insurance, InsuranceFields, InsuranceProof, Insurances

from ..circle.queries import children_of
from ..documents.domain import kind_of
from ..health.queries import child_for
from ..people.domain import Child
from ..schools.domain import school_year_of
from ..settings import FamilyRules
from . import store
from .domain import Contract, day_asked, status_on


async def read_insurance(
    db: Database | Transaction, actor: Actor, rules: FamilyRules, child_id: UUID, school_year: int
) -> Insurance:
    """Who insures a child for a school year. Raises NotFound, also in a town that does not ask."""
    if not rules.policy.insurance.is_asked:
        raise NotFound
    return await _insurance(db, rules, await child_for(db, actor, child_id), school_year)


async def household_insurances(db: Database, actor: Actor, rules: FamilyRules, household_id: UUID) -> Insurances:
    """The insurance of a household's children for the present school year. Raises NotFound."""
    today = await db.today()
    child_ids = await children_of(db, actor, household_id, today)
    if not rules.policy.insurance.is_asked:
        return Insurances(is_asked=False, children=())
    children = [await child_for(db, actor, child_id) for child_id in child_ids]
    born = [child for child in children if not child.is_expected]
    return Insurances(
        is_asked=True,
        children=tuple([await _insurance(db, rules, child, school_year_of(today)) for child in born]),
    )


async def _insurance(db: Database | Transaction, rules: FamilyRules, child: Child, school_year: int) -> Insurance:
    known = await store.load_insurances(db, child.child_id, school_year - 1, school_year)
    kept, kind = known[school_year], rules.policy.insurance.proof_kind
    day = day_asked(school_year, await db.today())
    proof = await _proof(db, child.child_id, kind, day) if kind else None
    ends = [kept.contract.ends_on] if kept.contract else []
    if proof is not None and proof.status in (DocumentStatus.VALIDATED, DocumentStatus.EXPIRED):
        ends.append(proof.ends_on or date.max)
    return Insurance(
        child_id=child.child_id,
        first_name=child.first_name,
        last_name=child.last_name,
        school_year=school_year,
        status=status_on(day, ends),
        revision=kept.revision,
        contract=_fields(kept.contract),
        former=_fields(known[school_year - 1].contract),
        proof_kind=kind,
        proof_label=kind_of(rules.policy.documents, kind).label if kind else "",
        proof=proof,
    )


async def _proof(db: Queries, child_id: UUID, kind: str, day: date) -> InsuranceProof | None:
    row = await store.load_proof(db, child_id, kind, day)
    if row is None:
        return None
    status = DocumentStatus(row["status"])
    is_over = status is DocumentStatus.VALIDATED and row["ends_on"] is not None and row["ends_on"] < day
    return InsuranceProof(
        document_id=row["document_id"],
        status=DocumentStatus.EXPIRED if is_over else status,
        ends_on=row["ends_on"],
    )


def _fields(contract: Contract | None) -> InsuranceFields | None:
    if contract is None:
        return None
    return InsuranceFields(company=contract.company, contract_number=contract.contract_number, ends_on=contract.ends_on)
