"""The quotient of one's own household, asked for at the CAF and the MSA."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.api import my_household
from portal.frame.quotients import readings
from portal.frame.quotients.readings import Place
from portal.frame.spaces import action, page
from portal.frame.visit import Visit

PATH: Final = "/ma-famille/quotient"
ONE: Final = f"{PATH}/{{reading_id:uuid}}"


async def _place(visit: Visit) -> Place:
    household = await visit.call(my_household)
    own = next((adult for adult in household.adults if adult.adult_id == visit.session.guardian_id), None)
    known = {"birth_name": own.last_name, "first_names": own.first_name} if own else {}
    return Place(PATH, "/ma-famille", household.household_id, is_town=False, known=known, parameters={})


@page(PATH)
async def quotient_page(visit: Visit) -> Response[Any]:
    """What was found or waits, and the form to ask."""
    return await readings.show(visit, await _place(visit))


@action(PATH)
async def ask(visit: Visit) -> Response[Any]:
    """Ask."""
    return await readings.ask(visit, await _place(visit), quotient_page)


@action(f"{ONE}/prise", typing=None)
async def take(visit: Visit, reading_id: UUID) -> Response[Any]:
    """Have what was found count."""
    return await readings.take(visit, await _place(visit), quotient_page, reading_id)


@action(f"{ONE}/retrait", typing=None)
async def drop(visit: Visit, reading_id: UUID) -> Response[Any]:
    """Forget it, or ask no more."""
    return await readings.drop(visit, await _place(visit), quotient_page, reading_id)


PAGES = [quotient_page, ask, take, drop]
