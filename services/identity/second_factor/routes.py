"""HTTP routes of the second factor."""

from uuid import UUID

from chassis.actor import Actor, BrowserSession
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.identity import agents_api, api
from contracts.identity.models import SessionOpened
from contracts.identity.second_factor import (
    RecoveryCodes,
    RecoveryCodesRenewal,
    SecondFactor,
    SecondFactorCandidate,
    SecondFactorEnrolled,
    SecondFactorEnrollment,
    SecondFactorEntry,
)

from ..adapters.keys import Keys
from ..credentials.commands import CurrentPasswords
from ..sessions.queries import signed_in
from ..settings import IdentityRules
from . import commands, queries


@serves(api.second_factor)
async def second_factor(db: Database, rules: IdentityRules, browser: BrowserSession) -> SecondFactor:
    return await queries.second_factor(db, await signed_in(db, browser.session_token, rules))


@serves(api.second_factor_candidate)
async def second_factor_candidate(
    db: Database, keys: Keys, rules: IdentityRules, browser: BrowserSession
) -> SecondFactorCandidate:
    return await queries.candidate(db, keys, await signed_in(db, browser.session_token, rules), rules)


@serves(api.enroll_second_factor)
async def enroll_second_factor(
    body: SecondFactorEnrollment,
    db: Database,
    passwords: CurrentPasswords,
    keys: Keys,
    rules: IdentityRules,
    browser: BrowserSession,
) -> SecondFactorEnrolled:
    return await commands.enroll_second_factor(db, passwords, keys, rules, browser, body)


@serves(api.enter_second_factor)
async def enter_second_factor(
    body: SecondFactorEntry, db: Database, keys: Keys, rules: IdentityRules, browser: BrowserSession
) -> SessionOpened:
    return await commands.enter_second_factor(db, keys, rules, browser, body)


@serves(api.renew_recovery_codes)
async def renew_recovery_codes(
    body: RecoveryCodesRenewal,
    db: Database,
    passwords: CurrentPasswords,
    keys: Keys,
    rules: IdentityRules,
    browser: BrowserSession,
) -> RecoveryCodes:
    return await commands.renew_recovery_codes(db, passwords, keys, rules, browser, body)


@serves(agents_api.reset_second_factor)
async def reset_second_factor(account_id: UUID, db: Database, actor: Actor, rules: IdentityRules) -> None:
    await commands.reset_second_factor(db, actor, rules, account_id)


ROUTES = [
    second_factor,
    second_factor_candidate,
    enroll_second_factor,
    enter_second_factor,
    renew_recovery_codes,
    reset_second_factor,
]
