"""The acceptances of the terms, with the text that was accepted."""

from datetime import datetime
from uuid import UUID

from chassis.data.database import Transaction

from .domain import TermsDocument

KEEP_TERMS_SQL = """
insert into terms_versions (version, text_hash, document) values ($1, $2, $3) on conflict (version) do nothing
"""

INSERT_ACCEPTANCE_SQL = """
insert into terms_acceptances (account_id, version, accepted_at, address_hash) values ($1, $2, $3, $4)
on conflict (account_id, version) do nothing returning true
"""


async def store_acceptance(
    tx: Transaction, account_id: UUID, terms: TermsDocument, accepted_at: datetime, address_hash: bytes
) -> bool:
    """Keep an acceptance and the text it is of; False when it was accepted before."""
    await tx.execute(KEEP_TERMS_SQL, terms.version, terms.text_hash, terms.document())
    return bool(await tx.fetchval(INSERT_ACCEPTANCE_SQL, account_id, terms.version, accepted_at, address_hash))
