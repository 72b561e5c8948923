"""What the family service answers about school sectors."""

from uuid import UUID

from contracts.family.permissions import FamilyPermission
from contracts.family.sectors import (
    BODY_BYTES_MAX,
    ChildSectors,
    SchoolYear,
    SectorFile,
    SectorPlan,
    SectorTrial,
    Segment,
)
from contracts.operation import agents, delete, families, get, post, put


@get("/sectors/{school_year}", agents(FamilyPermission.KEEP_SECTORS))
async def read_sectors(school_year: SchoolYear) -> SectorPlan:
    """The sectors of a school year, as agents work on them."""


@post("/sectors/{school_year}/segments", agents(FamilyPermission.KEEP_SECTORS), is_keyed=True, status=201)
async def add_segment(school_year: SchoolYear, body: Segment) -> SectorPlan:
    """Add a segment to the plan; an address is of one school for each level."""


@delete("/sectors/{school_year}/segments/{segment_id}", agents(FamilyPermission.KEEP_SECTORS))
async def remove_segment(school_year: SchoolYear, segment_id: UUID) -> SectorPlan:
    """Take a segment out of the plan."""


@put("/sectors/{school_year}", agents(FamilyPermission.KEEP_SECTORS), body_max_bytes=BODY_BYTES_MAX)
async def replace_sectors(school_year: SchoolYear, body: SectorFile) -> SectorPlan:
    """Have a file, or what counts the year before, take the place of the plan: whole, or not at all."""


@get("/sectors/{school_year}/trial", agents(FamilyPermission.KEEP_SECTORS))
async def try_sectors(school_year: SchoolYear) -> SectorTrial:
    """How many children of known addresses a publication of the plan would have change school."""


@post("/sectors/{school_year}/publication", agents(FamilyPermission.KEEP_SECTORS), is_repeatable=True)
async def publish_sectors(school_year: SchoolYear) -> SectorPlan:
    """Have the plan count from now on."""


@get("/children/{child_id}/sectors/{school_year}", families(FamilyPermission.RECORD_DEROGATIONS))
async def read_child_sectors(child_id: UUID, school_year: SchoolYear) -> ChildSectors:
    """The schools of a child by its homes."""
