"""Routes of sessions."""

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from chassis.data.database import Database
from contracts.identity.api import CurrentSession, SessionOpened, SignIn

from ..adapters.keys import Keys
from ..adapters.passwords import Passwords
from ..settings import IdentityRules
from ..visitor import VISITOR, Visitor
from . import commands, queries


@post("/sessions", status_code=201, dependencies=VISITOR, operation_id="sign_in", tags=["sign-in"])
async def sign_in(
    db: NamedDependency[Database],
    passwords: NamedDependency[Passwords],
    rules: NamedDependency[IdentityRules],
    visitor: NamedDependency[Visitor],
    data: JSONBody[SignIn],
) -> SessionOpened:
    """Open a session with a login and a password."""
    return await commands.sign_in(db, passwords, rules, data, visitor.address)


@get("/sessions/current", dependencies=VISITOR, operation_id="current_session", tags=["sign-in"])
async def current_session(
    db: NamedDependency[Database],
    keys: NamedDependency[Keys],
    rules: NamedDependency[IdentityRules],
    visitor: NamedDependency[Visitor],
) -> CurrentSession:
    """Who is signed in, what they must still do, and the signed token that other services check."""
    return queries.current_session(await queries.signed_in(db, visitor.session_token, rules), keys, rules)


@delete("/sessions/current", status_code=204, dependencies=VISITOR, operation_id="sign_out", tags=["sign-in"])
async def sign_out(db: NamedDependency[Database], visitor: NamedDependency[Visitor]) -> None:
    """End the session."""
    await commands.sign_out(db, visitor.session_token)
