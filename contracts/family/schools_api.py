"""What the family service answers about schools, their classes and their pupils."""

from uuid import UUID

from contracts.family.permissions import FamilyPermission
from contracts.family.schools import (
    ChildSchooling,
    ClassChange,
    ClassCreate,
    ClassesCopy,
    Pupil,
    School,
    SchoolChange,
    SchoolClass,
    SchoolClasses,
    SchoolingChange,
    SchoolingEnd,
    SchoolYear,
)
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize, SiteCode
from contracts.operation import agents, families, get, post, put


@get("/schools", agents(FamilyPermission.READ_SCHOOLS))
async def list_schools() -> Page[School]:
    """The town's schools by name; of an agent of some sites, those that are there."""


@put("/schools/{school_code}", agents(FamilyPermission.KEEP_SCHOOLS))
async def save_school(school_code: SiteCode, body: SchoolChange) -> School:
    """Name a school of the town, or say that it is called otherwise or teaches other levels."""


@get("/schools/{school_code}/years/{school_year}", agents(FamilyPermission.READ_SCHOOLS))
async def read_classes(school_code: SiteCode, school_year: SchoolYear) -> SchoolClasses:
    """A school's classes in a year, and how many pupils are in each and in none."""


@get("/schools/{school_code}/years/{school_year}/pupils", agents(FamilyPermission.READ_SCHOOLS))
async def list_pupils(
    school_code: SiteCode,
    school_year: SchoolYear,
    class_id: UUID | None = None,
    is_unclassed: bool = False,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[Pupil]:
    """A school's pupils by name, those of one class, or those who are in none."""


@post("/schools/{school_code}/classes", agents(FamilyPermission.KEEP_SCHOOLS), is_keyed=True, status=201)
async def create_class(school_code: SiteCode, body: ClassCreate) -> SchoolClass:
    """Open a class of a school for a school year."""


@post("/schools/{school_code}/classes/copies", agents(FamilyPermission.KEEP_SCHOOLS), is_repeatable=True)
async def copy_classes(school_code: SiteCode, body: ClassesCopy) -> SchoolClasses:
    """Open the classes of a year in the next one too; those whose names it has already stay as they are."""


@put("/classes/{class_id}", agents(FamilyPermission.KEEP_SCHOOLS))
async def change_class(class_id: UUID, body: ClassChange) -> SchoolClass:
    """Say what a class is called, which levels it has and who teaches it."""


@post("/classes/{class_id}/closing", agents(FamilyPermission.KEEP_SCHOOLS), is_repeatable=True)
async def close_class(class_id: UUID) -> SchoolClass:
    """Close a class in which no pupil is any more."""


@get("/children/{child_id}/schooling", families(FamilyPermission.READ_SCHOOLS))
async def read_schooling(child_id: UUID) -> ChildSchooling:
    """Where a child goes to school, and went."""


@get("/households/{household_id}/schoolings", families(FamilyPermission.READ_SCHOOLS))
async def list_schoolings(household_id: UUID) -> Page[ChildSchooling]:
    """Where the children of a household go to school: those who belong to it today and whom the asker reaches."""


@put("/children/{child_id}/schooling", agents(FamilyPermission.KEEP_SCHOOLS))
async def change_schooling(child_id: UUID, body: SchoolingChange) -> ChildSchooling:
    """Say where a child goes to school from a day until the end of that school year."""


@post("/children/{child_id}/schooling/end", agents(FamilyPermission.KEEP_SCHOOLS), is_repeatable=True)
async def end_schooling(child_id: UUID, body: SchoolingEnd) -> ChildSchooling:
    """Say on which day a child is in its school for the last time."""
