"""The credential policy as others see it, and whether a user name is free."""

from uuid import UUID

from chassis.data.database import Queries
from contracts.identity.models import CredentialPolicy

from ..accounts.domain import username_key
from .domain import CredentialRules

USERNAME_TAKEN_SQL = """
select exists (select from accounts where username_key = $1 and account_id is distinct from $2::uuid)
"""


async def is_username_taken(db: Queries, username: str, account_id: UUID | None) -> bool:
    """Whether an account other than this one has the user name."""
    return bool(await db.fetchval(USERNAME_TAKEN_SQL, username_key(username), account_id))


def credential_policy(rules: CredentialRules) -> CredentialPolicy:
    """The policy, for the texts of the page that asks for credentials."""
    return CredentialPolicy(
        length_min=rules.length_min,
        length_max=rules.length_max,
        lowercase_min=rules.lowercase_min,
        uppercase_min=rules.uppercase_min,
        digit_min=rules.digit_min,
        username_length_min=rules.username_length_min,
        is_username_editable=rules.is_username_editable,
    )
