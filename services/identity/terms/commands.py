"""Accepting the terms."""

from dataclasses import replace

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from contracts.identity.events import TermsAccepted

from ..accounts.store import lock_account
from ..adapters.keys import Keys
from ..errors import SessionEnded
from ..sessions.domain import SignedIn
from .domain import TermsDocument, TermsReading, check_acceptance, end_token
from .store import store_acceptance


@command
async def accept_terms(
    tx: Transaction, actor: Actor, keys: Keys, session: SignedIn, terms: TermsDocument, reading: TermsReading
) -> SignedIn:
    """Accept the terms in force; the session as it is then. Accepting them again changes nothing.

    Raises:
        CredentialsNotChosen, PersonNotChosen, ServiceKeysNotAnswered, TermsOutdated, TermsNotRead, TermsNotAccepted.
        SessionEnded: the account was erased meanwhile.
    """
    expected = end_token(keys.terms, session.session_id, terms.version, session.guardian_id)
    if refusal := check_acceptance(reading, session.stage, terms.version, expected):
        raise refusal
    account = await lock_account(tx, session.account.account_id)
    if account is None:
        raise SessionEnded
    now = await tx.now()
    if await store_acceptance(tx, actor, terms, now, keys.hash_address(reading.address)):
        tx.note(Act(actor, "terms_accepted", account.account_id, after={"version": terms.version}))
        tx.emit(TermsAccepted(account_id=account.account_id, terms_version=terms.version, accepted_at=now))
    return replace(session, has_accepted_terms=True)
