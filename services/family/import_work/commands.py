"""Working on imports: looking at lines, then opening, updating and inviting, household by household.

Each household is judged again in the transaction that opens it and settles its lines: whatever breaks off in the middle goes on where it stopped,
and what an agent did at the desk meanwhile counts.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final
from uuid import UUID

from chassis.actor import Actor
from chassis.comparing import comparable_name
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.refusal import Busy, FieldRefusal, Invalid, Refusal
from contracts.family.import_words import ImportFinding
from contracts.family.models import AdultCreate, HouseholdCreate
from contracts.runs import RunStatus
from contracts.types import ActorKind, Channel

from ..cells.domain import ImportReason as Reason
from ..contacts.commands import keep_contact, lock_adult
from ..contacts.domain import Correction, corrected
from ..contacts.queries import load_contact
from ..households.domain import Address, HouseholdFile
from ..households.store import invite, load_file, lock_household
from ..import_schooling.commands import place_known, place_moved, place_new
from ..import_schooling.domain import Schooled
from ..imports import store
from ..imports.queries import INVITING_PER_MINUTE, PER_MINUTE
from ..imports.store import Run
from ..openings.commands import open_files
from ..openings.domain import Opening
from ..people.domain import is_same_email, name_key
from ..people.store import is_email_elsewhere
from ..quotients.commands import as_entry, note_quotient
from ..quotients.domain import Entry, is_said
from ..quotients.store import load_quotients
from ..settings import FamilyRules
from .queries import TO_DO, Judged, examined, judge, together
from .store import keep_children, keep_households, uninvited

LOOK_SECONDS: Final = 1.0
WORK_SECONDS: Final = 10.0
"""How long the job works before it looks again which import's turn it is."""
EXAMINED_AT_ONCE: Final = 100
BACKLOG_MAX: Final = 300
"""Events that wait to be published: an import adds none to more, so that what others do is never far behind."""
BACKLOG_LOOK_SECONDS: Final = 0.05
OPENED_AT_ONCE: Final = 25
"""In one transaction, for which the desk's own openings wait."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a transaction settled of an import."""

    run: Run
    household_count: int

    @property
    def seconds(self) -> float:
        """How long it lasts at the pace of the import."""
        return 60 * self.household_count / (INVITING_PER_MINUTE if self.run.is_inviting else PER_MINUTE)


class HouseholdRefused(Exception):
    """A household cannot be updated, and nothing of it is kept."""

    def __init__(self, run: Run, judged: Judged) -> None:
        super().__init__()
        self.run = run
        self.judged = judged


@dataclass(frozen=True, slots=True)
class ImportWork:
    """The job that works on imports, one household after another."""

    rules: FamilyRules
    backlog_max: int = BACKLOG_MAX
    at_once: int = OPENED_AT_ONCE
    seconds: float = WORK_SECONDS

    async def run(self, db: Database) -> None:
        """Look at lines, and open households at the pace of the import, for some seconds, half of them at most: the rest is for others."""
        ends_at = monotonic() + self.seconds
        while monotonic() < ends_at and await examine(db, self.rules):
            pass
        while monotonic() < ends_at:
            began_at = monotonic()
            if await store.backlog(db, self.backlog_max) == self.backlog_max:
                await asyncio.sleep(BACKLOG_LOOK_SECONDS)
                continue
            try:
                turn = await work(db, self.rules, self.at_once)
            except HouseholdRefused as refused:
                turn = await _refuse(db, refused.run, refused.judged)
            except Busy:
                return
            if turn is None:
                return
            worked = monotonic() - began_at
            await asyncio.sleep(max(worked, turn.seconds - worked))


@command
async def examine(tx: Transaction, rules: FamilyRules) -> bool:
    """Judge the next households of the oldest import that nobody looked at whole; False when there is none."""
    run = await store.take_run(tx, RunStatus.EXAMINING)
    if run is None:
        return False
    homes = await store.next_homes(tx, run.run_id, [ImportFinding.WAITING], EXAMINED_AT_ONCE)
    if homes:
        await _settle(tx, run, await examined(tx, rules, run, homes))
    else:
        await store.set_status(tx, run.run_id, RunStatus.PROPOSED)
    return True


@command
async def work(tx: Transaction, rules: FamilyRules, at_once: int) -> Turn | None:
    """Open the next households of the import that is at work, or update or invite one; None when there is nothing to do.

    Raises:
        HouseholdRefused: one cannot be updated, and nothing of it is kept.
    """
    run = await store.take_run(tx, RunStatus.RUNNING)
    if run is None or run.confirmed_by is None:
        return None
    homes = await store.next_homes(tx, run.run_id, TO_DO, 1 if run.is_inviting else at_once)
    if not homes:
        await store.set_status(tx, run.run_id, RunStatus.DONE)
        tx.report("household import finished", run_id=str(run.run_id))
        return None
    judged = together(await judge(tx, rules, run, homes))
    actor = Actor(run.confirmed_by, ActorKind.AGENT, sites=None, channel=Channel.JOB)
    if not judged[0].is_there:
        await _settle(tx, run, await _open(tx, actor, rules, run, judged))
        return Turn(run, len(judged))
    try:
        await _settle(tx, run, [await _carry_out(tx, actor, rules, run, judged[0])])
    except Refusal as refusal:
        raise HouseholdRefused(run, judged[0].refused(refusal)) from refusal
    return Turn(run, 1)


@command
async def _refuse(tx: Transaction, run: Run, judged: Judged) -> Turn:
    await store.lock_run(tx, run.run_id)
    await _settle(tx, run, [judged])
    return Turn(run, 1)


async def _settle(tx: Transaction, run: Run, judged: Sequence[Judged]) -> None:
    await store.settle_lines(tx, run.run_id, [line for home in judged for line in home.settled()])


async def _open(tx: Transaction, actor: Actor, rules: FamilyRules, run: Run, judged: Sequence[Judged]) -> list[Judged]:
    """Open those of these households that are to be opened; all of them once that is done."""
    wanted = {home.position: home.request for home in judged if home.finding is ImportFinding.TO_OPEN and home.request}
    how = {home.position: Opening(home.key, run.is_inviting, home.draft.child_keys) for home in judged}
    opened = await open_files(tx, actor, rules, [(request, how[at]) for at, request in wanted.items()])
    outcomes = dict(zip(wanted, opened, strict=True))
    done = [home.opened(outcomes[home.position]) if home.position in outcomes else home for home in judged]
    files = [(home, file) for home in done if isinstance(file := outcomes.get(home.position), HouseholdFile)]
    # The children of a file are the new ones, then those that were known.
    new = [(key, child) for home, file in files for key, child in zip(home.fresh_keys, file.children, strict=False)]
    placed = [(child, at) for home, file in files for child, at in zip(file.children, home.fresh_places, strict=False)]
    await place_new(tx, [(child, place) for child, place in placed if place])
    for home, _ in files:
        await place_known(tx, actor, home.known_places)
    await keep_children(tx, {key: child.child_id for key, child in new if key})
    await keep_households(tx, [(home.key, file.household_id, home.fingerprint) for home, file in files])
    return done


async def _carry_out(tx: Transaction, actor: Actor, rules: FamilyRules, run: Run, judged: Judged) -> Judged:
    """Do what a household that is there was judged to need; the household once it is done."""
    if judged.known is None or judged.finding not in TO_DO:
        return judged
    household_id = judged.known.household_id
    await lock_household(tx, household_id)
    if judged.request is not None and judged.finding is ImportFinding.TO_UPDATE:
        quotient = judged.request.quotient
        entry = as_entry(rules, quotient) if quotient else None
        await _update(tx, actor, (household_id, entry), judged.request, judged.schooled)
        await keep_households(tx, [(judged.key, household_id, judged.fingerprint)])
    if run.is_inviting and (adult_ids := await uninvited(tx, household_id)):
        tx.note(Act(actor, "household_import_invited", household_id, household_id))
        await invite(tx, adult_ids, await tx.today())
    is_update = judged.finding is ImportFinding.TO_UPDATE
    by_hand = tuple(fault for fault in judged.faults if fault.code != Reason.IMPORT_DIFFERS)
    return replace(judged, finding=ImportFinding.UPDATED if is_update else ImportFinding.INVITED, faults=by_hand)


async def _update(
    tx: Transaction, actor: Actor, file_of: tuple[UUID, Entry | None], request: HouseholdCreate, placements: Schooled
) -> None:
    """Take over what a file says of how a household is reached, of its quotient and where its children go to school. What it does not say stays, and an address that is protected or should be too; nobody is invited by that."""
    household_id, entry = file_of
    file = await load_file(tx, household_id)
    if file is None:
        return
    adults = {name_key(adult): adult for adult in file.adults}
    address = request.address
    home = Address(address.lines, address.postal_code, address.city, address.country)
    for place, typed in enumerate(adult for adult in (request.guardian, request.co_guardian) if adult):
        key = _name_key(typed)
        if key in adults:
            moved = (household_id, home) if place == 0 and file.address and not request.secret_reason else None
            await _correct(tx, actor, adults[key].adult_id, typed, moved)
    if entry is not None and not is_said(await load_quotients(tx, household_id), entry.quotient):
        await note_quotient(tx, actor, household_id, entry)
    await place_moved(tx, actor, placements, file.children)


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
