"""HTTP routes of schools and classes."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.family import schools_api as api
from contracts.family.schools import (
    ClassChange,
    ClassCreate,
    ClassesCopy,
    Pupil,
    School,
    SchoolChange,
    SchoolClass,
    SchoolClasses,
    SchoolYear,
)
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize, SiteCode

from . import commands, queries
from .queries import PupilsAsked


@serves(api.list_schools)
async def list_schools(db: Database, actor: Actor) -> Page[School]:
    return await queries.list_schools(db, actor)


@serves(api.save_school)
async def save_school(school_code: SiteCode, body: SchoolChange, db: Database, actor: Actor) -> School:
    return await commands.save_school(db, actor, school_code, body)


@serves(api.read_classes)
async def read_classes(school_code: SiteCode, school_year: SchoolYear, db: Database, actor: Actor) -> SchoolClasses:
    return await queries.read_classes(db, actor, school_code, school_year)


@serves(api.list_pupils)
async def list_pupils(
    school_code: SiteCode,
    school_year: SchoolYear,
    db: Database,
    actor: Actor,
    class_id: UUID | None = None,
    is_unclassed: bool = False,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[Pupil]:
    asked = PupilsAsked(school_code, school_year, class_id, is_unclassed, cursor, limit)
    return await queries.list_pupils(db, actor, asked)


@serves(api.create_class)
async def create_class(
    school_code: SiteCode, body: ClassCreate, db: Database, actor: Actor, claim: Claim
) -> SchoolClass:
    return await commands.create_class(db, actor, claim, school_code, body)


@serves(api.copy_classes)
async def copy_classes(school_code: SiteCode, body: ClassesCopy, db: Database, actor: Actor) -> SchoolClasses:
    return await commands.copy_classes(db, actor, school_code, body)


@serves(api.change_class)
async def change_class(class_id: UUID, body: ClassChange, db: Database, actor: Actor) -> SchoolClass:
    return await commands.change_class(db, actor, class_id, body)


@serves(api.close_class)
async def close_class(class_id: UUID, db: Database, actor: Actor) -> SchoolClass:
    return await commands.close_class(db, actor, class_id)


ROUTES = (
    list_schools,
    save_school,
    read_classes,
    list_pupils,
    create_class,
    copy_classes,
    change_class,
    close_class,
)
