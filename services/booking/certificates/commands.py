"""Certifying that a child is enrolled, or was there."""

from datetime import date

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.documents import issuing
from chassis.documents.issuing import Paper, Press
from chassis.refusal import FieldRefusal, Invalid
from contracts.certificates import Certificate, CertificateKind, CertificateRequest

from ..catalog.domain import school_year
from ..errors import EnrolledNowhere, NeverPresent
from . import queries
from .domain import presence_content, registration_content
from .queries import Subject


async def issue_certificate(db: Database, actor: Actor, press: Press, body: CertificateRequest) -> Certificate:
    """Certify a child's enrollments of the school year of a day, or its presence between two days.

    Raises:
        Invalid: it says not of what, of whom, or of which days.
        NotFound, HouseholdAmbiguous.
        EnrolledNowhere, NeverPresent: there is nothing to certify.
    """
    if body.child_id is None:
        raise Invalid(FieldRefusal("/child_id", "missing"))
    subject = await queries.subject_for(db, actor, body.household_id, body.child_id)
    if body.kind is CertificateKind.REGISTRATION:
        paper = await _registration(db, subject, body)
    elif body.kind is CertificateKind.PRESENCE:
        paper = await _presence(db, subject, body)
    else:
        raise Invalid(FieldRefusal("/kind", "certificate_of_another_service"))
    return await issuing.issue(db, actor, press, paper)


async def _registration(db: Database, subject: Subject, request: CertificateRequest) -> Paper:
    first_year = school_year(request.from_on or await db.today())
    period = queries.period_of(first_year)
    places = await queries.places(db, subject, period.from_on, period.to_on)
    if not places:
        raise EnrolledNowhere
    content = registration_content(subject.child, first_year, places)
    return _paper(CertificateKind.REGISTRATION, subject, content, (period.from_on, period.to_on))


async def _presence(db: Database, subject: Subject, request: CertificateRequest) -> Paper:
    from_on, to_on = issuing.days_of(request)
    if to_on > (today := await db.today()):
        raise Invalid(FieldRefusal("/to_on", "certificate_day_ahead", (("today", today),)))
    presences = await queries.presences(db, subject, from_on, to_on)
    if not presences:
        raise NeverPresent
    days = {"from_on": from_on.isoformat(), "to_on": to_on.isoformat()}
    content = {**presence_content(subject.child, presences), **days}
    return _paper(CertificateKind.PRESENCE, subject, content, (from_on, to_on))


def _paper(kind: CertificateKind, subject: Subject, content: dict[str, object], period: tuple[date, date]) -> Paper:
    from_on, to_on = period
    return Paper(kind, subject.household_id, content, child_id=subject.child_id, from_on=from_on, to_on=to_on)
