"""What schools are called: by the town's list of them, or by its sites, whose codes they bear."""

from collections.abc import Mapping

from contracts.booking.api import list_activities, list_sites
from contracts.family.schools_api import list_schools
from gateway.composing import permitted
from portal.frame.visit import Visit


async def town_schools(visit: Visit) -> dict[str, str]:
    """The town's schools by their codes, in the order of their names, for agents who see them: what they may choose from."""
    part = await permitted(visit.call(list_schools))
    return {school.code: school.label for school in part.value.items} if part and part.value else {}


async def school_names(visit: Visit) -> dict[str, str]:
    """What schools are called; where none was named yet, every site."""
    return await town_schools(visit) or await site_names(visit)


async def site_names(visit: Visit) -> dict[str, str]:
    """The town's sites by their codes, in the order of their names; none where they are not open to whoever visits, or nobody answers."""
    names: dict[str, str] = {}
    cursor: str | None = None
    while (part := await permitted(visit.call(list_sites, cursor))) and part.value:
        names |= {site.code: site.label for site in part.value.items}
        if (cursor := part.value.next_cursor) is None:
            break
    return dict(sorted(names.items(), key=lambda item: item[1]))


async def public_site_names(visit: Visit) -> dict[str, str]:
    """The sites of the town's activities, which everybody may know."""
    names: dict[str, str] = {}
    cursor: str | None = None
    while (part := await permitted(visit.call(list_activities, cursor))) and part.value:
        names |= {site.code: site.label for activity in part.value.items for site in activity.sites}
        if (cursor := part.value.next_cursor) is None:
            break
    return names


def school_name(names: Mapping[str, str], code: str | None) -> str:
    """A school by name; by its code where nobody says how it is called."""
    return names.get(code or "", code or "")
