"""HTTP routes of the terms."""

from uuid import UUID

from chassis.actor import BrowserSession
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.http import Page
from contracts.identity import api
from contracts.identity.models import AcceptedTerms, CurrentSession, Terms, TermsAcceptance

from ..access import holder_of
from ..adapters.keys import Keys
from ..sessions.queries import current_session, signed_in
from ..settings import IdentityRules
from . import commands, queries
from .domain import TermsReading, end_token


@serves(api.read_terms)
async def read_terms(db: Database, keys: Keys, rules: IdentityRules, browser: BrowserSession) -> Terms:
    if browser.session_token is None:
        return queries.terms_in_force(rules, None)
    session = await signed_in(db, browser.session_token, rules)
    end = end_token(keys.terms, session.session_id, rules.terms.version, session.guardian_id)
    return queries.terms_in_force(rules, end)


@serves(api.accept_terms)
async def accept_terms(
    body: TermsAcceptance, db: Database, keys: Keys, rules: IdentityRules, browser: BrowserSession
) -> CurrentSession:
    session = await signed_in(db, browser.session_token, rules)
    reading = TermsReading(body.version, body.end_token, body.is_accepted, browser.address)
    accepted = await commands.accept_terms(
        db, holder_of(session.account, browser.channel, session.guardian_id), keys, session, rules.terms, reading
    )
    return current_session(accepted, keys, rules)


@serves(api.own_accepted_terms)
async def own_accepted_terms(db: Database, rules: IdentityRules, browser: BrowserSession) -> Page[AcceptedTerms]:
    session = await signed_in(db, browser.session_token, rules)
    return await queries.accepted_terms(db, session.account.account_id, session.guardian_id)


@serves(api.accepted_terms)
async def accepted_terms(account_id: UUID, db: Database) -> Page[AcceptedTerms]:
    return await queries.accepted_terms(db, account_id)
