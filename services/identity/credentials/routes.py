"""Routes of personal credentials."""

from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from chassis.data.database import Database
from contracts.identity.api import CredentialPolicy, CredentialsChoice, SessionOpened

from ..adapters.passwords import Passwords
from ..settings import IdentityRules
from ..visitor import VISITOR, Visitor
from . import commands, queries


@get("/credential-policy", operation_id="credential_policy", tags=["credentials"])
async def credential_policy(rules: NamedDependency[IdentityRules]) -> CredentialPolicy:
    """What a personal password needs."""
    return queries.credential_policy(rules.credentials)


@put("/me/credentials", dependencies=VISITOR, operation_id="choose_credentials", tags=["credentials"])
async def choose_credentials(
    db: NamedDependency[Database],
    passwords: NamedDependency[Passwords],
    rules: NamedDependency[IdentityRules],
    visitor: NamedDependency[Visitor],
    data: JSONBody[CredentialsChoice],
) -> SessionOpened:
    """Choose a personal user name and password; the answer's token replaces the session's."""
    return await commands.choose_credentials(db, passwords, rules, visitor, data)
