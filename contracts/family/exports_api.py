"""What the family service answers about the whole file of an adult: begun, given its parts, taken away."""

from uuid import UUID

from contracts.family.exports import PART_BODY_BYTES_MAX, Export, ExportCreate, SealedPart, ServiceName
from contracts.http import File, FileType, Page
from contracts.operation import families, get, post, put
from contracts.types import StepUp


@get("/me/exports", families())
async def own_exports() -> Page[Export]:
    """The exports of the adult who asks, the newest first."""


@post("/exports", families(), is_keyed=True, status=201, step_up=StepUp.EXPORTS)
async def start_export(body: ExportCreate) -> Export:
    """Begin an export; one of the same household that is not ready yet goes on."""


@put(
    "/exports/{export_id}/parts/{service}",
    families(),
    is_noted=False,
    step_up=StepUp.EXPORTS,
    body_max_bytes=PART_BODY_BYTES_MAX,
)
async def add_export_part(export_id: UUID, service: ServiceName, body: SealedPart) -> Export:
    """Keep the part of a service, which the gateway alone can seal; with the last one the archive is made. The same part again takes the place of the former."""


@get("/exports/{export_id}/archive", families(), is_noted=True, step_up=StepUp.EXPORTS, file_type=FileType.ZIP)
async def read_export(export_id: UUID) -> File:
    """The archive: a PDF to read, JSON with its schema, and the documents."""
