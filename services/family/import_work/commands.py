"""Working on imports: looking at lines, then opening, updating and inviting, household by household.

Each household is judged again in the transaction that opens it and settles its lines: whatever breaks off in the middle goes on where it stopped,
and what an agent did at the desk meanwhile counts.
"""

import asyncio
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final
from uuid import UUID

from chassis.actor import Actor
from chassis.comparing import comparable_name
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.refusal import Busy, FieldRefusal, Invalid, Refusal
from contracts.family.events import ImportFinding
from contracts.family.imports import ImportStatus
from contracts.family.models import AdultCreate, HouseholdCreate
from contracts.types import ActorKind, Channel

from ..contacts.commands import keep_contact, lock_adult
from ..contacts.domain import Correction, corrected
from ..contacts.queries import load_contact
from ..errors import ImportReason as Reason
from ..households.commands import open_file
from ..households.domain import Address
from ..households.store import invite, load_file, lock_household
from ..imports import store
from ..imports.queries import INVITING_PER_MINUTE, PER_MINUTE
from ..imports.store import ImportedHousehold, Run
from ..openings.domain import Opening
from ..people.domain import is_same_email, name_key
from ..people.store import is_email_elsewhere
from ..quotients.commands import as_quotient, note_quotient
from ..settings import FamilyRules
from .queries import Judged, judge
from .store import uninvited

LOOK_SECONDS: Final = 1.0
WORK_SECONDS: Final = 10.0
"""How long the job works before it looks again which import's turn it is."""
EXAMINED_AT_ONCE: Final = 100
BACKLOG_MAX: Final = 300
"""Events that wait to be published: an import adds none to more, so that what others do is never far behind."""
TO_DO: Final = (ImportFinding.TO_OPEN, ImportFinding.TO_UPDATE, ImportFinding.TO_INVITE)


class HouseholdRefused(Exception):
    """A household cannot be opened or updated, and nothing of it is kept."""

    def __init__(self, run: Run, judged: Judged) -> None:
        super().__init__()
        self.run = run
        self.judged = judged


@dataclass(frozen=True, slots=True)
class ImportWork:
    """The job that works on imports, one household after another."""

    rules: FamilyRules
    backlog_max: int = BACKLOG_MAX

    async def run(self, db: Database) -> None:
        """Look at lines, and open households at the pace of the import, for some seconds."""
        ends_at = monotonic() + WORK_SECONDS
        while monotonic() < ends_at and await examine(db, self.rules):
            pass
        while monotonic() < ends_at and await store.backlog(db, self.backlog_max) < self.backlog_max:
            began_at = monotonic()
            try:
                run = await work(db, self.rules)
            except HouseholdRefused as refused:
                run = await _refuse(db, refused.run, refused.judged)
            except Busy:
                return
            if run is None:
                return
            pace = 60 / (INVITING_PER_MINUTE if run.is_inviting else PER_MINUTE)
            await asyncio.sleep(max(0.0, pace - (monotonic() - began_at)))


@command
async def examine(tx: Transaction, rules: FamilyRules) -> bool:
    """Judge the next households of the oldest import that nobody looked at whole; False when there is none."""
    run = await store.take_run(tx, ImportStatus.EXAMINING)
    if run is None:
        return False
    homes = await store.next_homes(tx, run.run_id, [ImportFinding.WAITING], EXAMINED_AT_ONCE)
    if homes:
        judged = await judge(tx, rules, run, homes)
        await store.settle_lines(tx, run.run_id, [line for home in judged for line in home.settled()])
    else:
        await store.set_status(tx, run.run_id, ImportStatus.PROPOSED)
    return True


@command
async def work(tx: Transaction, rules: FamilyRules) -> Run | None:
    """Open, update or invite the next household of the import that is at work; None when there is nothing to do.

    Raises:
        HouseholdRefused: nothing of it is kept.
    """
    run = await store.take_run(tx, ImportStatus.RUNNING)
    if run is None or run.confirmed_by is None:
        return None
    homes = await store.next_homes(tx, run.run_id, TO_DO, 1)
    if not homes:
        await store.set_status(tx, run.run_id, ImportStatus.DONE)
        tx.report("household import finished", run_id=str(run.run_id))
        return None
    [judged] = await judge(tx, rules, run, homes)
    actor = Actor(run.confirmed_by, ActorKind.AGENT, sites=None, channel=Channel.JOB)
    try:
        done = await _carry_out(tx, actor, rules, run, judged)
    except Refusal as refusal:
        raise HouseholdRefused(run, judged.refused(refusal)) from refusal
    await store.settle_lines(tx, run.run_id, done.settled())
    return run


@command
async def _refuse(tx: Transaction, run: Run, judged: Judged) -> Run:
    await store.lock_run(tx, run.run_id)
    await store.settle_lines(tx, run.run_id, judged.settled())
    return run


async def _carry_out(tx: Transaction, actor: Actor, rules: FamilyRules, run: Run, judged: Judged) -> Judged:
    """Do what a household was judged to need; the household once it is done."""
    if judged.request is not None and judged.finding is ImportFinding.TO_OPEN:
        how = Opening(judged.key, run.is_inviting)
        household = await open_file(tx, actor, rules, judged.request, how)
        # The children of a file are the new ones, then those that were known.
        new = zip(judged.fresh_keys, household.children, strict=False)
        await store.keep_children(tx, {key: child.child_id for key, child in new if key})
        await store.keep_household(tx, judged.key, household.household_id, judged.fingerprint)
        known = ImportedHousehold(household.household_id, judged.fingerprint, has_uninvited=False)
        return replace(judged, finding=ImportFinding.OPENED, known=known)
    if judged.known is None or judged.finding not in TO_DO:
        return judged
    household_id = judged.known.household_id
    await lock_household(tx, household_id)
    if judged.request is not None and judged.finding is ImportFinding.TO_UPDATE:
        await _update(tx, actor, household_id, judged.request)
        await store.keep_household(tx, judged.key, household_id, judged.fingerprint)
    if run.is_inviting and (adult_ids := await uninvited(tx, household_id)):
        tx.note(Act(actor, "household_import_invited", household_id, household_id))
        await invite(tx, adult_ids, await tx.today())
    is_update = judged.finding is ImportFinding.TO_UPDATE
    by_hand = tuple(fault for fault in judged.faults if fault.code != Reason.IMPORT_DIFFERS)
    return replace(judged, finding=ImportFinding.UPDATED if is_update else ImportFinding.INVITED, faults=by_hand)


async def _update(tx: Transaction, actor: Actor, household_id: UUID, request: HouseholdCreate) -> None:
    """Take over what a file says of how a household is reached, and of its quotient. What it does not say stays, and a protected address too; nobody is invited by that."""
    file = await load_file(tx, household_id)
    if file is None:
        return
    adults = {name_key(adult): adult for adult in file.adults}
    address = request.address
    home = Address(address.lines, address.postal_code, address.city, address.country)
    for place, typed in enumerate(adult for adult in (request.guardian, request.co_guardian) if adult):
        key = _name_key(typed)
        if key in adults:
            moved = (household_id, home) if place == 0 and file.address else None
            await _correct(tx, actor, adults[key].adult_id, typed, moved)
    if request.quotient is not None:
        await note_quotient(tx, actor, household_id, as_quotient(request.quotient))


def _name_key(typed: AdultCreate) -> str:
    return comparable_name(typed.first_name, typed.last_name)


async def _correct(
    tx: Transaction, actor: Actor, adult_id: UUID, typed: AdultCreate, home: tuple[UUID, Address] | None
) -> None:
    household_ids = await lock_adult(tx, adult_id)
    known = await load_contact(tx, actor, adult_id, await tx.today())
    # An address that somebody signs in with is an agent's to change, one by one.
    is_kept = known.adult.is_invited or is_same_email(typed.email, known.adult.email)
    email = None if is_kept else typed.email
    correction = Correction(known.version, typed.phone or known.adult.phone, email, home, is_by_town=True)
    wanted = corrected(known, correction)
    if isinstance(wanted, Refusal):
        raise wanted
    if email and await is_email_elsewhere(tx, email, adult_id):
        raise Invalid(FieldRefusal("/guardian/email", "email_taken"))
    wanted = replace(wanted, adult=replace(wanted.adult, is_invited=known.adult.is_invited))
    if wanted != known:
        await keep_contact(tx, actor, known, wanted, household_ids)
