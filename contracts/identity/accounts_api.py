"""What the identity service answers about the accounts of families as a whole: where each stands, and how many stand there."""

from contracts.http import PAGE_SIZE, Cursor, Page, PageSize
from contracts.identity.accounts import FamilyAccount, FamilyAccountCount, FamilyAccountState, LastSignIn
from contracts.identity.permissions import IdentityPermission
from contracts.operation import agents, get


@get("/family-accounts", agents(IdentityPermission.READ_ACCOUNTS))
async def list_family_accounts(
    state: FamilyAccountState | None = None,
    last_sign_in: LastSignIn | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[FamilyAccount]:
    """The accounts of families, the oldest first: in a state, whose holders signed in last some time ago."""


@get("/family-accounts/counts", agents(IdentityPermission.READ_ACCOUNTS))
async def count_family_accounts(last_sign_in: LastSignIn | None = None) -> Page[FamilyAccountCount]:
    """How many accounts of families stand where, of those whose holders signed in last some time ago; every state has its count."""
