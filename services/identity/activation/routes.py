"""Routes of activation links."""

from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from chassis.actor import Actor
from chassis.data.database import Database
from contracts.identity.api import Activated, Activation, Invitation, PasswordReset

from ..settings import IdentityRules
from ..visitor import VISITOR, Visitor
from . import commands


@post("/activations", status_code=201, operation_id="activate", tags=["activation"])
async def activate(db: NamedDependency[Database], data: JSONBody[Activation]) -> Activated:
    """Follow an activation link."""
    return await commands.activate(db, data.token)


@post("/password-resets", status_code=202, dependencies=VISITOR, operation_id="request_reset", tags=["activation"])
async def request_reset(
    db: NamedDependency[Database], visitor: NamedDependency[Visitor], data: JSONBody[PasswordReset]
) -> None:
    """Have a new link and password mailed to an address; the answer is the same for an address that nobody has."""
    await commands.request_reset(db, data.email, visitor.address)


@post("/accounts/{account_id:uuid}/invitation", status_code=201, operation_id="invite_again", tags=["activation"])
async def invite_again(
    account_id: FromPath[UUID],
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    rules: NamedDependency[IdentityRules],
) -> Invitation:
    """Send a new link and temporary password."""
    return await commands.invite_again(db, actor, account_id, rules.invitation_validity)
