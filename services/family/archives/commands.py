"""Putting files aside, taking one up again, and asking for that."""

from datetime import date
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.refusal import NotFound
from contracts.family.archives import ArchivedHousehold, ArchiveStanding, BulkArchive, BulkArchived

from ..errors import HouseholdInUse
from ..households.domain import HouseholdFile
from ..households.store import load_file, lock_household, lock_households, publish, save_members
from ..settings import FamilyRules
from .domain import put_aside, taken_up
from .queries import quiet_since, standing, standing_of
from .store import Decided, keep_aside, note_asked, standings, take_back


@command
async def archive_household(
    tx: Transaction, actor: Actor, rules: FamilyRules, household_id: UUID, reason: str
) -> ArchiveStanding:
    """Put a file aside; one that is already stays as it is.

    Raises:
        NotFound.
        HouseholdInUse: something keeps it in use.
    """
    today = await tx.today()
    file = await _held(tx, household_id)
    if file.archived_on is None:
        known = await standing(tx, rules, household_id, today)
        if known.obstacles:
            raise HouseholdInUse(reference=file.reference)
        await _put_aside(tx, actor, file, reason, known.last_active_on)
    return await standing(tx, rules, household_id, today)


@command
async def archive_idle(tx: Transaction, actor: Actor, rules: FamilyRules, request: BulkArchive) -> BulkArchived:
    """Put files aside that were idle since a day; those that are in use by now, or that are not there, stay."""
    today = await tx.today()
    held = await lock_households(tx, request.household_ids)
    archived_count, in_use = 0, []
    for row in await standings(tx, held, today, quiet_since(rules, today)):
        known = standing_of(row)
        if known.archived_on is not None:
            continue
        if known.obstacles or known.last_active_on >= request.since_on:
            in_use.append(known.reference)
            continue
        await _put_aside(tx, actor, await _held(tx, known.household_id), request.reason, known.last_active_on)
        archived_count += 1
    return BulkArchived(archived_count=archived_count, in_use=tuple(in_use))


@command
async def reopen_household(tx: Transaction, actor: Actor, rules: FamilyRules, household_id: UUID) -> ArchiveStanding:
    """Take a file up again; one that is in use stays as it is. Raises NotFound."""
    today = await tx.today()
    file = await _held(tx, household_id)
    if file.archived_on is not None:
        tx.note(Act(actor, "household_reopened", household_id, household_id, before={"since": file.archived_on}))
        members = await take_back(tx, household_id)
        opened = taken_up(file, members["adult"], members["child"], today)
        await save_members(tx, opened)
        await publish(tx, [household_id], today)
    return await standing(tx, rules, household_id, today)


@command
async def ask_reopening(tx: Transaction, actor: Actor, household_id: UUID) -> ArchivedHousehold:
    """Ask for a file that one belonged to and that was put aside; asked again, nothing changes. Raises NotFound."""
    adult_id = actor.require_guardian()
    if not await lock_household(tx, household_id):
        raise NotFound
    row = await note_asked(tx, household_id, adult_id, await tx.now(), await tx.today())
    if row is None:
        raise NotFound
    if row["is_first"]:
        tx.note(Act(actor, "reopening_asked", household_id, household_id))
    return ArchivedHousehold.model_validate({name: row[name] for name in ArchivedHousehold.model_fields})


async def _held(tx: Transaction, household_id: UUID) -> HouseholdFile:
    if not await lock_household(tx, household_id) or (file := await load_file(tx, household_id)) is None:
        raise NotFound
    return file


async def _put_aside(tx: Transaction, actor: Actor, file: HouseholdFile, reason: str, last_active_on: date) -> None:
    today = await tx.today()
    tx.note(Act(actor, "household_archived", file.household_id, file.household_id, after={"reason": reason}))
    archived, members = put_aside(file, today)
    decided = Decided(await tx.now(), today, actor.account_id, reason, last_active_on)
    await keep_aside(tx, file.household_id, members, decided)
    await save_members(tx, archived)
    await publish(tx, [file.household_id], today)
