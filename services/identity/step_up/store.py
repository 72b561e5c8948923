"""Storage of proofs and of the codes that were mailed, by session."""

from datetime import datetime
from uuid import UUID

from chassis.data.database import Queries, Transaction
from contracts.types import StepUpMeans

from ..errors import SessionEnded
from ..sessions.domain import StrongMeans
from .domain import CODE_VALIDITY, MailedCode

LOCK_SESSION_SQL = "select true from sessions where token_hash = $1 for update"


async def lock_session(tx: Transaction, session_hash: bytes) -> None:
    """Hold a session, and with it its code. Raises SessionEnded."""
    if not await tx.fetchval(LOCK_SESSION_SQL, session_hash):
        raise SessionEnded


CODE_SQL = "select code_hash, sent_at, expires_at, try_count from step_up_codes where token_hash = $1"


async def code_of(db: Queries, session_hash: bytes) -> MailedCode | None:
    """The last code of a session, unless it was used."""
    row = await db.fetchrow(CODE_SQL, session_hash)
    return MailedCode(row["code_hash"], row["sent_at"], row["expires_at"], row["try_count"]) if row else None


KEEP_CODE_SQL = """
insert into step_up_codes (token_hash, code_hash, sent_at, expires_at) values ($1, $2, $3, $4)
on conflict (token_hash) do update
set code_hash = excluded.code_hash, sent_at = excluded.sent_at, expires_at = excluded.expires_at, try_count = 0
"""


async def keep_code(tx: Transaction, session_hash: bytes, code_hash: bytes, now: datetime) -> MailedCode:
    """Keep a new code of a session that is held, in place of its former one."""
    code = MailedCode(code_hash, now, now + CODE_VALIDITY, 0)
    await tx.execute(KEEP_CODE_SQL, session_hash, code.code_hash, code.sent_at, code.expires_at)
    return code


COUNT_TRY_SQL = "update step_up_codes set try_count = try_count + 1 where token_hash = $1"


async def count_try(tx: Transaction, session_hash: bytes) -> None:
    """Count a try that was wrong, of a session that is held."""
    await tx.execute(COUNT_TRY_SQL, session_hash)


USE_CODE_SQL = "delete from step_up_codes where token_hash = $1"


async def use_code(tx: Transaction, session_hash: bytes) -> None:
    """The code of a session that is held was the right one: it works no more."""
    await tx.execute(USE_CODE_SQL, session_hash)


NOTE_PROOF_SQL = """
insert into session_proofs (token_hash, means, proved_at, guardian_id)
select token_hash, $2, $3, $4 from sessions where token_hash = $1 for key share
on conflict (token_hash) do update
set means = excluded.means, proved_at = excluded.proved_at, guardian_id = excluded.guardian_id
where session_proofs.proved_at <= excluded.proved_at or session_proofs.guardian_id is distinct from excluded.guardian_id
"""


async def note_proof(
    tx: Transaction,
    session_hash: bytes,
    means: StepUpMeans | StrongMeans,
    proved_at: datetime,
    guardian_id: UUID | None = None,
) -> None:
    """Whoever acts in this session, an adult of those whom its account stands for, proved who they are at an instant, whatever asked them to: the
    second step of a sign-in does too. An earlier proof of theirs takes the place of none, and a session that ended meanwhile has none."""
    await tx.execute(NOTE_PROOF_SQL, session_hash, means, proved_at, guardian_id)


FORGET_PROOF_SQL = "delete from session_proofs where token_hash = $1"


async def forget_proof(tx: Transaction, session_hash: bytes) -> None:
    """Nobody has proved who they are in this session any more."""
    await tx.execute(FORGET_PROOF_SQL, session_hash)
