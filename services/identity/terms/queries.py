"""The terms as they are served, and as they were accepted."""

from uuid import UUID

from chassis.data.database import Database
from chassis.refusal import NotFound
from contracts.http import Page
from contracts.identity.models import AcceptedTerms, Terms, TermsSection

from ..settings import IdentityRules


def terms_in_force(rules: IdentityRules, end_token: str | None) -> Terms:
    """The terms in force; `end_token` is that of the session that reads them."""
    return Terms(
        version=rules.terms.version,
        title=rules.terms.title,
        sections=tuple(
            TermsSection(heading=section.heading, paragraphs=section.paragraphs) for section in rules.terms.sections
        ),
        accept_mode=rules.accept_mode,
        end_token=end_token,
    )


HOLDER_SQL = "select true from accounts where account_id = $1"

ACCEPTED_SQL = """
select a.version, a.accepted_at, v.document, encode(v.text_hash, 'hex') as text_hash
from terms_acceptances a join terms_versions v using (version)
where a.account_id = $1 order by a.accepted_at desc, a.version
"""


async def accepted_terms(db: Database, account_id: UUID) -> Page[AcceptedTerms]:
    """What the holder of an account accepted, the newest first. Raises NotFound."""
    if not await db.fetchval(HOLDER_SQL, account_id):
        raise NotFound
    rows = await db.fetch(ACCEPTED_SQL, account_id)
    accepted = [
        AcceptedTerms(
            version=row["version"],
            accepted_at=row["accepted_at"],
            title=row["document"]["title"],
            sections=tuple(TermsSection.model_validate(section) for section in row["document"]["sections"]),
            text_hash=row["text_hash"],
        )
        for row in rows
    ]
    return Page[AcceptedTerms](items=tuple(accepted), next_cursor=None)
