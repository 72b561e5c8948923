"""Storage of which identity of the town's provider opens which agent's account, and of the orders that it gave."""

from datetime import datetime, timedelta
from uuid import UUID

from chassis.data.database import Transaction

from ..accounts.domain import email_key
from ..adapters.keys import token_hash

FIND_LINKED_SQL = "select account_id from agent_links where issuer = $1 and subject = $2"


async def find_linked(tx: Transaction, issuer: str, subject: str) -> UUID | None:
    """The account that an identity opens."""
    account_id: UUID | None = await tx.fetchval(FIND_LINKED_SQL, issuer, subject)
    return account_id


IS_LINKED_SQL = "select exists (select from agent_links where account_id = $1)"


async def is_linked(tx: Transaction, account_id: UUID) -> bool:
    """Whether an identity opens an account."""
    return bool(await tx.fetchval(IS_LINKED_SQL, account_id))


FIND_BY_EMAIL_SQL = """
select account_id from accounts where kind = 'agent' and not is_disabled and email_key = $1 order by account_id limit 2
"""

FIND_BY_NUMBER_SQL = """
select account_id from agents join accounts using (account_id) where employee_number = $1 and not is_disabled
"""


async def find_claimed(tx: Transaction, value: str, *, is_email: bool) -> list[UUID]:
    """The open accounts of agents with this address, or this employee number; of many, two."""
    if is_email:
        return [row["account_id"] for row in await tx.fetch(FIND_BY_EMAIL_SQL, email_key(value))]
    return [row["account_id"] for row in await tx.fetch(FIND_BY_NUMBER_SQL, value)]


ADD_LINK_SQL = """
insert into agent_links (account_id, issuer, subject, linked_at, proved_at) values ($1, $2, $3, $4, $4)
on conflict do nothing returning true
"""


async def add_link(tx: Transaction, account_id: UUID, issuer: str, subject: str) -> bool:
    """Link an identity to an account that is locked; False when either is linked already."""
    return bool(await tx.fetchval(ADD_LINK_SQL, account_id, issuer, subject, await tx.now()))


PROVE_LINK_SQL = """
update agent_links set proved_at = $2, refused_at = null
where account_id = $1 and (ended_at is null or ended_at <= $3) returning true
"""


async def prove_link(tx: Transaction, account_id: UUID, issued_at: datetime) -> bool:
    """Note that the provider named this person, by a token of then; False when it ended their session since."""
    return bool(await tx.fetchval(PROVE_LINK_SQL, account_id, await tx.now(), issued_at))


REFUSE_LINK_SQL = "update agent_links set refused_at = $2 where account_id = $1"


async def refuse_link(tx: Transaction, account_id: UUID) -> None:
    """Note that the provider does not let this person in any more."""
    await tx.execute(REFUSE_LINK_SQL, account_id, await tx.now())


DELETE_LINK_SQL = "delete from agent_links where account_id = $1 returning true"


async def remove_link(tx: Transaction, account_id: UUID) -> bool:
    """Whether an account was linked, which it no longer is."""
    return bool(await tx.fetchval(DELETE_LINK_SQL, account_id))


END_PROVIDER_SESSIONS_SQL = "delete from sessions where account_id = $1 and means = 'agent_provider'"


async def end_provider_sessions(tx: Transaction, account_id: UUID) -> None:
    """Sign an agent out wherever the provider signed them in."""
    await tx.execute(END_PROVIDER_SESSIONS_SQL, account_id)


KEEP_ORDER_SQL = """
insert into provider_logouts (order_hash, kept_until) values ($1, $2) on conflict do nothing returning true
"""


async def keep_order(tx: Transaction, order_hash: bytes, expires_in: timedelta) -> bool:
    """Note an order; False when it was given before."""
    return bool(await tx.fetchval(KEEP_ORDER_SQL, order_hash, await tx.now() + expires_in))


HOLD_NAMES_SQL = "select pg_advisory_xact_lock(hashtextextended(name, 12)) from unnest($1::text[]) name"


async def hold_names(tx: Transaction, issuer: str, *names: str | None) -> None:
    """Let orders about a person or a session, and whoever comes back as that, wait for this transaction."""
    await tx.execute(HOLD_NAMES_SQL, sorted(f"{issuer} {name}" for name in names if name))


KEEP_END_SQL = """
insert into provider_ends as e (name_hash, ended_at, kept_until) select unnest($1::bytea[]), $2, $3
on conflict (name_hash) do update
set ended_at = greatest(e.ended_at, excluded.ended_at), kept_until = greatest(e.kept_until, excluded.kept_until)
"""

Names = tuple[str | None, str | None]
"""A person and a session at the provider, as far as one of its tokens names them."""


async def keep_end(tx: Transaction, issuer: str, names: Names, ended_at: datetime, kept_for: timedelta) -> None:
    """Note that the provider ended what nobody has here: a person's sessions, or else one session."""
    subject, sid = names
    ended = (subject, None) if subject else (None, sid)
    await tx.execute(KEEP_END_SQL, _hashes(issuer, ended), ended_at, await tx.now() + kept_for)


WAS_ENDED_SQL = "select exists (select from provider_ends where name_hash = any($1::bytea[]) and ended_at > $2)"


async def was_ended(tx: Transaction, issuer: str, names: Names, issued_at: datetime) -> bool:
    """Whether the provider ended this since it issued a token, before it was anybody's here."""
    return bool(await tx.fetchval(WAS_ENDED_SQL, _hashes(issuer, names), issued_at))


def _hashes(issuer: str, names: Names) -> list[bytes]:
    return [token_hash(f"{issuer} {what} {name}") for what, name in zip(("sub", "sid"), names, strict=True) if name]


SUBJECT_OF_SID_SQL = """
select l.subject from provider_sessions f
join sessions s using (token_hash) join agent_links l using (account_id)
where f.provider = 'agents' and f.sid = $1 and l.issuer = $2 limit 1
"""


async def subject_of_sid(tx: Transaction, issuer: str, sid: str) -> str | None:
    """Whose session at the provider has this name; None when none of ours began in it."""
    subject: str | None = await tx.fetchval(SUBJECT_OF_SID_SQL, sid, issuer)
    return subject


NOTE_END_SQL = """
update agent_links set ended_at = greatest(ended_at, $3) where issuer = $1 and subject = $2 returning account_id
"""


async def note_end(tx: Transaction, issuer: str, subject: str, ended_at: datetime) -> UUID | None:
    """The account of an identity, locked: tokens of before open nothing any more. None when it opens none."""
    account_id: UUID | None = await tx.fetchval(NOTE_END_SQL, issuer, subject, ended_at)
    return account_id


END_ORDERED_SQL = """
with ended as (
    delete from sessions s where s.account_id = $1 and ($2::text is null or exists (
        select from provider_sessions f where f.token_hash = s.token_hash and f.provider = 'agents' and f.sid = $2))
    returning 1)
select count(*) from ended
"""


async def end_ordered(tx: Transaction, account_id: UUID, sid: str | None) -> int:
    """End the sessions of an account that began in one of the provider, or all of them; how many there were."""
    return int(await tx.fetchval(END_ORDERED_SQL, account_id, sid))
