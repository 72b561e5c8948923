"""Which file an adult of several households looks at: their pages ask once, name it in their frame, and let it be changed."""

from typing import Any, Final

from litestar import Response

from contracts.family.api import my_households
from contracts.family.models import HouseholdReference
from gateway.auth import WrongSpace
from gateway.composing import optional
from gateway.households import ChosenHousehold, cleared_household_cookie, household_cookie
from portal.frame.spaces import action, page
from portal.frame.visit import FlashNotice, Visit, safe_path
from portal.kit import PATHS

HOME: Final = PATHS["private_home"]


@page(PATHS["households"])
async def households_page(visit: Visit) -> Response[Any]:
    """The files to choose from; whoever has no choice goes on."""
    households = await own_households(visit)
    if len(households) < 2:
        return forget_choice(visit)
    chosen = visit.visitor.household
    context = {
        "households": households,
        "chosen_id": chosen.household_id if chosen else None,
        "next_path": safe_path(visit.query("retour")),
    }
    return visit.page("family/households/choose.html.j2", context)


@action(PATHS["households"])
async def choose_household(visit: Visit) -> Response[Any]:
    """Look at one of the files from now on."""
    guardian_id = visit.session.guardian_id
    if guardian_id is None:
        raise WrongSpace
    named = visit.posted.get("household_id")
    household = next((own for own in await own_households(visit) if str(own.household_id) == named), None)
    if household is None:
        return visit.redirect(PATHS["households"], FlashNotice("warning", "household_gone"))
    target = safe_path(visit.posted.get("next")) or HOME
    return visit.redirect(target, cookies=[household_cookie(_as_chosen(household), guardian_id)])


async def own_households(visit: Visit) -> tuple[HouseholdReference, ...]:
    """The households of whoever is signed in."""
    return (await visit.call(my_households)).items


async def has_lost_choice(visit: Visit) -> bool:
    """Whether the household that they look at is none of theirs any more, or the only one; not while nobody can tell."""
    chosen = visit.visitor.household
    own = await optional(own_households(visit)) if chosen else None
    if own is None or own.value is None:
        return False
    return len(own.value) < 2 or chosen not in list(map(_as_chosen, own.value))


def forget_choice(visit: Visit) -> Response[Any]:
    """The home page, without a choice that is none of theirs now, or that need not be made."""
    return visit.redirect(HOME, cookies=[cleared_household_cookie()])


def _as_chosen(household: HouseholdReference) -> ChosenHousehold:
    return ChosenHousehold(household.household_id, household.reference)


PAGES: Final = [households_page, choose_household]
