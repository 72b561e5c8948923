"""What the households' files change: accounts are created, stand for the adults of their address, follow it, are closed and are erased.

Every effect is decided from the newest state of a household, and of an adult's details from the newest of all their households, so a
duplicate, a replay from the start or a state that comes late changes nothing and mails nobody twice.
"""

import secrets
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from joserfc.jwk import OKPKey

from chassis.data.database import Transaction
from chassis.data.history import forget_changes
from chassis.events.applying import Subscriptions
from chassis.identifiers import new_id
from chassis.sealing import seal
from contracts.event import Envelope
from contracts.family.events import HouseholdState
from contracts.identity.events import AccountCreated, AccountState, CredentialReason, EmailReplaced
from contracts.types import AccountStatus, ActorKind, CredentialPurpose

from ..activation.store import request_invitation, withdraw_mailed
from ..invitation_runs.store import forget_household
from ..persons.domain import AccountOpening, Change, Invitee, Joining, address_of, follow_file
from ..persons.store import (
    accounts_at,
    company_of,
    end_sessions_of,
    erase_persons,
    invited_by,
    keep_details,
    last_invited_by,
    link_person,
    linked_to,
    links_of,
    replace_invited,
    take_addresses,
)
from ..terms.store import void_acceptances
from .commands import close_account, open_anew, take_ways_in
from .domain import AccountRecord, email_key, generate_username
from .store import (
    HOUSEHOLDS,
    end_sessions,
    free_username,
    insert_account,
    lock_account,
    lock_accounts,
    save_account,
    was_invited,
)

USERNAME_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class HouseholdConsumer:
    """Applies the states of households. `seal` closes what the notifications service alone may open. `invites`: a new account is invited at
    once; without, agents invite when the town is ready. Who was invited already is invited again where that is needed."""

    seal: OKPKey
    invitation_validity: timedelta
    invites: bool = True

    async def apply(self, tx: Transaction, household: HouseholdState, envelope: Envelope) -> None:
        """Bring the accounts of a household's adults in line with its file. Whoever left the household keeps the account that they opened: it
        opens what they paid themselves, and other services say what else."""
        household_id = household.household_id
        if not await HOUSEHOLDS.keep(tx, household_id, envelope.sequence, household.reference):
            return
        members = {member.person_id for member in household.adult_members}
        invitees = [
            Invitee(
                adult.adult_id,
                adult.email,
                adult.first_name,
                adult.last_name,
                adult.phone,
                adult.revision,
                adult.is_email_confirmed,
            )
            for adult in household.adults
            if adult.is_invited and adult.email and adult.adult_id in members
        ]
        await take_addresses(tx, [invitee.email for invitee in invitees])
        confirmed = frozenset(email_key(invitee.email) for invitee in invitees if invitee.is_email_confirmed)
        known = await _lock_known(tx, household_id, invitees)
        invitees = await _invited_still(tx, household, invitees, known)
        await replace_invited(tx, household_id, [invitee.guardian_id for invitee in invitees])
        accounts = {account.account_id: account for account in known}
        for invitee in sorted(invitees, key=lambda invitee: invitee.guardian_id):
            await self._follow(tx, invitee, accounts, confirmed)
        await _settle(tx, known, accounts)

    async def erase(self, tx: Transaction, household_id: str) -> None:
        """Erase the adults whom no other household keeps, those who left it before among them, and the accounts that stood for nobody else."""
        former = await _lock_known(tx, UUID(household_id), [])
        await replace_invited(tx, UUID(household_id), [])
        gone = await last_invited_by(tx, UUID(household_id))
        await forget_household(tx, UUID(household_id))
        erased = await erase_persons(tx, gone)
        for account_id in erased:
            tx.erase(AccountState, str(account_id))
        await forget_changes(tx, erased)
        left = {account.account_id: account for account in former if account.account_id not in erased}
        await _settle(tx, list(left.values()), left)

    async def _follow(
        self, tx: Transaction, invitee: Invitee, accounts: dict[UUID, AccountRecord], confirmed: Set[str]
    ) -> None:
        """What the file asks for one adult. `accounts` are those concerned, as they are by now; `confirmed` are the addresses of the file that
        their holder gave and confirmed."""
        link = (await links_of(tx, [invitee.guardian_id])).get(invitee.guardian_id)
        account = accounts.get(link.account_id) if link else None
        email = email_key(address_of(invitee, link, account))
        is_open = (known for known in accounts.values() if known.is_of_family and email_key(known.email) == email)
        company = await company_of(tx, link) if link else 0
        match follow_file(invitee, link, account, next(is_open, None), company):
            case AccountOpening():
                is_invited = self.invites or (account is not None and await was_invited(tx, account.account_id))
                validity = self.invitation_validity if is_invited else None
                opened = await open_account(tx, invitee, ActorKind.PARENT, validity)
                accounts[opened.account_id] = opened
                if account:
                    accounts[account.account_id] = await self._leave(tx, invitee, opened, account, confirmed)
            case Joining(joined):
                await link_person(tx, invitee, joined.account_id)
                if account:
                    accounts[account.account_id] = await self._leave(tx, invitee, joined, account, confirmed)
            case Change() as change if account:
                accounts[account.account_id] = await self._change(tx, account, change)
        await keep_details(tx, invitee)

    async def _leave(
        self,
        tx: Transaction,
        invitee: Invitee,
        joined: AccountRecord,
        left: AccountRecord,
        confirmed: Set[str],
    ) -> AccountRecord:
        """An adult has another account than before: what the former address opened for them ends, and whoever reads it hears of it. Whoever
        leaves others knows the password that they shared, and may have added a way in: who stays chooses another one, by a link that is mailed. Where
        nobody opened it yet, or the town corrected the address of whoever leaves, it may be as wrong for who stays: unless one of them confirmed it,
        nothing is mailed there, and they come in when they ask for it, or an agent does."""
        await end_sessions_of(tx, left.account_id, invitee.guardian_id)
        is_correction = not invitee.is_email_confirmed and email_key(invitee.email) != email_key(left.email)
        if is_correction:
            await void_acceptances(tx, left.account_id, left.email, invitee.guardian_id)
        if not left.is_disabled:
            await self._tell_former(tx, joined.account_id, left.email)
        if not await linked_to(tx, left.account_id):
            return await close_account(tx, replace(left, merged_into=joined.account_id))
        if left.is_disabled:
            return left
        is_doubtful = is_correction and email_key(left.email) not in confirmed
        if left.step is AccountStatus.INVITED or is_doubtful:
            return await take_ways_in(tx, left)
        return await open_anew(tx, left, CredentialReason.PERSON_LEFT, self.invitation_validity)

    async def _change(self, tx: Transaction, account: AccountRecord, change: Change) -> AccountRecord:
        changed = replace(account, email=change.email, is_disabled=False)
        await save_account(tx, changed)
        if email_key(changed.email) != email_key(account.email):
            await self._tell_former(tx, account.account_id, account.email)
            if change.is_correction:
                await void_acceptances(tx, account.account_id, account.email)
            if change.is_correction and account.step is not AccountStatus.INVITED:
                # A stranger may have opened it, who read the address that was wrong.
                return await open_anew(tx, changed, CredentialReason.ADDRESS_CORRECTED, self.invitation_validity)
            # Whoever reads the former address, or signed in with it, is not let in by that any more.
            await end_sessions(tx, account.account_id)
            await withdraw_mailed(tx, account.account_id)
        if change.is_invited_again and (self.invites or await was_invited(tx, account.account_id)):
            await request_invitation(tx, changed, CredentialPurpose.INVITATION, self.invitation_validity)
        return await lock_account(tx, account.account_id) or changed

    async def _tell_former(self, tx: Transaction, account_id: UUID, email: str) -> None:
        tx.emit(EmailReplaced(account_id=account_id, sealed=seal(email, self.seal), replaced_at=await tx.now()))


async def open_account(tx: Transaction, invitee: Invitee, kind: ActorKind, validity: timedelta | None) -> AccountRecord:
    """Open an account for somebody who has none, or leaves theirs, and have them invited, unless that is for later (`validity` is None)."""
    now = await tx.now()
    names = [generate_username(invitee.last_name, secrets.choice) for _ in range(USERNAME_CANDIDATES)]
    account = AccountRecord(
        account_id=new_id(),
        kind=kind,
        step=AccountStatus.INVITED,
        is_disabled=False,
        email=invitee.email,
        username=await free_username(tx, names) or names[0],
        password_hash=None,
        password_expires_at=None,
        created_at=now,
        last_sign_in_at=None,
        person_ids=(invitee.guardian_id,),
    )
    await insert_account(tx, account)
    await link_person(tx, invitee, account.account_id, is_delegate=kind is ActorKind.DELEGATE)
    tx.emit(AccountCreated(account_id=account.account_id, guardian_id=invitee.guardian_id, kind=kind, created_at=now))
    if validity is not None:
        await request_invitation(tx, account, CredentialPurpose.INVITATION, validity)
    return account


async def _invited_still(
    tx: Transaction, household: HouseholdState, invitees: Sequence[Invitee], known: Sequence[AccountRecord]
) -> list[Invitee]:
    """Those who belong to the household, or will, and those who left it and have an account of their own by then."""
    today = await tx.today()
    staying = {
        member.person_id for member in household.adult_members if member.ends_on is None or member.ends_on >= today
    }
    in_use = {account.account_id for account in known if account.has_personal_credentials}
    links = await links_of(tx, [invitee.guardian_id for invitee in invitees])
    opened = {link.guardian_id for link in links.values() if link.account_id in in_use}
    return [invitee for invitee in invitees if invitee.guardian_id in staying | opened]


async def _lock_known(tx: Transaction, household_id: UUID, invitees: Sequence[Invitee]) -> list[AccountRecord]:
    """The accounts that a file may concern: of those whom it invited so far and invites now, and those at their addresses."""
    concerned = {*await invited_by(tx, household_id), *await last_invited_by(tx, household_id)}
    concerned |= {invitee.guardian_id for invitee in invitees}
    known: dict[UUID, AccountRecord] = {}
    while True:
        # Somebody may have moved an adult to another account until theirs was locked.
        links = (await links_of(tx, concerned)).values()
        emails = {*(invitee.email for invitee in invitees), *(link.email for link in links)}
        account_ids = {link.account_id for link in links}
        account_ids |= await accounts_at(tx, emails, account_ids)
        if account_ids <= known.keys():
            return list(known.values())
        known |= {account.account_id: account for account in await lock_accounts(tx, account_ids - known.keys())}


async def _settle(tx: Transaction, known: Sequence[AccountRecord], accounts: dict[UUID, AccountRecord]) -> None:
    """Close the accounts that stand for nobody any more, and publish each that is not what it was."""
    former = {account.account_id: account for account in known}
    for account in await lock_accounts(tx, accounts):
        before = former.get(account.account_id)
        if not (account.person_ids or account.is_disabled):
            state = (await close_account(tx, account)).state()
        else:
            state = account.state()
        if before is None or state != before.state():
            tx.emit(state)


def subscribe(subscriptions: Subscriptions, households: HouseholdConsumer) -> None:
    """Listen to files of households."""
    subscriptions.on(HouseholdState, households.apply)
    subscriptions.on_erased(HouseholdState, households.erase)
