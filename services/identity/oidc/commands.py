"""The way to a provider and back, up to whom it proves, and the end of both sessions; what becomes of a proof is for whoever sent them there."""

import secrets
import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog

from chassis.data.database import Database, Transaction, command
from contracts.identity.federation import AuthorizationRequest, AuthorizationReturn, AuthorizationStarted
from contracts.identity.franceconnect import SessionLeft

from ..adapters.keys import Keys, token_hash
from ..adapters.oidc import OidcClient, ProviderDoubtful, ProviderDown
from ..attempts.domain import SourceRule, federation_source
from ..attempts.store import lock_level, save_level
from ..errors import TooManyAttempts
from ..sessions.store import end_session
from . import store
from .domain import (
    Doubt,
    Pending,
    Prompt,
    Proof,
    Provider,
    Registration,
    Returned,
    Secrets,
    authorization_query,
    check_id_token,
    check_userinfo,
    logout_query,
    refused_return,
    secret_hash,
)

SECRET_BYTES = 32
AUTHORIZATION_RULE = SourceRule(failures_max=200, drain=timedelta(hours=1))
"""How many ways may begin at one source address, which a whole town hall may share."""

log = structlog.get_logger()


async def begin(
    db: Database,
    provider: OidcClient,
    keys: Keys,
    request: AuthorizationRequest,
    address: str,
    *,
    prompt: Prompt | None = None,
) -> AuthorizationStarted:
    """Begin a way; the provider shows what it finds right, unless `prompt` says else.

    Raises:
        NotFound: the town has no such provider.
        TooManyAttempts: too many began at this address.
        Refusal: the provider does not answer.
    """
    registration = provider.registration
    try:
        endpoint = await provider.authorization_endpoint()
    except (ProviderDown, ProviderDoubtful) as error:
        log.warning("provider is away", provider=registration.provider, cause=str(error))
        raise registration.refusal(Doubt.AWAY) from error
    state, nonce = secrets.token_hex(SECRET_BYTES), secrets.token_hex(SECRET_BYTES)
    way = Secrets(state, nonce, keys.code_verifier(state))
    await _begin(
        db,
        store.Way(
            registration.provider,
            token_hash(request.browser_token),
            secret_hash(state),
            secret_hash(nonce),
            request.next_path,
            is_silent=prompt is Prompt.NONE,
        ),
        address,
    )
    query = authorization_query(registration, way, keys.code_challenge(way.verifier), prompt)
    return AuthorizationStarted(url=f"{endpoint}{'&' if '?' in endpoint else '?'}{query}")


@command
async def _begin(tx: Transaction, way: store.Way, address: str) -> None:
    now = await tx.now()
    source = federation_source(address)
    level = await lock_level(tx, source)
    if wait := level.wait_seconds(AUTHORIZATION_RULE, now):
        log.warning("federation throttled", code=TooManyAttempts.code())
        raise TooManyAttempts(retry_after_seconds=wait)
    await save_level(tx, source, level.after_attempt(AUTHORIZATION_RULE, now))
    await store.add_authorization(tx, way)


@command
async def claim(tx: Transaction, registration: Registration, request: AuthorizationReturn) -> Pending:
    """Use a way up, before the provider is asked: whatever comes of it, nobody comes back by it again. Raises Refusal."""
    state_hash, browser_hash = secret_hash(request.state), token_hash(request.browser_token)
    claimed = await store.claim_authorization(tx, registration.provider, state_hash, browser_hash)
    if claimed is None:
        raise refused(registration, Doubt.RETURN_UNKNOWN)
    pending, expires_at = claimed
    if expires_at <= await tx.now():
        raise registration.refusal(Doubt.RETURN_EXPIRED)
    return pending


async def doubt_of(provider: OidcClient, request: AuthorizationReturn) -> Doubt | None:
    """What stands against a return before its code is looked at."""
    try:
        names_itself = await provider.names_itself()
    except (ProviderDown, ProviderDoubtful) as error:
        log.warning("provider is away", provider=provider.registration.provider, cause=str(error))
        return Doubt.AWAY
    returned = Returned(request.iss, request.code, request.error)
    return refused_return(provider.registration, returned, names_itself=names_itself)


async def prove(provider: OidcClient, keys: Keys, pending: Pending, request: AuthorizationReturn) -> Proof:
    """Who came back. The provider's tokens live by the machine's clock, which no demonstration moves. Raises Refusal."""
    registration = provider.registration
    verifier = keys.code_verifier(request.state) if registration.has_pkce else None
    try:
        granted = await provider.exchange(request.code or "", verifier)
        claims = await provider.claims(granted.id_token)
        if doubt := check_id_token(claims, registration, pending.nonce_hash, time.time()):
            raise refused(registration, doubt)
        person, is_signed = await provider.person(granted.access_token, claims)
    except ProviderDown as error:
        log.warning("provider is away", provider=registration.provider, cause=str(error))
        raise registration.refusal(Doubt.AWAY) from error
    except ProviderDoubtful as error:
        log.warning("federation doubtful", provider=registration.provider, cause=str(error))
        raise refused(registration, Doubt.UNVERIFIED) from error
    if not check_userinfo(person, registration, str(claims["sub"]), is_signed=is_signed):
        raise refused(registration, Doubt.UNVERIFIED)
    return Proof(claims, person, granted.id_token)


def refused(registration: Registration, doubt: Doubt) -> Exception:
    """The refusal of a doubt, which is logged."""
    refusal = registration.refusal(doubt)
    log.warning("federation refused", provider=registration.provider, code=refusal.code())
    return refusal


async def leave(db: Database, providers: Sequence[OidcClient], keys: Keys, token: str | None) -> SessionLeft:
    """End a session, and say where that of its provider ends too; nothing happens when it has ended already."""
    account_id, kept = await _end(db, token)
    if account_id is None or kept is None:
        return SessionLeft(logout_url=None)
    id_token = keys.open_federation(kept.sealed_id_token, account_id)
    is_of_agents = kept.provider is Provider.AGENTS
    for provider in providers:
        if id_token and provider.is_there and provider.registration.provider is kept.provider:
            url = await _end_address(provider, id_token.decode())
            return SessionLeft(logout_url=url, is_of_agents=is_of_agents)
    return SessionLeft(logout_url=None, is_of_agents=is_of_agents)


@command
async def _end(tx: Transaction, token: str | None) -> tuple[UUID | None, store.ProviderSession | None]:
    session_hash = token_hash(token or "")
    kept = await store.find_session(tx, session_hash)
    account_id = await end_session(tx, session_hash)
    if account_id is not None:
        tx.report("signed out", account_id=str(account_id))
    return account_id, kept


async def _end_address(provider: OidcClient, id_token: str) -> str | None:
    """Where a browser ends its session at the provider; None when that cannot be known now."""
    try:
        endpoint = await provider.end_session_endpoint()
    except (ProviderDown, ProviderDoubtful):
        return None
    query = logout_query(provider.registration, id_token, secrets.token_hex(SECRET_BYTES))
    return f"{endpoint}?{query}" if endpoint else None
