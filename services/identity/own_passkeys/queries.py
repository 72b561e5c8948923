"""The passkeys of whoever is signed in, and what is asked to make one."""

from chassis.data.database import Database
from contracts.http import Page
from contracts.identity.passkeys import Passkey, PasskeyOptions

from ..accounts.domain import login_name
from ..adapters.passkeys import creation_options
from ..errors import PasskeyNotAwaited
from ..passkeys.domain import Challenge, Purpose
from ..passkeys.store import challenge_of, passkeys_of
from ..sessions.domain import SignedIn
from ..settings import IdentityRules

OWN_PASSKEYS_SQL = """
select passkey_id, name, added_at, last_used_at from passkeys where account_id = $1 order by added_at desc, passkey_id
"""


async def own_passkeys(db: Database, session: SignedIn) -> Page[Passkey]:
    """The passkeys of an account, the latest first."""
    rows = await db.fetch(OWN_PASSKEYS_SQL, session.account.account_id)
    return Page(items=tuple(Passkey(**row) for row in rows))


async def started(db: Database, session: SignedIn, rules: IdentityRules) -> PasskeyOptions:
    """What makes the passkey that was begun in a session. Raises PasskeyNotAwaited."""
    challenge = await challenge_of(db, session.session_id.bytes, Purpose.REGISTRATION)
    if challenge is None or not challenge.is_alive(await db.now()):
        raise PasskeyNotAwaited
    return await creation_of(db, session, challenge, rules)


async def creation_of(db: Database, session: SignedIn, challenge: Challenge, rules: IdentityRules) -> PasskeyOptions:
    """What an authenticator is asked to make a passkey of an account, but on one that has one already."""
    account = session.account
    options = creation_options(
        rules.relying_party,
        challenge.challenge,
        account.account_id.bytes,
        login_name(account, rules.login_mode, session.is_email_shared),
        [passkey.credential_id for passkey in await passkeys_of(db, account.account_id)],
    )
    return PasskeyOptions(options=options, expires_at=challenge.expires_at)
