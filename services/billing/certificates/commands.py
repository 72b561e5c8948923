"""Certifying what somebody paid in a year."""

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.documents import issuing
from chassis.documents.issuing import Paper, Press
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.certificates import Certificate, CertificateKind, CertificateRequest
from contracts.types import ActorKind

from ..directory.queries import household_for
from ..errors import NothingPaid
from . import queries
from .domain import paid_content


async def issue_certificate(db: Database, actor: Actor, press: Press, body: CertificateRequest) -> Certificate:
    """Certify what an adult paid between two days.

    Raises:
        Invalid: it says not of what, of whom, or of which days.
        NotFound, HouseholdAmbiguous.
        NothingPaid: there was nothing.
    """
    if body.kind is not CertificateKind.PAYMENT:
        raise Invalid(FieldRefusal("/kind", "certificate_of_another_service"))
    from_on, to_on = issuing.days_of(body)
    household_id = await household_for(db, actor, body.household_id)
    adult_id = body.adult_id or actor.guardian_id
    if adult_id is None:
        raise Invalid(FieldRefusal("/adult_id", "missing"))
    if actor.kind is ActorKind.PARENT and adult_id != actor.guardian_id:
        raise NotFound
    name, payer_ids = await queries.payer(db, household_id, adult_id)
    invoices, lines = await queries.paid_in(db, payer_ids, from_on, to_on)
    if not invoices:
        raise NothingPaid
    days = {"from_on": from_on.isoformat(), "to_on": to_on.isoformat()}
    content = {"payer_name": name, **days, **paid_content(invoices, lines)}
    paper = Paper(body.kind, household_id, content, adult_id=adult_id, from_on=from_on, to_on=to_on)
    return await issuing.issue(db, actor, press, paper)
