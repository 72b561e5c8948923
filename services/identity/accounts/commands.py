"""Taking away what opens an account, all of it or what was added beside its password, opening it anew, and closing one."""

from dataclasses import replace
from datetime import timedelta

from chassis.data.database import Transaction
from contracts.identity.events import CredentialReason, SecurityChange
from contracts.types import AccountStatus

from ..activation.store import request_invitation, withdraw_invitations
from ..attempts.store import forget_devices
from ..federation.store import remove_link
from ..passkeys.store import forget_passkeys, remove_passkeys
from ..second_factor.store import delete_device
from ..sessions.store import forget_browsers
from .domain import AccountRecord
from .store import end_sessions, lock_account, save_account


async def take_ways_in(tx: Transaction, account: AccountRecord) -> AccountRecord:
    """Take away all that opened an account, which is locked: whoever holds it comes in by the next link that is mailed. Nothing of it is told
    one by one: the mail of that link says why."""
    account_id = account.account_id
    await end_sessions(tx, account_id)
    await withdraw_invitations(tx, account_id)
    await forget_devices(tx, account_id)
    await forget_browsers(tx, account_id)
    await remove_link(tx, account_id)
    await remove_passkeys(tx, account_id)
    await delete_device(tx, account_id)
    emptied = replace(account, password_hash=None, password_expires_at=None)
    await save_account(tx, emptied)
    return emptied


async def open_anew(
    tx: Transaction, account: AccountRecord, reason: CredentialReason, validity: timedelta
) -> AccountRecord:
    """Let nobody into an account, which is locked, but whoever reads its address, by a link that says why. They did not ask for it: it works as
    long as one that invites."""
    emptied = await take_ways_in(tx, account)
    await request_invitation(tx, emptied, emptied.invited_for, validity, reason=reason)
    return await lock_account(tx, account.account_id) or emptied


async def take_added_ways(tx: Transaction, account: AccountRecord) -> None:
    """Take away what whoever knew the password of an account, which is locked, may have added beside it: devices, the link of FranceConnect and
    passkeys. Its holder hears of it; the act must be noted. An agent's application stays: it is asked for after any password."""
    await forget_devices(tx, account.account_id)
    if await remove_link(tx, account.account_id):
        tx.emit(account.security_changed(SecurityChange.FRANCECONNECT_UNLINKED, await tx.now()))
    await forget_passkeys(tx, account.account_id)


async def close_account(tx: Transaction, account: AccountRecord) -> AccountRecord:
    """Close an account that stands for nobody any more: nothing that opened it stays, and whoever comes back opens it anew."""
    return await take_ways_in(tx, replace(account, is_disabled=True, step=AccountStatus.INVITED))
