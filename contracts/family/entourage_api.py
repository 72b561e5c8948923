"""What the family service answers about the people around a child."""

from uuid import UUID

from contracts.family.documents import BODY_BYTES_MAX
from contracts.family.entourage import (
    Entourage,
    EntourageAdded,
    EntourageChange,
    EntourageCreate,
    EntourageEnd,
    EntourageOrder,
    EntouragePerson,
    PortraitCreate,
)
from contracts.family.permissions import FamilyPermission
from contracts.http import File, FileType
from contracts.operation import delete, families, get, post, put
from contracts.types import StepUp


@get("/children/{child_id}/entourage", families(FamilyPermission.READ_CUSTODY), step_up=StepUp.CUSTODY)
async def read_entourage(child_id: UUID) -> Entourage:
    """The people around a child. Who may not collect it is shown to whoever exercises authority, and to agents."""


@post("/entourage", families(FamilyPermission.CHANGE_CUSTODY), is_keyed=True, status=201, step_up=StepUp.CUSTODY)
async def add_to_entourage(body: EntourageCreate) -> EntourageAdded:
    """Say who is around children. Who may not collect, and a trusted third person, are for agents alone to enter."""


@put("/entourage/{contact_id}", families(FamilyPermission.CHANGE_CUSTODY), step_up=StepUp.CUSTODY)
async def change_entourage(contact_id: UUID, body: EntourageChange) -> EntouragePerson:
    """Correct somebody around children; a change that was made from what is not there any more is refused."""


@post("/entourage/{contact_id}/end", families(FamilyPermission.CHANGE_CUSTODY), step_up=StepUp.CUSTODY)
async def end_entourage(contact_id: UUID, body: EntourageEnd) -> None:
    """Take somebody off the lists of the children whom the asker answers for."""


@put("/children/{child_id}/entourage-order", families(FamilyPermission.CHANGE_CUSTODY), step_up=StepUp.CUSTODY)
async def order_entourage(child_id: UUID, body: EntourageOrder) -> Entourage:
    """Say whom to call first. An order of other people than there are now is refused."""


@get(
    "/entourage/{contact_id}/portrait",
    families(FamilyPermission.READ_CUSTODY),
    step_up=StepUp.CUSTODY,
    file_type=FileType.JPEG,
)
async def read_portrait(contact_id: UUID) -> File:
    """The picture of somebody who may collect a child."""


@put(
    "/entourage/{contact_id}/portrait",
    families(FamilyPermission.CHANGE_CUSTODY),
    is_slow=True,
    step_up=StepUp.CUSTODY,
    body_max_bytes=BODY_BYTES_MAX,
)
async def keep_portrait(contact_id: UUID, body: PortraitCreate) -> None:
    """Have the site know by a picture who may collect a child; it takes the place of the one that was there."""


@delete("/entourage/{contact_id}/portrait", families(FamilyPermission.CHANGE_CUSTODY), step_up=StepUp.CUSTODY)
async def remove_portrait(contact_id: UUID) -> None:
    """Delete the picture of somebody for good."""
