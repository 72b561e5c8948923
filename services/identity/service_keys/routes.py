"""HTTP routes of service keys."""

from uuid import UUID

from chassis.actor import Actor, BrowserSession
from chassis.data.database import Database
from chassis.http.routes import serves
from chassis.refusal import NotFound
from contracts.identity import api
from contracts.identity.models import CurrentSession
from contracts.identity.service_keys import (
    IssuedServiceKey,
    KeyHolder,
    OwnServices,
    ServiceKeyRequest,
    ServiceKeysEntry,
    SoughtKey,
)

from ..adapters.keys import Keys
from ..sessions.queries import current_session, signed_in
from ..settings import IdentityRules
from . import commands, queries


@serves(api.own_services)
async def own_services(db: Database, keys: Keys, rules: IdentityRules, browser: BrowserSession) -> OwnServices:
    account = (await signed_in(db, browser.session_token, rules)).account
    services = rules.services_of(account.kind)
    return OwnServices(services=await queries.own_services(db, keys, account.account_id, services))


@serves(api.enter_service_keys)
async def enter_service_keys(
    body: ServiceKeysEntry, db: Database, keys: Keys, rules: IdentityRules, browser: BrowserSession
) -> CurrentSession:
    return current_session(await commands.enter_service_keys(db, keys, rules, browser, body), keys, rules)


@serves(api.issue_service_key)
async def issue_service_key(
    account_id: UUID, body: ServiceKeyRequest, db: Database, actor: Actor, keys: Keys, rules: IdentityRules
) -> IssuedServiceKey:
    service = next((service for service in rules.services if service.code == body.service), None)
    if service is None:
        raise NotFound
    return await commands.issue_service_key(db, actor, keys, account_id, service)


@serves(api.find_key_holder)
async def find_key_holder(body: SoughtKey, db: Database, keys: Keys, rules: IdentityRules) -> KeyHolder:
    return await queries.key_holder(db, keys, rules.services, body.key)


ROUTES = [own_services, enter_service_keys, issue_service_key, find_key_holder]
