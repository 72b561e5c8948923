"""Certifying who belongs to a household."""

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.documents import issuing
from chassis.documents.issuing import Paper, Press
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.certificates import Certificate, CertificateKind, CertificateRequest
from contracts.types import ActorKind

from ..households.queries import household_id_for
from ..settings import FamilyRules
from .domain import household_content
from .queries import standing_of


async def issue_certificate(
    db: Database, actor: Actor, press: Press, rules: FamilyRules, body: CertificateRequest
) -> Certificate:
    """Certify who belongs to a household today, for one of its adults.

    Raises:
        Invalid: it says not of what, or an agent says not for whom.
        NotFound, HouseholdAmbiguous.
    """
    if body.kind is not CertificateKind.HOUSEHOLD:
        raise Invalid(FieldRefusal("/kind", "certificate_of_another_service"))
    today = await db.today()
    household_id = await household_id_for(db, actor, body.household_id, today)
    adult_id = body.adult_id or actor.guardian_id
    if adult_id is None:
        raise Invalid(FieldRefusal("/adult_id", "missing"))
    if actor.kind is ActorKind.PARENT and adult_id != actor.guardian_id:
        raise NotFound
    standing = await standing_of(db, household_id, adult_id, today)
    address = () if "address" in rules.hidden_from(actor) else standing.address
    content = household_content(standing.reference, standing.members, standing.authority, address)
    child_ids = [member.person_id for member in standing.members if member.birth_on is not None]
    paper = Paper(body.kind, household_id, content, adult_id=adult_id, named_ids=child_ids)
    return await issuing.issue(db, actor, press, paper)
