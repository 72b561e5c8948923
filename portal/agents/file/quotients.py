"""The quotient of a file, asked for at the CAF and the MSA by an agent."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.api import read_household
from portal.agents.file.reading import PATH as FILE
from portal.frame.quotients import readings
from portal.frame.quotients.readings import Place
from portal.frame.spaces import action, page
from portal.frame.visit import Visit

PATH: Final = f"{FILE}/quotient-caf-msa"
ONE: Final = f"{PATH}/{{reading_id:uuid}}"


async def _place(visit: Visit, household_id: UUID) -> Place:
    household = await visit.call(read_household, household_id)
    file = f"/agents/familles/{household_id}"
    payer = next((adult for adult in household.adults if adult.adult_id == household.payer_adult_id), None)
    return Place(
        path=f"{file}/quotient-caf-msa",
        back=f"{file}/ressources",
        household_id=household_id,
        is_town=True,
        known={"birth_name": payer.last_name, "first_names": payer.first_name} if payer else {},
        parameters={"household_id": household_id},
    )


@page(PATH)
async def quotient_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """What was found or waits, and the form to ask."""
    return await readings.show(visit, await _place(visit, household_id))


@action(PATH)
async def ask(visit: Visit, household_id: UUID) -> Response[Any]:
    """Ask."""
    return await readings.ask(visit, await _place(visit, household_id), quotient_page)


@action(f"{ONE}/prise", typing=None)
async def take(visit: Visit, household_id: UUID, reading_id: UUID) -> Response[Any]:
    """Have what was found count."""
    return await readings.take(visit, await _place(visit, household_id), quotient_page, reading_id)


@action(f"{ONE}/retrait", typing=None)
async def drop(visit: Visit, household_id: UUID, reading_id: UUID) -> Response[Any]:
    """Forget it, or ask no more."""
    return await readings.drop(visit, await _place(visit, household_id), quotient_page, reading_id)


PAGES = [quotient_page, ask, take, drop]
