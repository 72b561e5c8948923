"""What a file's own page offers and says of its life."""

from collections.abc import Iterator

from contracts.family.archives_api import archive_household
from contracts.family.erasure_api import read_erasure
from contracts.family.models import Household
from contracts.family.splits_api import split_household
from portal.frame.visit import Visit
from portal.kit.formats import date_words


def lifecycle_links(visit: Visit, household: Household) -> Iterator[tuple[str, str]]:
    """What may be done with a file as a whole, by the key of its label, and where."""
    path = f"/agents/familles/{household.household_id}"
    is_divisible = household.archived_on is None and household.organization is None and len(household.adults) > 1
    if is_divisible and visit.may(split_household):
        yield "split", f"{path}/partage"
    if visit.may(archive_household):
        yield "archive" if household.archived_on is None else "reopen", f"{path}/archive"
    if visit.may(read_erasure):
        yield "erase", f"{path}/effacement"


def archive_notes(visit: Visit, household: Household) -> Iterator[tuple[str, str]]:
    """That a file is put aside, and where it is taken up again for whoever may."""
    if household.archived_on is not None:
        url = f"/agents/familles/{household.household_id}/archive" if visit.may(archive_household) else ""
        yield visit.portal.texts("agents.archive.banner", day=date_words(household.archived_on)), url
