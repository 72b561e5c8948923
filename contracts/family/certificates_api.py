"""What the family service answers about certificates of households."""

from uuid import UUID

from contracts.certificates import Certificate, CertificateCheck, CertificateRequest, Certificates, CheckedCertificate
from contracts.family.permissions import FamilyPermission
from contracts.http import File
from contracts.operation import EVERYBODY, families, get, post


@get("/certificates", families(FamilyPermission.ISSUE_CERTIFICATES))
async def list_certificates(household_id: UUID | None = None) -> Certificates:
    """What can be certified of a household, and what was, as far as its reader may see it."""


@post("/certificates", families(FamilyPermission.ISSUE_CERTIFICATES), is_slow=True, is_repeatable=True)
async def issue_certificate(body: CertificateRequest) -> Certificate:
    """Certify something; what was certified already has its number, and is the same document."""


@get("/certificates/{certificate_id}/pdf", families(FamilyPermission.ISSUE_CERTIFICATES))
async def read_certificate(certificate_id: UUID) -> File:
    """A certificate as it was issued (PDF/UA-1)."""


@post("/certificates/checks", EVERYBODY, has_secret=True, is_noted=False, is_repeatable=True)
async def check_certificate(body: CertificateCheck) -> CheckedCertificate:
    """Whether a certificate of this number and code was issued, for whoever was handed one; nothing of whom it is about."""
