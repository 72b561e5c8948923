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
select a.person_id, coalesce(trim(p.first_name || ' ' || p.last_name), '') as name, a.version, a.accepted_at, v.document, encode(v.text_hash, 'hex') as text_hash,
       a.void_at, a.given_from
from terms_acceptances a join terms_versions v using (version)
left join account_persons p on p.guardian_id = a.person_id
where a.person_id = $2 or $2::uuid is null and (
    a.person_id = $1 or p.account_id = $1)
order by a.accepted_at desc, a.version, a.person_id
"""


async def accepted_terms(db: Database, account_id: UUID, guardian_id: UUID | None = None) -> Page[AcceptedTerms]:
    """What an adult accepted, or everybody whom an account stands for, the newest first. Raises NotFound."""
    if not await db.fetchval(HOLDER_SQL, account_id):
        raise NotFound
    rows = await db.fetch(ACCEPTED_SQL, account_id, guardian_id)
    accepted = [
        AcceptedTerms(
            person_id=row["person_id"],
            name=row["name"],
            version=row["version"],
            accepted_at=row["accepted_at"],
            title=row["document"]["title"],
            sections=tuple(TermsSection.model_validate(section) for section in row["document"]["sections"]),
            text_hash=row["text_hash"],
            void_at=row["void_at"],
            given_from=row["given_from"],
        )
        for row in rows
    ]
    return Page[AcceptedTerms](items=tuple(accepted), next_cursor=None)
