"""Who a session belongs to, and which accounts a login may mean."""

from datetime import timedelta

from chassis.actor import Actor, sign_actor
from chassis.data.database import Database
from contracts.identity.models import CurrentSession
from contracts.types import ActorKind, SessionStage, Strength

from ..accounts.domain import email_key, username_key
from ..accounts.store import account_of
from ..adapters.keys import Keys, token_hash
from ..agents.domain import permissions_of
from ..agents.store import agent_of
from ..errors import SessionEnded
from ..settings import IdentityRules
from .domain import Candidate, SignedIn

CANDIDATES_MAX = 10
TOUCH_EVERY = timedelta(minutes=1)

CANDIDATES_SQL = """
select account_id, kind, username_key, email_key, password_hash, password_expires_at is not null as is_temporary,
       exists (select from accounts other where other.email_key = a.email_key and other.account_id <> a.account_id)
           as is_email_shared
from accounts a where username_key = $1 or email_key = $2 order by username_key = $1 desc, account_id limit $3
"""


async def find_candidates(db: Database, login: str) -> list[Candidate]:
    """The accounts that a login may mean, that of its user name first."""
    rows = await db.fetch(CANDIDATES_SQL, username_key(login), email_key(login), CANDIDATES_MAX)
    return [
        Candidate(
            account_id=row["account_id"],
            kind=ActorKind(row["kind"]),
            username_key=row["username_key"],
            email_key=row["email_key"],
            is_email_shared=row["is_email_shared"],
            password_hash=row["password_hash"],
            is_temporary=row["is_temporary"],
        )
        for row in rows
    ]


SESSION_SQL = """
select a.account_id, a.guardian_id, a.kind, a.status, a.is_disabled, a.email, a.username, a.password_hash,
       a.password_expires_at, a.created_at, a.last_sign_in_at, a.details_revision,
       s.previous_sign_in_at, s.opened_at, s.seen_at, s.ends_at, now() as asked_at,
       g.first_name, g.last_name, g.service, g.roles, g.sites, g.has_every_site,
       exists (select from terms_acceptances t where t.account_id = a.account_id and t.version = $2)
           as has_accepted_terms,
       exists (select from accounts other where other.email_key = a.email_key and other.account_id <> a.account_id)
           as is_email_shared,
       exists (select from service_key_answers k where k.account_id = a.account_id) as has_answered_keys,
       array(select k.service from service_keys k
             where k.account_id = a.account_id and k.entered_at is not null and k.replaced_at is null
             order by k.service) as services
from sessions s join accounts a using (account_id) left join agents g using (account_id) where s.token_hash = $1
"""

TOUCH_SESSION_SQL = "update sessions set seen_at = $2 where token_hash = $1 and seen_at < $2"


async def signed_in(db: Database, token: str | None, rules: IdentityRules) -> SignedIn:
    """The session of a token, noted as used. Raises SessionEnded."""
    hashed = token_hash(token or "")
    row = await db.fetchrow(SESSION_SQL, hashed, rules.terms.version)
    if row is None:
        raise SessionEnded
    now = row["asked_at"] + db.clock_offset
    if rules.session_limits.expiry(row["seen_at"], row["ends_at"]) <= now:
        raise SessionEnded
    seen_at = row["seen_at"]
    if now - seen_at >= TOUCH_EVERY:
        await db.execute(TOUCH_SESSION_SQL, hashed, now)
        seen_at = now
    account = account_of(row)
    town_services = {service.code for service in rules.services_of(account.kind)}
    return SignedIn(
        session_hash=hashed,
        account=account,
        has_accepted_terms=row["has_accepted_terms"],
        previous_sign_in_at=row["previous_sign_in_at"],
        opened_at=row["opened_at"],
        seen_at=seen_at,
        ends_at=row["ends_at"],
        agent=agent_of(row) if row["roles"] is not None else None,
        is_email_shared=row["is_email_shared"],
        asks_keys=bool(town_services),
        has_answered_keys=row["has_answered_keys"],
        services=tuple(code for code in row["services"] if code in town_services),
    )


def actor_of(session: SignedIn, rules: IdentityRules) -> Actor:
    """Who acts in a session. A password is all that anybody signs in with."""
    account, agent = session.account, session.agent
    return Actor(
        account.account_id,
        account.kind,
        account.guardian_id,
        permissions=permissions_of(agent.roles, rules.roles) if agent else frozenset(),
        sites=agent.reach if agent else frozenset(),
        strength=Strength.BASIC,
        signed_in_at=session.opened_at,
    )


def current_session(session: SignedIn, keys: Keys, rules: IdentityRules) -> CurrentSession:
    """The session as the gateway sees it; with a signed actor token once nothing is left to do before."""
    account, actor = session.account, actor_of(session, rules)
    token, token_expires_at = None, None
    if session.stage is SessionStage.READY:
        token, token_expires_at = sign_actor(actor, keys.actor, rules.actor_token_lifetime)
    return CurrentSession(
        account_id=account.account_id,
        guardian_id=account.guardian_id,
        kind=account.kind,
        name=session.agent.name if session.agent else None,
        permissions=tuple(sorted(actor.permissions)),
        username=account.username,
        has_username=session.uses_username(rules.login_mode),
        stage=session.stage,
        services=session.services,
        first_steps=session.first_steps,
        previous_sign_in_at=session.previous_sign_in_at,
        expires_at=rules.session_limits.expiry(session.seen_at, session.ends_at),
        actor_token=token,
        actor_token_expires_at=token_expires_at,
    )
