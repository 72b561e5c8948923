"""HTTP routes of step-up."""

from chassis.actor import BrowserSession
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.identity import api, passkeys_api
from contracts.identity.passkeys import PasskeyOptions, PasskeyProof
from contracts.identity.step_up import ApplicationProof, Proof, StepUpState

from ..adapters.keys import Keys
from ..sessions.queries import signed_in
from ..settings import IdentityRules
from . import commands, queries


@serves(api.read_step_up)
async def read_step_up(db: Database, rules: IdentityRules, browser: BrowserSession) -> StepUpState:
    return await queries.step_up_state(db, await signed_in(db, browser.session_token, rules), rules)


@serves(api.send_step_up_code)
async def send_step_up_code(db: Database, keys: Keys, rules: IdentityRules, browser: BrowserSession) -> StepUpState:
    return await queries.step_up_state(db, await commands.send_code(db, keys, rules, browser), rules)


@serves(api.step_up)
async def step_up(body: Proof, db: Database, keys: Keys, rules: IdentityRules, browser: BrowserSession) -> StepUpState:
    session = await commands.prove(db, keys, rules, browser, body.code.get_secret_value())
    return await queries.step_up_state(db, session, rules)


@serves(api.step_up_with_application)
async def step_up_with_application(
    body: ApplicationProof, db: Database, keys: Keys, rules: IdentityRules, browser: BrowserSession
) -> StepUpState:
    typed = body.application_code.get_secret_value()
    session = await commands.prove_with_application(db, keys, rules, browser, typed)
    return await queries.step_up_state(db, session, rules)


@serves(passkeys_api.start_passkey_proof)
async def start_passkey_proof(db: Database, rules: IdentityRules, browser: BrowserSession) -> PasskeyOptions:
    return await commands.start_passkey_proof(db, rules, browser)


@serves(passkeys_api.step_up_with_passkey)
async def step_up_with_passkey(
    body: PasskeyProof, db: Database, rules: IdentityRules, browser: BrowserSession
) -> StepUpState:
    return await queries.step_up_state(db, await commands.prove_with_passkey(db, rules, browser, body.answer), rules)


ROUTES = [
    read_step_up,
    send_step_up_code,
    step_up,
    step_up_with_application,
    start_passkey_proof,
    step_up_with_passkey,
]
