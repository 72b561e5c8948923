"""Saying who acts in a session of an account that several adults use."""

from uuid import UUID

from chassis.actor import BrowserSession
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.refusal import NotFound

from ..access import holder_of
from ..accounts.store import lock_account
from ..errors import CredentialsNotChosen, SessionEnded
from ..sessions.domain import SignedIn
from ..sessions.queries import signed_in
from ..settings import IdentityRules
from ..step_up.store import forget_proof
from .store import keep_choice


async def choose_person(db: Database, rules: IdentityRules, browser: BrowserSession, guardian_id: UUID) -> SignedIn:
    """Let an adult act in a session from now on; the session as it is then. To choose whoever acts already changes nothing.

    Raises:
        SessionEnded: nobody is signed in.
        CredentialsNotChosen: that comes first.
        NotFound: the account does not stand for them.
    """
    session = await signed_in(db, browser.session_token, rules)
    if not session.account.has_personal_credentials:
        raise CredentialsNotChosen
    if guardian_id != session.guardian_id:
        await _choose(db, browser, session, guardian_id)
    return await signed_in(db, browser.session_token, rules)


@command
async def _choose(tx: Transaction, browser: BrowserSession, session: SignedIn, guardian_id: UUID) -> None:
    account = await lock_account(tx, session.account.account_id)
    if account is None:
        raise SessionEnded
    if guardian_id not in account.person_ids:
        raise NotFound
    if not await keep_choice(tx, session.session_hash, guardian_id):
        raise SessionEnded
    # Whoever acted before proved who they are, and nobody else.
    await forget_proof(tx, session.session_hash)
    tx.note(Act(holder_of(account, browser.channel, guardian_id), "person_chosen", account.account_id))
    tx.report("person chosen", account_id=str(account.account_id))
