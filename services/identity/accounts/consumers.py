"""What the households' files change: accounts are created, follow their address, are closed and are erased.

Every effect is decided from the newest state of a household, and of an adult's details from the newest of all their households, so a
duplicate, a replay from the start or a state that comes late changes nothing and mails nobody twice.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from joserfc.jwk import OKPKey

from chassis.data.database import Transaction
from chassis.data.history import forget_changes
from chassis.identifiers import new_id
from chassis.sealing import seal
from contracts.event import Envelope
from contracts.family.events import HouseholdState
from contracts.identity.events import AccountCreated, AccountState, EmailReplaced
from contracts.types import AccountStatus, ActorKind, CredentialPurpose

from ..activation.store import request_invitation, withdraw_invitations
from .domain import AccountOpening, AccountRecord, Change, Invitee, email_key, follow_file, generate_username
from .store import (
    HOUSEHOLDS,
    delete_accounts,
    end_sessions,
    free_username,
    insert_account,
    keep_revisions,
    lock_accounts_of,
    replace_invited,
    save_account,
)

USERNAME_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class HouseholdConsumer:
    """Applies the states of households. `seal` closes what the notifications service alone may open."""

    seal: OKPKey
    invitation_validity: timedelta

    async def apply(self, tx: Transaction, household: HouseholdState, envelope: Envelope) -> None:
        """Bring the accounts of a household's adults in line with its file."""
        if not await HOUSEHOLDS.keep(tx, household.household_id, envelope.sequence):
            return
        today = await tx.today()
        staying = {
            member.person_id for member in household.adult_members if member.ends_on is None or member.ends_on >= today
        }
        invitees = [
            Invitee(adult.adult_id, adult.email, adult.last_name, adult.revision)
            for adult in household.adults
            if adult.is_invited and adult.email and adult.adult_id in staying
        ]
        guardian_ids = [invitee.guardian_id for invitee in invitees]
        gone = await replace_invited(tx, household.household_id, guardian_ids)
        accounts = await lock_accounts_of(tx, {*gone, *guardian_ids})
        for decision in follow_file(invitees, gone, accounts):
            if isinstance(decision, AccountOpening):
                await self._open(tx, decision.invitee)
            else:
                await self._change(tx, decision)
        await keep_revisions(tx, {invitee.guardian_id: invitee.revision for invitee in invitees})

    async def erase(self, tx: Transaction, household_id: str) -> None:
        """Erase the accounts that no other household keeps."""
        gone = await replace_invited(tx, UUID(household_id), [])
        erased = await delete_accounts(tx, gone)
        for account_id in erased:
            tx.erase(AccountState, str(account_id))
        await forget_changes(tx, erased)

    async def _open(self, tx: Transaction, invitee: Invitee) -> None:
        now = await tx.now()
        names = [generate_username(invitee.last_name, secrets.choice) for _ in range(USERNAME_CANDIDATES)]
        account = AccountRecord(
            account_id=new_id(),
            guardian_id=invitee.guardian_id,
            kind=ActorKind.PARENT,
            step=AccountStatus.INVITED,
            is_disabled=False,
            email=invitee.email,
            username=await free_username(tx, names) or names[0],
            password_hash=None,
            password_expires_at=None,
            created_at=now,
            last_sign_in_at=None,
        )
        if not await insert_account(tx, account):
            return
        tx.emit(
            account.state(),
            AccountCreated(
                account_id=account.account_id, guardian_id=account.guardian_id, kind=account.kind, created_at=now
            ),
        )
        await request_invitation(tx, account, CredentialPurpose.INVITATION, self.invitation_validity)

    async def _change(self, tx: Transaction, change: Change) -> None:
        account = replace(change.account, email=change.email, is_disabled=change.is_disabled)
        await save_account(tx, account)
        tx.emit(account.state())
        if email_key(account.email) != email_key(former := change.account.email):
            tx.emit(
                EmailReplaced(account_id=account.account_id, sealed=seal(former, self.seal), replaced_at=await tx.now())
            )
        if account.is_disabled:
            await end_sessions(tx, account.account_id)
            await withdraw_invitations(tx, account.account_id)
        elif change.is_invited_again:
            await request_invitation(tx, account, CredentialPurpose.INVITATION, self.invitation_validity)
