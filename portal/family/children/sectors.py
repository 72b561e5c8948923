"""The school of a child by the address of its family, and the other schools that were asked for: a part of the child's file."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.family.derogations import Derogation
from contracts.family.derogations_api import child_derogations
from contracts.family.sector_words import SectorReason
from contracts.family.sectors import HomeSector
from contracts.family.sectors_api import read_child_sectors
from portal.frame.visit import Visit


@dataclass(frozen=True, slots=True)
class ChildSector:
    """A school year of a child: its schools by the homes of whoever looks, and what was asked for."""

    school_year: int
    homes: Sequence[HomeSector]
    requests: Sequence[Derogation]


async def child_sectors(visit: Visit, child_id: UUID, years: Sequence[int]) -> list[ChildSector]:
    """The years of which something is to be said: a town without sectors and requests says nothing."""
    sectors, requests = await asyncio.gather(
        asyncio.gather(*(visit.call(read_child_sectors, child_id, year) for year in years)),
        visit.call(child_derogations, child_id),
    )
    parts = []
    for known in sectors:
        asked = [item for item in requests.items if item.school_year == known.school_year]
        homes = () if known.level is None or _says_nothing(known.homes) else known.homes
        if homes or asked:
            parts.append(ChildSector(known.school_year, homes, asked))
    return parts


def _says_nothing(homes: Sequence[HomeSector]) -> bool:
    return all(home.reason is SectorReason.NOT_PUBLISHED for home in homes)
