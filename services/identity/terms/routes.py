"""Routes of the terms."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from chassis.data.database import Database
from contracts.identity.api import CurrentSession, Terms, TermsAcceptance

from ..adapters.keys import Keys
from ..settings import IdentityRules
from ..sign_in.queries import current_session, signed_in
from ..visitor import VISITOR, Visitor
from . import commands, queries
from .domain import Reading, end_token


@get("/terms", dependencies=VISITOR, operation_id="read_terms", tags=["terms"])
async def read_terms(
    db: NamedDependency[Database],
    keys: NamedDependency[Keys],
    rules: NamedDependency[IdentityRules],
    visitor: NamedDependency[Visitor],
) -> Terms:
    """The terms in force; with a session, also the token that stands at their end."""
    if visitor.session_token is None:
        return queries.terms_in_force(rules, None)
    session = await signed_in(db, visitor.session_token, rules)
    return queries.terms_in_force(rules, end_token(keys.terms, session.session_hash, rules.terms.version))


@post("/me/terms-acceptance", status_code=200, dependencies=VISITOR, operation_id="accept_terms", tags=["terms"])
async def accept_terms(
    db: NamedDependency[Database],
    keys: NamedDependency[Keys],
    rules: NamedDependency[IdentityRules],
    visitor: NamedDependency[Visitor],
    data: JSONBody[TermsAcceptance],
) -> CurrentSession:
    """Accept the terms, with the token of their end."""
    session = await signed_in(db, visitor.session_token, rules)
    reading = Reading(data.version, data.end_token, data.is_accepted, visitor.address)
    accepted = await commands.accept_terms(db, keys, session, rules.terms, reading)
    return current_session(accepted, keys, rules)
