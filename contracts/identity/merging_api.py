"""What the identity service answers about two accounts of one human: who may be that, what a merge would make, the merge, and its undoing."""

from uuid import UUID

from contracts.identity.merging import Duplicates, Merge, MergePreview, MergeRequest
from contracts.identity.permissions import IdentityPermission
from contracts.operation import agents, get, post
from contracts.types import StepUp


@get("/accounts/{account_id}/duplicates", agents(IdentityPermission.MERGE_ACCOUNTS))
async def account_duplicates(account_id: UUID) -> Duplicates:
    """The accounts that may be of the same human as one, and the merges of this one that can be undone."""


@get("/accounts/{account_id}/duplicates/{merged_account_id}", agents(IdentityPermission.MERGE_ACCOUNTS))
async def preview_merge(account_id: UUID, merged_account_id: UUID) -> MergePreview:
    """What comes of merging an account into one; this changes nothing."""


@post(
    "/accounts/{account_id}/merges",
    agents(IdentityPermission.MERGE_ACCOUNTS),
    status=201,
    step_up=StepUp.ACCOUNTS,
)
async def merge_accounts(account_id: UUID, body: MergeRequest) -> Merge:
    """Merge an account into one, as it was previewed: the other one is closed, its sessions and links end, and both addresses are told."""


@post("/account-merges/{merge_id}/undoing", agents(IdentityPermission.MERGE_ACCOUNTS), step_up=StepUp.ACCOUNTS)
async def undo_merge(merge_id: UUID) -> Merge:
    """Separate two accounts again, while that is possible: each stands for whom it stood for before, and both addresses are told."""
