"""What a split makes of a file, before it is made."""

from datetime import date
from uuid import UUID

from chassis.data.database import Database, Queries
from chassis.refusal import NotFound, Refusal
from chassis.timeline import Timeline
from contracts.family.splits import ChildPlace, SplitCreate, SplitPreview, SplitSide

from ..custody.store import load_custody
from ..errors import HouseholdArchived, HouseholdMerged, OrganizationNotSplit
from ..households.domain import Address, HouseholdFile
from ..households.store import load_file
from ..people.domain import child_names
from ..protection.domain import Protection
from ..protection.store import load_protection
from .domain import Halves, Parting, custody_after, fingerprint, is_to_place, protection_after, split

DELEGATIONS_SQL = """
select count(*) from delegations where household_id = $1 and parent_id = any($2::uuid[]) and ending is null
"""


async def preview(db: Database, household_id: UUID, request: SplitCreate) -> SplitPreview:
    """What a split makes of a file. Raises NotFound, Invalid, OrganizationNotSplit."""
    today = await db.today()
    file = await load_file(db, household_id)
    if file is None:
        raise NotFound
    if file.merged is not None:
        raise HouseholdMerged(reference=file.merged.reference)
    if file.archived_on is not None:
        raise HouseholdArchived(reference=file.reference)
    parting = parting_of(request)
    halves = halves_of(file, parting, household_id, today)
    return SplitPreview(
        reference=file.reference,
        from_on=parting.from_on,
        former=_side(halves.former, parting.from_on),
        new=_side(halves.new, parting.from_on),
        children_to_place=tuple(await _to_place(db, halves, parting)),
        ended_delegation_count=await db.fetchval(DELEGATIONS_SQL, household_id, list(parting.adult_ids)),
        is_address_protected=await protection_of(db, file, parting, today) is not None,
        fingerprint=fingerprint(file, parting),
    )


def parting_of(request: SplitCreate) -> Parting:
    """A split as it was typed."""
    address = request.address
    children = {place: [item.child_id for item in request.children if item.place is place] for place in ChildPlace}
    return Parting(
        from_on=request.from_on,
        adult_ids=tuple(dict.fromkeys(request.adult_ids)),
        along=tuple(children[ChildPlace.NEW]),
        both=tuple(children[ChildPlace.BOTH]),
        address=Address(address.lines, address.postal_code, address.city, address.country),
        payer_id=request.payer_adult_id,
        former_payer_id=request.former_payer_id,
        secret_reason=request.secret_reason,
    )


def halves_of(file: HouseholdFile, parting: Parting, new_id: UUID, today: date) -> Halves:
    """The two files that a split makes, the new one without a reference. Raises Invalid, OrganizationNotSplit."""
    if file.organization is not None:
        raise OrganizationNotSplit(legal_name=file.organization.legal_name)
    empty = HouseholdFile(
        household_id=new_id,
        reference="",
        address=parting.address,
        adults=(),
        children=(),
        adult_members=(),
        child_members=(),
        payers=Timeline(),
        created_at=file.created_at,
    )
    halves = split(file, parting, empty, today)
    if isinstance(halves, Refusal):
        raise halves
    return halves


async def protection_of(db: Queries, file: HouseholdFile, parting: Parting, today: date) -> Protection | None:
    """How the address of the new file is protected from the start, if it is."""
    kept = await load_protection(db, file.household_id)
    return protection_after(file, kept.protection if kept else None, parting, today)


def _side(file: HouseholdFile, day: date) -> SplitSide:
    payer, names = file.payer_on(day), child_names(file.children)
    return SplitSide(
        adult_names=tuple(
            f"{adult.first_name} {adult.last_name}" for adult in file.adults if day in file.days_of(adult.adult_id)
        ),
        child_names=tuple(names[child.child_id] for child in file.children if day in file.days_of(child.child_id)),
        payer_name=f"{payer.first_name} {payer.last_name}" if payer else None,
    )


async def _to_place(db: Queries, halves: Halves, parting: Parting) -> list[str]:
    """The children of whom an agent is to say where they live from then on."""
    names, called = [], child_names(halves.new.children)
    for child in halves.new.children:
        custody = await load_custody(db, child)
        is_shared = child.child_id in parting.both
        if not is_shared:
            custody = custody_after(custody, halves.former.household_id, halves.new.household_id, parting.from_on)
        if is_to_place(custody, parting.from_on, has_two_homes=is_shared):
            names.append(called[child.child_id])
    return names
