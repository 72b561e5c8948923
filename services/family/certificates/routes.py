"""HTTP routes of certificates."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.documents import issuing
from chassis.documents.issuing import Press
from chassis.http.routes import serves
from contracts.certificates import Certificate, CertificateCheck, CertificateRequest, Certificates, CheckedCertificate
from contracts.family import certificates_api as api
from contracts.http import File

from ..settings import FamilyRules
from . import commands, queries


@serves(api.list_certificates)
async def list_certificates(db: Database, actor: Actor, household_id: UUID | None = None) -> Certificates:
    return await queries.certificates(db, actor, household_id)


@serves(api.issue_certificate)
async def issue_certificate(
    body: CertificateRequest, db: Database, actor: Actor, press: Press, rules: FamilyRules
) -> Certificate:
    return await commands.issue_certificate(db, actor, press, rules, body)


@serves(api.read_certificate)
async def read_certificate(certificate_id: UUID, db: Database, actor: Actor) -> File:
    return await queries.certificate_file(db, actor, certificate_id)


@serves(api.check_certificate)
async def check_certificate(body: CertificateCheck, db: Database) -> CheckedCertificate:
    return await issuing.check(db, body)


ROUTES = (list_certificates, issue_certificate, read_certificate, check_certificate)
