"""Data retention: sessions that ended, links, keys and decided changes of agents that no longer need explaining, identities that nobody linked,
answers of authenticators that nobody waits for, runs of invitations, browsers long out of use and failures that no longer count are
deleted, and the passwords and identities of accounts that were merged for good. Whoever left before they opened anything is erased.
"""

from datetime import timedelta
from uuid import UUID

from chassis.data.database import Database, Transaction, command
from chassis.data.history import forget_changes
from chassis.housekeeping import remove_in_batches
from contracts.identity.events import AccountState

from ..accounts.store import lock_account
from ..invitation_runs.domain import KEPT as RUNS_KEPT
from ..merging.domain import UNDO_TIME
from ..merging.store import FORGET_DROPPED_IDENTITIES_SQL
from ..persons.store import erase_persons
from .store import find_left, has_left

LINK_RETENTION = timedelta(days=90)
LEFT_RETENTION = timedelta(days=90)
"""Whoever left a file by mistake comes back within this, and nothing was lost."""
ERASED_PER_RUN_MAX = 500
FAILURE_RETENTION = timedelta(days=1)
DEVICE_RETENTION = timedelta(days=180)
BROWSER_RETENTION = timedelta(days=400)
"""A browser that was not used for so long is new again. Families may well sign in but once a year."""

PURGE_SESSIONS_SQL = """
delete from sessions where token_hash in (
    select token_hash from sessions where expires_at <= $1 order by expires_at limit $2 for update skip locked)
"""

PURGE_INVITATIONS_SQL = """
delete from invitations where invitation_id in (
    select invitation_id from invitations where expires_at <= $1 order by expires_at limit $2 for update skip locked)
"""

PURGE_THROTTLES_SQL = """
delete from throttles where subject in (
    select subject from throttles where failed_at <= $1 and open_at <= $2
    order by failed_at limit $3 for update skip locked)
"""

PURGE_LEVELS_SQL = """
delete from source_levels where source in (
    select source from source_levels where empty_at <= $1 order by empty_at limit $2 for update skip locked)
"""

PURGE_DEVICES_SQL = """
delete from devices where (account_id, device_hash) in (
    select account_id, device_hash from devices where seen_at <= $1 order by seen_at limit $2 for update skip locked)
"""

PURGE_SERVICE_KEYS_SQL = """
delete from service_keys where service_key_id in (
    select service_key_id from service_keys where replaced_at <= $1 order by replaced_at limit $2 for update skip locked)
"""

PURGE_BROWSERS_SQL = """
delete from known_browsers where (account_id, browser) in (
    select account_id, browser from known_browsers where last_used_at <= $1 order by last_used_at limit $2
    for update skip locked)
"""

PURGE_AGENT_CHANGES_SQL = """
delete from agent_changes where change_id in (
    select change_id from agent_changes where outcome is not null and expires_at <= $1
    order by expires_at limit $2 for update skip locked)
"""

FORGET_MERGED_PASSWORDS_SQL = """
update accounts set password_hash = null, password_expires_at = null where account_id in (
    select a.account_id from accounts a
    join account_merges m on m.merged_account_id = a.account_id and m.undone_at is null
    where m.merged_at <= $1 and a.password_hash is not null limit $2 for update of a skip locked)
"""
# What cannot be undone any more needs no password.

PURGE_INVITATION_RUNS_SQL = """
delete from invitation_runs where run_id in (
    select run_id from invitation_runs where coalesce(finished_at, created_at) <= $1 and status <> 'running'
    order by coalesce(finished_at, created_at) limit $2 for update skip locked)
"""

PURGE_AUTHORIZATIONS_SQL = """
delete from provider_authorizations where authorization_id in (
    select authorization_id from provider_authorizations where expires_at <= $1
    order by expires_at limit $2 for update skip locked)
"""

PURGE_ORDERS_SQL = """
delete from provider_logouts where order_hash in (
    select order_hash from provider_logouts where kept_until <= $1 order by kept_until limit $2 for update skip locked)
"""


PURGE_ENDS_SQL = """
delete from provider_ends where name_hash in (
    select name_hash from provider_ends where kept_until <= $1 order by kept_until limit $2 for update skip locked)
"""

PURGE_CHALLENGES_SQL = """
delete from passkey_challenges where (holder, purpose) in (
    select holder, purpose from passkey_challenges where expires_at <= $1
    order by expires_at limit $2 for update skip locked)
"""


async def purge(db: Database) -> None:
    """Delete whatever is older than its retention, by the town's clock. Each batch stands alone: stopping between two leaves nothing half done."""
    now = await db.now()
    await remove_in_batches(db, PURGE_SESSIONS_SQL, now)
    await remove_in_batches(db, PURGE_INVITATIONS_SQL, now - LINK_RETENTION)
    await remove_in_batches(db, PURGE_SERVICE_KEYS_SQL, now - LINK_RETENTION)
    await remove_in_batches(db, PURGE_BROWSERS_SQL, now - BROWSER_RETENTION)
    await remove_in_batches(db, PURGE_AGENT_CHANGES_SQL, now - LINK_RETENTION)
    await remove_in_batches(db, PURGE_INVITATION_RUNS_SQL, now - RUNS_KEPT)
    await remove_in_batches(db, PURGE_AUTHORIZATIONS_SQL, now)
    await remove_in_batches(db, FORGET_MERGED_PASSWORDS_SQL, now - UNDO_TIME)
    await remove_in_batches(db, FORGET_DROPPED_IDENTITIES_SQL, now - UNDO_TIME)
    await remove_in_batches(db, PURGE_ORDERS_SQL, now)
    await remove_in_batches(db, PURGE_ENDS_SQL, now)
    await remove_in_batches(db, PURGE_CHALLENGES_SQL, now)
    await remove_in_batches(db, PURGE_THROTTLES_SQL, now - FAILURE_RETENTION, now)
    await remove_in_batches(db, PURGE_LEVELS_SQL, now)
    await remove_in_batches(db, PURGE_DEVICES_SQL, now - DEVICE_RETENTION)
    for guardian_id, account_id in await find_left(db, now - LEFT_RETENTION, ERASED_PER_RUN_MAX):
        await _erase_left(db, guardian_id, account_id)


@command
async def _erase_left(tx: Transaction, guardian_id: UUID, account_id: UUID) -> None:
    """Erase an adult who left before they opened anything, unless a file names them again, and their account if it stands for nobody else."""
    await lock_account(tx, account_id)
    if not await has_left(tx, guardian_id, await tx.now() - LEFT_RETENTION):
        return
    erased = await erase_persons(tx, [guardian_id])
    for erased_id in erased:
        tx.erase(AccountState, str(erased_id))
    await forget_changes(tx, erased)
    tx.report("adult who left erased")
