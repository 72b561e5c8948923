"""Proposing a run of invitations, confirming it, and the job that orders its invitations as fast as mails leave.

A run that is confirmed twice, proposed again from the same file, or broken off in the middle invites nobody twice: each account is judged again
under its lock, in the transaction that orders its invitation and settles its line.
"""

import asyncio
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.lists import ListUnreadable
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.identity.events import InvitationFinding
from contracts.identity.invitation_runs import (
    LINES_MAX,
    InvitationChoice,
    InvitationRun,
    InvitationRunCreate,
)
from contracts.runs import RunStatus
from contracts.types import CredentialPurpose

from ..accounts.store import lock_accounts
from ..activation.store import request_invitation
from ..adapters.household_lists import read_list
from ..settings import IdentityRules
from . import store
from .domain import UNDER_WAY_MAX, UNDER_WAY_SINCE, FileLine, JudgedLine, Prospect, chosen, judge, room, still_meant
from .queries import read_run
from .store import NewRun, SettledLine

LOOK_SECONDS: Final = 1.0
"""How often the job looks; it orders a second's worth of invitations each time."""
BATCH_LINES: Final = 100
BATCHES_MAX: Final = 50


async def propose(
    db: Database, actor: Actor, claim: Claim, rules: IdentityRules, request: InvitationRunCreate
) -> InvitationRun:
    """Keep what a file, or a choice, would come to, for an agent to look at.

    Raises:
        Invalid: the file is missing or no list of households; the refusal names its line.
    """
    lines: list[FileLine] = []
    if request.choice is InvitationChoice.FILE:
        if not request.content:
            raise Invalid(FieldRefusal("/content", "list_missing"))
        try:
            lines = await asyncio.to_thread(read_list, request.content)
        except ListUnreadable as fault:
            raise Invalid(FieldRefusal("/content", fault.reason, (("line", fault.line),))) from fault
    return await _keep_proposal(db, actor, claim, rules, (request, lines))


@command
async def _keep_proposal(
    tx: Transaction,
    actor: Actor,
    claim: Claim,
    rules: IdentityRules,
    proposal: tuple[InvitationRunCreate, list[FileLine]],
) -> InvitationRun:
    if (answer := await claim.replay(tx, InvitationRun)) is not None:
        return answer
    request, lines = proposal
    run = NewRun(new_id(), request.label, request.choice, await tx.now(), actor.account_id)
    judged = await _judged(tx, request.choice, lines)
    await store.add_run(tx, run, judged)
    tx.note(Act(actor, "invitation_run_proposed", run.run_id, after={"line_count": len(judged)}))
    return await claim.keep(tx, await read_run(tx, rules, run.run_id))


async def _judged(tx: Transaction, choice: InvitationChoice, lines: list[FileLine]) -> list[JudgedLine]:
    now = await tx.now()
    match choice:
        case InvitationChoice.FILE:
            return list(judge(lines, await store.find_files(tx, {line.reference for line in lines}), now))
        case InvitationChoice.NEVER_INVITED:
            return chosen(await store.never_invited(tx, LINES_MAX), now)
        case InvitationChoice.LAPSED:
            return chosen(await store.lapsed(tx, LINES_MAX, now), now)


@command
async def confirm(tx: Transaction, actor: Actor, rules: IdentityRules, run_id: UUID) -> InvitationRun:
    """Have those invited whom a run found; one that was confirmed already stays as it is. Raises NotFound."""
    status = await store.lock_run(tx, run_id)
    if status is None:
        raise NotFound
    if status is RunStatus.PROPOSED:
        await store.confirm_run(tx, run_id, actor.account_id)
        tx.note(Act(actor, "invitation_run_confirmed", run_id))
    return await read_run(tx, rules, run_id)


@dataclass(frozen=True, slots=True)
class RunWork:
    """The job that works on runs that are confirmed, one after another."""

    rules: IdentityRules

    async def run(self, db: Database) -> None:
        """Order invitations for a second's worth of the pace, and never more than mails leave; each batch stands alone."""
        left = max(1, round(self.rules.invitations_per_minute * LOOK_SECONDS / 60))
        for _ in range(BATCHES_MAX):
            ordered = await _work(db, self.rules, left)
            if ordered is None or (left := left - ordered) <= 0:
                return


@command
async def _work(tx: Transaction, rules: IdentityRules, count_max: int) -> int | None:
    """Settle the next lines of the run whose turn it is, until so many invitations are ordered; how many were. None when there is nothing to
    do now."""
    run_id = await store.take_run(tx)
    if run_id is None:
        return None
    count = room(count_max, await store.count_under_way(tx, await tx.now() - UNDER_WAY_SINCE, UNDER_WAY_MAX))
    if not count:
        return None
    waiting = await store.waiting_lines(tx, run_id, BATCH_LINES)
    settled = await _settle(tx, waiting, rules, count)
    if settled:
        await store.settle_lines(tx, run_id, settled)
    if len(settled) == len(waiting) and len(waiting) < BATCH_LINES:
        await store.finish_run(tx, run_id)
        tx.report("invitation run finished", run_id=str(run_id))
    return sum(line.finding is InvitationFinding.REQUESTED for line in settled)


async def _settle(
    tx: Transaction, waiting: list[store.WaitingLine], rules: IdentityRules, count_max: int
) -> list[SettledLine]:
    """What lines come to, in their order, until so many invitations were ordered. What a list says is judged again: an address may be another one in the
    file by now, or somebody else's."""
    account_ids = [known.account_id for known in waiting if known.account_id is not None]
    accounts = {account.account_id: account for account in await lock_accounts(tx, account_ids)}
    links = await store.living_links(tx, account_ids)
    # Whom an account stands for changes under its lock alone.
    files = await store.find_files(tx, {known.line.reference for known in waiting if known.line})
    now, settled, ordered = await tx.now(), list[SettledLine](), 0
    for known in waiting:
        position, account = known.position, accounts.get(known.account_id) if known.account_id else None
        if account is None:
            settled.append(SettledLine(position, InvitationFinding.CLOSED))
            continue
        line = known.line
        if line and (changed := still_meant(line, account.account_id, files.get(line.reference))):
            settled.append(SettledLine(position, changed))
            continue
        prospect = Prospect(account, links.get(account.account_id))
        finding = prospect.finding(now)
        if finding is not InvitationFinding.TO_INVITE:
            settled.append(SettledLine(position, finding, prospect.link.invitation_id if prospect.link else None))
            continue
        if ordered == count_max:
            break
        purpose, validity = CredentialPurpose.INVITATION, rules.validity.invitation
        invitation = await request_invitation(tx, account, purpose, validity)
        settled.append(SettledLine(position, InvitationFinding.REQUESTED, invitation.invitation_id))
        ordered += 1
    return settled
