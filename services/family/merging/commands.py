"""Merging two files of one household, and undoing it."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.days import ONE_DAY
from chassis.identifiers import new_id
from chassis.refusal import NotFound, Refusal
from contracts.family.merging import FileMerge, FileMergeRequest

from ..care.commands import care_along
from ..care.store import publish_care, publish_care_around
from ..contacts.commands import lock_adult
from ..custody.store import load_custody, save_custody
from ..derogations.store import derogations_along
from ..errors import FileMergeBlocked, FileMergeNotUndoable, FileMergeOutdated
from ..households.domain import Address
from ..households.store import lock_households, publish, save_address, save_members, save_payers
from ..import_work.store import keys_along
from ..merged_rows.store import Written, put_back, reopen_quotients, rows_of
from ..people.store import load_adult, load_children, save_contact
from ..quotients.commands import publish_quotients
from ..quotients.domain import in_force
from ..quotients.store import load_entries, load_quotients, record_quotient
from ..schooling.store import places_along, publish_schoolings
from . import store
from .domain import UNDO_TIME, Both, Match, Merged, merged
from .queries import answer
from .store import MergeRecord, Standing

FORGOTTEN_MAX = 100


@command
async def merge_files(
    tx: Transaction, actor: Actor, claim: Claim, kept_id: UUID, request: FileMergeRequest
) -> FileMerge:
    """Merge a file into another one, as it was previewed: whoever belongs to it comes to that one, and whom both name is one person.

    Raises:
        NotFound, Invalid, HouseholdMerged: one of them is part of another file by now.
        FileMergeOutdated: one of them changed since the preview.
        FilesOfOrganizations, FileReceivedAnother, FilesAreTwoHomes, HouseholdArchived, PersonInThirdFile, CustodyDiffers, HealthDiffers, ChangesWait.
    """
    if (known := await claim.replay(tx, FileMerge)) is not None:
        return known
    both = await store.lock_both(tx, kept_id, request.former_id)
    if both.fingerprint() != request.fingerprint:
        raise FileMergeOutdated
    matches = [Match(**match.model_dump()) for match in request.matches]
    decision = merged(both, matches, is_address_taken=request.is_address_taken)
    if isinstance(decision, Refusal):
        raise decision
    written = _written(both, decision, request)
    before = await rows_of(tx, written)
    merge_id = new_id()
    _note_merged(tx, actor, both)
    await store.add_merge(tx, merge_id, both, decision.same, actor.account_id)
    await _write(tx, actor, both, decision)
    if request.is_quotient_taken:
        await _take_quotient(tx, actor, both)
    await store.keep_rows(tx, merge_id, kept_id, written, (before, await rows_of(tx, written)))
    await _publish(tx, written, both.last_on)
    tx.report("household files merged", merge_id=str(merge_id))
    made = await store.find_merge(tx, merge_id)
    if made is None:
        raise NotFound
    return await claim.keep(tx, await answer(tx, made))


@command
async def undo_merge(tx: Transaction, actor: Actor, merge_id: UUID) -> FileMerge:
    """Separate two files: what stood before stands again. Who went along is where they were, and what was booked follows them by itself.

    Raises:
        NotFound.
        FileMergeNotUndoable: it was undone, or its time is over.
        FileMergeBlocked: what it wrote was changed since.
    """
    if (merge := await store.find_merge(tx, merge_id)) is None:
        raise NotFound
    await lock_households(tx, [merge.kept_id, merge.former_id])
    await store.hold_merged(tx, merge)
    # Whoever undid it at the same moment is done by now.
    merge = await store.find_merge(tx, merge_id) or merge
    now = await tx.now()
    if merge.undone_at is not None or now >= merge.undo_ends_at:
        raise FileMergeNotUndoable
    if (standing := await store.standing_of(tx, merge)) is None:
        raise FileMergeNotUndoable
    if standing.changed:
        raise FileMergeBlocked(parts=[part.value for part in standing.changed])
    for own_id, other in ((merge.kept_id, merge.former_reference), (merge.former_id, merge.kept_reference)):
        tx.note(Act(actor, "households_separated", merge_id, own_id, after={"reference": other}))
    await _restore(tx, merge, standing)
    await store.note_undone(tx, merge, actor.account_id)
    await _publish(tx, standing.written, await tx.today())
    tx.report("household files separated", merge_id=str(merge_id))
    return await answer(tx, replace(merge, undone_at=now))


def _note_merged(tx: Transaction, actor: Actor, both: Both) -> None:
    """Each file reads in its history which other one it was."""
    for own, other in ((both.kept, both.former), (both.former, both.kept)):
        after: dict[str, Any] = {"reference": other.reference, "kept": both.kept.reference}
        tx.note(Act(actor, "households_merged", both.kept.household_id, own.household_id, after=after))


def _written(both: Both, decision: Merged, request: FileMergeRequest) -> Written:
    kept_id = both.kept.household_id
    return Written(
        household_ids=(kept_id, both.former.household_id),
        child_ids=tuple(both.custodies),
        cared_ids=tuple(person_id for pair in decision.same.items() for person_id in pair),
        adult_ids=tuple(adult.adult_id for adult in decision.adults),
        address_of=(both.former.household_id, *((kept_id,) if request.is_address_taken else ())),
        quotients_of=(kept_id,) if request.is_quotient_taken else (),
    )


async def _write(tx: Transaction, actor: Actor, both: Both, decision: Merged) -> None:
    """Write both files, and what goes along with whoever is one person of two."""
    for file in (decision.kept, decision.former):
        await save_members(tx, file)
        await save_payers(tx, file)
    if decision.kept.address is not None:
        await save_address(tx, decision.kept.household_id, decision.kept.address)
    for adult in decision.adults:
        await save_contact(tx, adult)
    for custody in decision.custodies:
        if custody != both.custodies[custody.child.child_id]:
            await save_custody(tx, custody)
    children = {child.child_id for child in both.former.children}
    same = {went: stays for went, stays in decision.same.items() if went in children}
    for went, stays in sorted(same.items()):
        await care_along(tx, actor, (went, stays), decision.same)
        await places_along(tx, went, stays, both.later)
        await derogations_along(tx, went, stays)
        await publish_care(tx, stays)
    await keys_along(tx, (both.former.household_id, both.kept.household_id), same)


async def _publish(tx: Transaction, written: Written, today: date) -> None:
    """Publish both files, and each other one that names an adult whose contacts are others by now."""
    household_ids = set(written.household_ids)
    for adult_id in sorted(written.adult_ids):
        household_ids |= set(await lock_adult(tx, adult_id))
    await publish(tx, household_ids, today)
    for adult_id in sorted(written.adult_ids):
        await publish_care_around(tx, adult_id)


async def _take_quotient(tx: Transaction, actor: Actor, both: Both) -> None:
    """Have the quotient of the file that goes count for the one that is kept, from the day on which its homes and payers do."""
    kept_id = both.kept.household_id
    former_id, first_on = both.former.household_id, both.last_on + ONE_DAY
    quotient = in_force(await load_quotients(tx, former_id), first_on)
    for kept in await load_entries(tx, former_id):
        if kept.replaced_at is None and kept.entry.quotient == quotient:
            taken = replace(kept.entry, quotient=quotient.model_copy(update={"effective_on": first_on}))
            await record_quotient(tx, kept_id, taken, await tx.now(), actor.account_id)
            await publish_quotients(tx, kept_id)


async def _restore(tx: Transaction, merge: MergeRecord, standing: Standing) -> None:
    """Put back what stood before a merge, and tell it."""
    await put_back(tx, standing.written, standing.before)
    for row in standing.before.get("households", []):
        address = Address(tuple(row["address_lines"]), row["postal_code"], row["city"], row["country"])
        await save_address(tx, UUID(row["household_id"]), address)
    for row in standing.before.get("adults", []):
        if (adult := await load_adult(tx, UUID(row["adult_id"]))) is not None:
            contact = {name: row[name] for name in ("email", "phone", "is_invited")}
            await save_contact(tx, replace(adult, **contact, revision=adult.revision + 1))
    if standing.written.quotients_of:
        counting = [UUID(row["quotient_id"]) for row in standing.before.get("quotients", [])]
        await reopen_quotients(tx, merge.kept_id, counting)
        await publish_quotients(tx, merge.kept_id)
    children = await load_children(tx, standing.written.child_ids)
    for child_id in sorted(children):
        tx.emit((await load_custody(tx, children[child_id])).state())
    cared = sorted(children.keys() & set(standing.written.cared_ids))
    for child_id in cared:
        await publish_care(tx, child_id)
    await publish_schoolings(tx, cared)


@command
async def _forget_some(tx: Transaction) -> int:
    return await store.forget_rows(tx, await tx.now() - UNDO_TIME, FORGOTTEN_MAX)


async def forget_merged(db: Database) -> None:
    """Forget what stood before merges that cannot be undone any more."""
    while await _forget_some(db) == FORGOTTEN_MAX:
        pass
