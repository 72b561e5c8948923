"""Where an agent's page stands: the file and the child that its address names, for the path at its head. The menu says which list they are found in."""

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from contracts.family.api import read_household
from contracts.family.custody_api import read_child_files
from gateway.composing import permitted
from portal.agents.file.crumb import file_crumb
from portal.agents.file.head import TABS
from portal.frame.visit import Visit
from portal.kit import Crumb

FILES: Final = "/agents/familles"
CHILDREN: Final = "/agents/enfants"
TAB: Final = re.compile(rf"{FILES}/[^/]+({'|'.join(place for _, place, _ in TABS)}|/inscrire)")
"""The tabs of a file, which know the file themselves."""


async def trail_of(visit: Visit, parameters: Mapping[str, Any]) -> tuple[Crumb, ...]:
    """The steps between the list and the page; none that is not open to whoever looks, or that does not answer: the page itself says so."""
    if not visit.may(read_household):
        return ()
    path = visit.request.scope["path"]
    if TAB.fullmatch(path):
        return ()
    if path.startswith(f"{FILES}/") and "household_id" in parameters:
        file = await permitted(visit.call(read_household, parameters["household_id"]))
        return (file_crumb(file.value),) if file and file.value else ()
    if path.startswith(f"{CHILDREN}/") and "child_id" in parameters:
        return await _of_child(visit, parameters["child_id"])
    return ()


async def _of_child(visit: Visit, child_id: UUID) -> tuple[Crumb, ...]:
    """The first of the child's files, and the child among its people."""
    files = await permitted(visit.call(read_child_files, child_id))
    known = files.value if files else None
    file = await permitted(visit.call(read_household, known.homes[0].household_id)) if known and known.homes else None
    if not known or not file or not file.value:
        return ()
    crumb = file_crumb(file.value)
    return crumb, Crumb(known.first_name, f"{crumb.url}/personnes#enfant-{child_id}")
