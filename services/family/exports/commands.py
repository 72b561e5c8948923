"""Beginning an export, keeping its parts, making its archive of them, and removing it after its last day."""

import asyncio
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import structlog

from chassis.actor import Actor
from chassis.clock import civil_day
from chassis.data.database import Database, Row, Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.documents.issuing import Press
from chassis.documents.typesetting import CannotBeSet
from chassis.housekeeping import remove_in_batches
from chassis.identifiers import new_id
from chassis.refusal import Busy, Forbidden, Refusal
from chassis.sealing import SealBroken, SharedSeal
from contracts.family.document_words import DocumentStatus
from contracts.family.exports import Export, ExportCreate, ExportPart, SealedPart, WholeFile, place_of
from contracts.http import File
from contracts.types import SERVICES, ActorKind

from ..adapters.contents import Contents, Unusable
from ..documents.queries import own_documents
from ..documents.store import load_contents
from ..households.queries import household_id_for
from ..settings import FamilyRules
from . import queries, store
from .domain import KEPT_MAX, last_day
from .store import NewExport

MADE_AT_ONCE: Final = 5

log = structlog.get_logger()


@command
async def start_export(tx: Transaction, actor: Actor, claim: Claim, request: ExportCreate) -> Export:
    """Begin an export, or go on with the one that is not ready. Raises NotFound, HouseholdAmbiguous."""
    if (known := await claim.replay(tx, Export)) is not None:
        return known
    adult_id, today = actor.require_guardian(), await tx.today()
    household_id = await household_id_for(tx, actor, request.household_id, today)
    export_id = await store.going_on(tx, adult_id, household_id, today)
    tx.note(Act(actor, "export_started", household_id, household_id))
    if export_id is None:
        export_id = new_id()
        await store.add(tx, NewExport(export_id, household_id, adult_id, last_day(today)), actor)
        await store.forget_oldest(tx, adult_id, KEPT_MAX)
    return await claim.keep(tx, await queries.shown(tx, export_id, adult_id))


def opened(seal: SharedSeal, export_id: UUID, service: str, part: SealedPart) -> ExportPart:
    """The part that the gateway gathered. Raises Forbidden: somebody else made it up, or took it from another export."""
    try:
        return ExportPart.model_validate_json(seal.open(part.sealed, place_of(export_id, service)))
    except SealBroken as error:
        raise Forbidden from error


@command
async def add_part(tx: Transaction, actor: Actor, export_id: UUID, service: str, part: ExportPart) -> Export:
    """Keep the part of a service. Raises NotFound."""
    adult_id = actor.require_guardian()
    row = await queries.row_of(tx, export_id, adult_id)
    if row["is_ready"]:
        return queries.answer(row)
    await store.keep_part(tx, export_id, adult_id, service, part.model_dump_json().encode())
    return await queries.shown(tx, export_id, adult_id)


@command
async def read_export(tx: Transaction, actor: Actor, export_id: UUID) -> None:
    """Note that an archive is taken away. Raises NotFound."""
    row = await queries.row_of(tx, export_id, actor.require_guardian())
    tx.note(Act(actor, "export_taken", row["household_id"], row["household_id"]))


async def take(db: Database, actor: Actor, export_id: UUID) -> File:
    """The archive, for its adult. Raises NotFound, also while it is made."""
    content = await queries.archive(db, actor, export_id)
    await read_export(db, actor, export_id)
    return content


@dataclass(frozen=True, slots=True)
class ExportWork:
    """What is done with exports in the background: archives are made, and removed after their last day."""

    press: Press
    rules: FamilyRules
    contents: Contents

    async def make(self, db: Database) -> None:
        """Make the archives of the exports that have all their parts; one that cannot be made goes, and its adult begins another one."""
        for export_id, adult_id in await store.waiting(db, len(SERVICES), MADE_AT_ONCE):
            try:
                row = await queries.row_of(db, export_id, adult_id)
                await _keep(db, export_id, adult_id, await self._archive(db, row))
            except Busy:
                log.info("export waits", export_id=str(export_id))
            except (Refusal, CannotBeSet) as error:
                log.error("export cannot be made", export_id=str(export_id), error=type(error).__name__)
                await _drop(db, export_id)

    async def forget(self, db: Database) -> None:
        """Remove the exports that are past their last day."""
        await remove_in_batches(db, store.FORGET_SQL, await db.today())

    async def _archive(self, db: Database, row: Row) -> bytes:
        parts = await store.parts_of(db, row["export_id"], row["adult_id"])
        made_on = civil_day(row["created_at"], db.zone)
        whole = WholeFile(
            reference=row["reference"],
            gathered_on=made_on,
            parts={name: ExportPart.model_validate_json(part) for name, part in parts.items()},
        )
        content = {
            "town": self.press.town.model_dump(mode="json"),
            "issuer": {"first": self.press.town.in_a_sentence, "inside": self.press.town.in_the_middle},
            **whole.model_dump(mode="json"),
        }
        files = {
            "dossier.pdf": await self.press.typesetter.document("whole_file.typ", content, row["created_at"]),
            "donnees.json": whole.model_dump_json(indent=1).encode(),
            "schema.json": json.dumps(WholeFile.model_json_schema(), indent=1).encode(),
            **await self._documents(db, row),
        }
        return await asyncio.to_thread(_zipped, files, made_on)

    async def _documents(self, db: Database, row: Row) -> dict[str, bytes]:
        """The documents that the adult may read, each as a PDF."""
        actor = Actor(row["created_by"], ActorKind.PARENT, guardian_id=row["adult_id"])
        own = await own_documents(db, actor, self.rules, row["household_id"])
        files = {}
        for number, item in enumerate((one for one in own.items if one.status is not DocumentStatus.DRAFT), start=1):
            pages = await load_contents(db, self.contents.blobs, item.document_id)
            try:
                content = await self.contents.workshop.whole(pages) if pages else b""
            except Unusable:
                continue
            if content:
                files[f"documents/{number:03d}-{item.kind.code}.pdf"] = content
        return files


@command
async def _drop(tx: Transaction, export_id: UUID) -> None:
    await store.drop(tx, export_id)


@command
async def _keep(tx: Transaction, export_id: UUID, adult_id: UUID, archive: bytes) -> None:
    await store.keep_archive(tx, export_id, adult_id, archive)


def _zipped(files: Mapping[str, bytes], made_on: date) -> bytes:
    """The files as a ZIP, the same to the byte for the same files and day."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            stamp: Any = (made_on.year, made_on.month, made_on.day, 0, 0, 0)
            archive.writestr(zipfile.ZipInfo(name, stamp), files[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()
