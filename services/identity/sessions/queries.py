"""Whose session a token is of, what it says of them, and where an account has sessions open."""

from datetime import timedelta

from chassis.actor import Actor, sign_actor
from chassis.data.database import Database
from contracts.http import PAGE_SIZE_MAX, Page
from contracts.identity.models import CurrentSession, Session
from contracts.identity.sessions import OwnSession
from contracts.types import SessionStage, SignInMeans

from ..accounts.store import account_of
from ..adapters.keys import Keys, token_hash
from ..agents.domain import permissions_of
from ..agents.store import agent_of
from ..errors import SecondFactorNeeded, SessionEnded
from ..persons.domain import acting_person
from ..second_factor.domain import FactorUse
from ..settings import IdentityRules
from .domain import SecondStep, SignedIn, StrongMeans

TOUCH_EVERY = timedelta(minutes=1)

SESSION_SQL = """
select a.account_id, a.kind, a.status, a.is_disabled, a.email, a.username, a.password_hash,
       a.password_expires_at, a.created_at, a.last_sign_in_at, a.merged_into, a.declined_services, s.guardian_id as chosen_id,
       array(select p.guardian_id from account_persons p
             where p.account_id = a.account_id
               and (p.is_delegate or exists (select from invited_guardians i where i.guardian_id = p.guardian_id))
             order by p.guardian_id) as person_ids,
       s.session_id, s.means, s.previous_sign_in_at, s.opened_at, s.seen_at, s.ends_at, s.expires_at, s.strong_by, s.strong_at, now() as asked_at,
       p.proved_at, p.guardian_id as proved_by,
       array(select d.details_revision from account_persons d where d.account_id = a.account_id
             and (d.is_delegate or exists (select from invited_guardians i where i.guardian_id = d.guardian_id))
             order by d.guardian_id) as revisions,
       (select f.proved_until from provider_sessions f where f.token_hash = s.token_hash) as proved_until,
       g.first_name, g.last_name, g.service, g.roles, g.sites, g.has_every_site,
       g.roles_given_at, g.roles_lapsed_at,
       (select trim(p.first_name || ' ' || p.last_name) from account_persons p where p.account_id = a.account_id and p.is_delegate)
           as delegate_name,
       array(select t.person_id from terms_acceptances t join account_persons p on p.guardian_id = t.person_id
             where p.account_id = a.account_id and t.version = $2 and t.void_at is null) as accepted_by,
       exists (select from accounts other where other.email_key = a.email_key and other.account_id <> a.account_id
               and not other.is_disabled and (a.kind = 'delegate' or other.kind <> 'delegate')) as is_email_shared,
       exists (select from service_key_answers k where k.account_id = a.account_id) as has_answered_keys,
       exists (select from second_factors f where f.account_id = a.account_id) as has_second_factor,
       array(select k.service from service_keys k
             where k.account_id = a.account_id and k.entered_at is not null and k.replaced_at is null
             order by k.service) as services
from sessions s join accounts a using (account_id) left join agents g using (account_id) left join session_proofs p using (token_hash)
where s.token_hash = $1
"""

TOUCH_SESSION_SQL = "update sessions set seen_at = $2, expires_at = $3 where token_hash = $1 and seen_at < $2"


async def signed_in(db: Database, token: str | None, rules: IdentityRules) -> SignedIn:
    """The session of a token whose every step was taken, noted as used. Raises SessionEnded, SecondFactorNeeded."""
    session = await any_session(db, token, rules)
    if session.must_return:
        raise SessionEnded
    if session.is_half:
        raise SecondFactorNeeded
    return session


async def any_session(db: Database, token: str | None, rules: IdentityRules) -> SignedIn:
    """The session of a token, noted as used, also one that waits for its second step, or for another word of the provider. Raises
    SessionEnded."""
    hashed = token_hash(token or "")
    row = await db.fetchrow(SESSION_SQL, hashed, rules.terms.version)
    if row is None:
        raise SessionEnded
    now = row["asked_at"] + db.clock_offset
    if row["expires_at"] <= now:
        raise SessionEnded
    seen_at, expires_at = row["seen_at"], row["expires_at"]
    if now - seen_at >= TOUCH_EVERY:
        seen_at, expires_at = now, rules.session_limits.expiry(now, row["ends_at"])
        await db.execute(TOUCH_SESSION_SQL, hashed, seen_at, expires_at)
    account = account_of(row)
    guardian_id = acting_person(account.person_ids, row["chosen_id"])
    # What another adult of the account proved in this session is no proof of whoever acts by now.
    proved_at = row["proved_at"] if row["proved_by"] == guardian_id else None
    town_services = {service.code for service in rules.services_of(account.kind)}
    return SignedIn(
        session_id=row["session_id"],
        session_hash=hashed,
        account=account,
        means=SignInMeans(row["means"]),
        guardian_id=guardian_id,
        has_accepted_terms=guardian_id in row["accepted_by"],
        previous_sign_in_at=row["previous_sign_in_at"],
        opened_at=row["opened_at"],
        seen_at=seen_at,
        ends_at=row["ends_at"],
        expires_at=expires_at,
        agent=agent_of(row) if row["roles"] is not None else None,
        delegate_name=row["delegate_name"],
        is_email_shared=row["is_email_shared"],
        asks_keys=bool(town_services),
        has_answered_keys=row["has_answered_keys"],
        factor_use=rules.factor_use_of(account.kind),
        has_second_factor=row["has_second_factor"],
        second_step=SecondStep(StrongMeans(row["strong_by"]), row["strong_at"]) if row["strong_by"] else None,
        services=tuple(code for code in row["services"] if code in town_services),
        open_acts=rules.step_up.open_acts(account.kind, proved_at, now),
        details_revision=dict(zip(account.person_ids, row["revisions"], strict=True)).get(guardian_id)
        if guardian_id
        else None,
        must_return=row["proved_until"] is not None and row["proved_until"] <= now,
    )


def actor_of(session: SignedIn, rules: IdentityRules) -> Actor:
    """Who acts in a session, and how surely."""
    account, agent = session.account, session.agent
    return Actor(
        account.account_id,
        account.kind,
        session.guardian_id,
        permissions=permissions_of(agent.roles_in_force, rules.guard.roles) if agent else frozenset(),
        sites=agent.reach if agent else frozenset(),
        strength=session.strength,
        opened=session.open_acts.opened,
        details_revision=session.details_revision,
        services=frozenset(session.services),
    )


def current_session(session: SignedIn, keys: Keys, rules: IdentityRules) -> CurrentSession:
    """The session as the gateway sees it; with a signed actor token once nothing is left to do before."""
    account, actor = session.account, actor_of(session, rules)
    token, token_expires_at = None, None
    if session.stage is SessionStage.READY:
        lifetime = session.open_acts.shortened(rules.actor_token_lifetime)
        token, token_expires_at = sign_actor(actor, keys.actor, lifetime)
    return CurrentSession(
        session_id=session.session_id,
        account_id=account.account_id,
        guardian_id=session.guardian_id,
        is_shared=session.is_shared,
        kind=account.kind,
        name=session.name,
        permissions=() if session.is_half else tuple(sorted(actor.permissions)),
        username=account.username,
        has_username=session.uses_username(rules.login_mode),
        is_second_factor_offered=session.factor_use is not FactorUse.OFF,
        has_password=rules.has_password(account, session.agent),
        stage=session.stage,
        services=session.services,
        declined=tuple(sorted(account.declined)),
        first_steps=session.first_steps,
        previous_sign_in_at=session.previous_sign_in_at,
        expires_at=session.expires_at,
        actor_token=token,
        actor_token_expires_at=token_expires_at,
    )


def session_of(session: SignedIn, keys: Keys, rules: IdentityRules) -> Session:
    """Whose session it is, without what other services check."""
    current = current_session(session, keys, rules)
    return Session.model_validate({name: getattr(current, name) for name in Session.model_fields})


OWN_SESSIONS_SQL = """
select session_id, browser, means, opened_at, seen_at, token_hash = $2 as is_current from sessions
where account_id = $1 and expires_at > $3
order by is_current desc, seen_at desc, session_id limit $4
"""


async def own_sessions(db: Database, session: SignedIn) -> Page[OwnSession]:
    """The sessions of an account that have not ended, the one that asks first, then the one used last."""
    rows = await db.fetch(
        OWN_SESSIONS_SQL, session.account.account_id, session.session_hash, await db.now(), PAGE_SIZE_MAX
    )
    return Page(items=tuple(OwnSession(**row) for row in rows))
