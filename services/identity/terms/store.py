"""The acceptances of the terms, with the text that was accepted."""

from datetime import datetime
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction

from .domain import TermsDocument

KEEP_TERMS_SQL = """
insert into terms_versions (version, text_hash, document) values ($1, $2, $3) on conflict (version) do nothing
"""

INSERT_ACCEPTANCE_SQL = """
insert into terms_acceptances (person_id, account_id, version, accepted_at, address_hash) values ($1, $2, $3, $4, $5)
on conflict (person_id, version) where void_at is null do nothing returning true
"""


async def store_acceptance(
    tx: Transaction, actor: Actor, terms: TermsDocument, accepted_at: datetime, address_hash: bytes
) -> bool:
    """Keep an acceptance and the text it is of; False when this person accepted it before."""
    await tx.execute(KEEP_TERMS_SQL, terms.version, terms.text_hash, terms.document())
    values = (actor.person_id, actor.account_id, terms.version, accepted_at, address_hash)
    return bool(await tx.fetchval(INSERT_ACCEPTANCE_SQL, *values))


VOID_ACCEPTANCES_SQL = """
update terms_acceptances set void_at = $4, given_from = $3
where account_id = $1 and void_at is null and ($2::uuid is null or person_id = $2)
"""


async def void_acceptances(tx: Transaction, account_id: UUID, email: str, person_id: UUID | None = None) -> None:
    """What was accepted with an account, by one of its people or in the name of any, counts no more: a stranger may have done it, who read its
    address. It stays as it was, with that address."""
    await tx.execute(VOID_ACCEPTANCES_SQL, account_id, person_id, email, await tx.now())
