"""Storage of runs of invitations: whom a reference names, runs with their lines, and what is under way."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from contracts.identity.events import InvitationFinding
from contracts.identity.invitation_runs import InvitationChoice
from contracts.runs import RunStatus

from ..accounts.domain import email_key
from ..accounts.store import account_of
from .domain import FileLine, JudgedLine, LivingLink, Prospect

# The addresses are those that the file says: who came to an account by a merge may have another one than the account.
FILES_SQL = """
select v.reference,
       a.account_id, a.kind, a.status, a.is_disabled, a.email, a.username, a.password_hash, a.password_expires_at, a.created_at,
       a.last_sign_in_at, a.merged_into, a.declined_services, '{}'::uuid[] as person_ids, of_file.emails,
       i.invitation_id, i.expires_at as link_expires_at, i.refusal as link_refusal
from household_versions v
left join lateral (
    select p.account_id, array_agg(p.email) as emails
    from invited_guardians g join account_persons p using (guardian_id)
    where g.household_id = v.household_id group by p.account_id
) of_file on true
left join accounts a on a.account_id = of_file.account_id
left join invitations i on i.account_id = a.account_id and i.used_at is null and i.replaced_at is null
where v.reference = any($1::text[])
order by v.reference, a.account_id
"""


async def find_files(db: Queries, references: Collection[str]) -> dict[str, list[Prospect]]:
    """The households' files that these references name, with the accounts of the people whom they invite."""
    files: dict[str, list[Prospect]] = {}
    for row in await db.fetch(FILES_SQL, list(references)):
        prospects = files.setdefault(row["reference"], [])
        if row["account_id"] is not None:
            prospects.append(_prospect(row, row["emails"]))
    return files


NEVER_INVITED_SQL = """
select (select min(v.reference) from invited_guardians g
        join household_versions v using (household_id) join account_persons p using (guardian_id)
        where p.account_id = a.account_id) as reference,
       a.account_id, a.kind, a.status, a.is_disabled, a.email, a.username, a.password_hash, a.password_expires_at, a.created_at,
       a.last_sign_in_at, a.merged_into, a.declined_services, '{}'::uuid[] as person_ids,
       null::uuid as invitation_id, null::timestamptz as link_expires_at, null::text as link_refusal
from accounts a
where a.kind = 'parent' and a.status = 'invited' and not a.is_disabled and a.invited_at is null
order by a.account_id limit $1
"""

LAPSED_SQL = """
select (select min(v.reference) from invited_guardians g
        join household_versions v using (household_id) join account_persons p using (guardian_id)
        where p.account_id = a.account_id) as reference,
       a.account_id, a.kind, a.status, a.is_disabled, a.email, a.username, a.password_hash, a.password_expires_at, a.created_at,
       a.last_sign_in_at, a.merged_into, a.declined_services, '{}'::uuid[] as person_ids,
       i.invitation_id, i.expires_at as link_expires_at, i.refusal as link_refusal
from accounts a
left join invitations i on i.account_id = a.account_id and i.used_at is null and i.replaced_at is null
where a.kind = 'parent' and a.status <> 'active' and not a.is_disabled and a.invited_at is not null
  and (i.invitation_id is null or i.expires_at <= $2 or i.refusal = 'expired')
order by a.account_id limit $1
"""


async def never_invited(db: Queries, limit: int) -> list[tuple[str, Prospect]]:
    """Those whom nobody invited yet, each beside the reference of a file of theirs."""
    return [(row["reference"] or "", _prospect(row)) for row in await db.fetch(NEVER_INVITED_SQL, limit)]


async def lapsed(db: Queries, limit: int, now: datetime) -> list[tuple[str, Prospect]]:
    """Those who were invited, have no personal credentials and no link that works any more."""
    return [(row["reference"] or "", _prospect(row)) for row in await db.fetch(LAPSED_SQL, limit, now)]


def _prospect(row: Row, emails: Collection[str] = ()) -> Prospect:
    link = None
    if row["invitation_id"] is not None:
        link = LivingLink(row["invitation_id"], row["link_expires_at"], has_left=row["link_refusal"] != "expired")
    return Prospect(account_of(row), link, frozenset(map(email_key, emails)))


LIVING_LINKS_SQL = """
select account_id, invitation_id, expires_at, refusal from invitations
where account_id = any($1::uuid[]) and used_at is null and replaced_at is null
"""


async def living_links(tx: Transaction, account_ids: Collection[UUID]) -> dict[UUID, LivingLink]:
    """The invitations of accounts that were neither used nor replaced; the accounts are locked."""
    return {
        row["account_id"]: LivingLink(row["invitation_id"], row["expires_at"], has_left=row["refusal"] != "expired")
        for row in await tx.fetch(LIVING_LINKS_SQL, list(account_ids))
    }


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run that is proposed."""

    run_id: UUID
    label: str
    choice: InvitationChoice
    created_at: datetime
    created_by: UUID


ADD_RUN_SQL = """
insert into invitation_runs (run_id, label, choice, status, created_at, created_by) values ($1, $2, $3, 'proposed', $4, $5)
"""

ADD_LINES_SQL = """
insert into invitation_lines (run_id, position, line_number, reference, email, account_id, invitation_id, finding, same_as_line)
select $1, l.position, l.line_number, l.reference, l.email, l.account_id, l.invitation_id, l.finding, l.same_as_line
from unnest($2::int[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::text[], $8::int[])
    with ordinality as l(line_number, reference, email, account_id, invitation_id, finding, same_as_line, position)
"""


async def add_run(tx: Transaction, run: NewRun, lines: Iterable[JudgedLine]) -> None:
    """Keep a run with its report."""
    await tx.execute(ADD_RUN_SQL, run.run_id, run.label, run.choice, run.created_at, run.created_by)
    rows = list(lines)
    await tx.execute(
        ADD_LINES_SQL,
        run.run_id,
        [row.line.number for row in rows],
        [row.line.reference for row in rows],
        [row.line.email for row in rows],
        [row.account_id for row in rows],
        [row.invitation_id for row in rows],
        [row.finding for row in rows],
        [row.same_as_line for row in rows],
    )


LOCK_RUN_SQL = "select status from invitation_runs where run_id = $1 for update"


async def lock_run(tx: Transaction, run_id: UUID) -> RunStatus | None:
    """How far a run has come, locked until the end of the transaction; None when there is none."""
    status = await tx.fetchval(LOCK_RUN_SQL, run_id)
    return RunStatus(status) if status else None


CONFIRM_RUN_SQL = """
update invitation_runs set status = 'running', confirmed_at = $2, confirmed_by = $3 where run_id = $1
"""


async def confirm_run(tx: Transaction, run_id: UUID, confirmed_by: UUID) -> None:
    """From now on the job works on a run that is locked."""
    await tx.execute(CONFIRM_RUN_SQL, run_id, await tx.now(), confirmed_by)


UNDER_WAY_SQL = """
select count(*) from (
    select from invitations
    where delivered_at is null and refused_at is null and replaced_at is null and used_at is null and requested_at > $1
    limit $2
) under_way
"""


async def count_under_way(db: Queries, since: datetime, limit: int) -> int:
    """How many mails were ordered since an instant of which nobody knows yet whether they went, up to a limit."""
    count: int = await db.fetchval(UNDER_WAY_SQL, since, limit)
    return count


TAKE_RUN_SQL = """
select run_id from invitation_runs where status = 'running' order by confirmed_at, run_id limit 1 for update skip locked
"""

WAITING_LINES_SQL = """
select l.position, l.account_id, l.line_number, l.reference, l.email, r.choice
from invitation_lines l join invitation_runs r using (run_id)
where l.run_id = $1 and l.finding = 'to_invite' order by l.position limit $2
"""


async def take_run(tx: Transaction) -> UUID | None:
    """The run that was confirmed first and is not done, locked; None when there is none, or another process works on it."""
    run_id: UUID | None = await tx.fetchval(TAKE_RUN_SQL)
    return run_id


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A line of a run to invite: whom it meant when it was judged, None once the account was erased; and what a list said, None for a choice without
    one."""

    position: int
    account_id: UUID | None
    line: FileLine | None


async def waiting_lines(tx: Transaction, run_id: UUID, limit: int) -> list[WaitingLine]:
    """The next lines of a run to invite."""
    return [_waiting(row) for row in await tx.fetch(WAITING_LINES_SQL, run_id, limit)]


def _waiting(row: Row) -> WaitingLine:
    is_of_list = row["choice"] == InvitationChoice.FILE
    line = FileLine(row["line_number"], row["reference"], row["email"]) if is_of_list else None
    return WaitingLine(row["position"], row["account_id"], line)


@dataclass(frozen=True, slots=True)
class SettledLine:
    """What a line came to once the run was there, and the invitation that is alive."""

    position: int
    finding: InvitationFinding
    invitation_id: UUID | None = None


SETTLE_LINES_SQL = """
update invitation_lines l set finding = s.finding, invitation_id = s.invitation_id
from unnest($2::int[], $3::text[], $4::uuid[]) as s(position, finding, invitation_id)
where l.run_id = $1 and l.position = s.position
"""


async def settle_lines(tx: Transaction, run_id: UUID, lines: Sequence[SettledLine]) -> None:
    """Write what lines came to."""
    columns = zip(*((line.position, line.finding, line.invitation_id) for line in lines), strict=True)
    await tx.execute(SETTLE_LINES_SQL, run_id, *(list(column) for column in columns))


FINISH_RUN_SQL = "update invitation_runs set status = 'done', finished_at = $2 where run_id = $1"


async def finish_run(tx: Transaction, run_id: UUID) -> None:
    """A run came to its end."""
    await tx.execute(FINISH_RUN_SQL, run_id, await tx.now())


NOTE_DELIVERY_SQL = """
update invitations set delivered_at = $2 where invitation_id = $1 and delivered_at is null and refused_at is null
"""

NOTE_REFUSAL_SQL = """
update invitations set refused_at = $2, refusal = $3
where invitation_id = $1 and delivered_at is null and refused_at is null
"""


async def note_delivery(tx: Transaction, invitation_id: UUID, at: datetime) -> None:
    """The mail server took the mail of an invitation."""
    await tx.execute(NOTE_DELIVERY_SQL, invitation_id, at)


async def note_refusal(tx: Transaction, invitation_id: UUID, at: datetime, cause: str) -> None:
    """The mail of an invitation was given up."""
    await tx.execute(NOTE_REFUSAL_SQL, invitation_id, at, cause)


FORGET_ADDRESSES_SQL = """
update invitation_lines set email = null
where reference = (select reference from household_versions where household_id = $1)
"""

FORGET_REFERENCE_SQL = "update household_versions set reference = null where household_id = $1"


async def forget_household(tx: Transaction, household_id: UUID) -> None:
    """Forget what lists said about a household that is erased, and its reference."""
    await tx.execute(FORGET_ADDRESSES_SQL, household_id)
    await tx.execute(FORGET_REFERENCE_SQL, household_id)
