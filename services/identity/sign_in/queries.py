"""Which accounts a login may mean."""

from chassis.data.database import Database
from contracts.types import ActorKind

from ..accounts.domain import email_key, username_key
from .domain import Candidate

CANDIDATES_MAX = 10

CANDIDATES_SQL = """
select account_id, kind, username_key, email_key, password_hash, password_expires_at is not null as is_temporary,
       exists (select from accounts other where other.email_key = a.email_key and other.account_id <> a.account_id
                   and not other.is_disabled and (a.kind = 'delegate' or other.kind <> 'delegate')) as is_email_shared
from accounts a where username_key = $1 or email_key = $2 order by username_key = $1 desc, account_id limit $3
"""


async def find_candidates(db: Database, login: str) -> list[Candidate]:
    """The accounts that a login may mean, that of its user name first."""
    rows = await db.fetch(CANDIDATES_SQL, username_key(login), email_key(login), CANDIDATES_MAX)
    return [
        Candidate(
            account_id=row["account_id"],
            kind=ActorKind(row["kind"]),
            username_key=row["username_key"],
            email_key=row["email_key"],
            is_email_shared=row["is_email_shared"],
            password_hash=row["password_hash"],
            is_temporary=row["is_temporary"],
        )
        for row in rows
    ]
