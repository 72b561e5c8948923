"""Data retention: sessions that ended, links and keys that no longer need explaining and failures that no longer count are deleted."""

from dataclasses import dataclass
from datetime import timedelta

from chassis.data.database import Database
from chassis.housekeeping import remove_in_batches

from ..sign_in.domain import SessionLimits

LINK_RETENTION = timedelta(days=90)
FAILURE_RETENTION = timedelta(days=1)

PURGE_SESSIONS_SQL = """
delete from sessions where token_hash in (
    select token_hash from sessions where ends_at <= $1 or seen_at <= $2 limit $3 for update skip locked)
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

PURGE_SERVICE_KEYS_SQL = """
delete from service_keys where service_key_id in (
    select service_key_id from service_keys where replaced_at <= $1 order by replaced_at limit $2 for update skip locked)
"""


@dataclass(frozen=True, slots=True)
class Purge:
    """The job. Each batch stands alone, so stopping between two of them leaves nothing half done."""

    limits: SessionLimits

    async def run(self, db: Database) -> None:
        """Delete whatever is older than its retention, by the town's clock."""
        now = await db.now()
        await remove_in_batches(db, PURGE_SESSIONS_SQL, now, now - self.limits.idle)
        await remove_in_batches(db, PURGE_INVITATIONS_SQL, now - LINK_RETENTION)
        await remove_in_batches(db, PURGE_SERVICE_KEYS_SQL, now - LINK_RETENTION)
        await remove_in_batches(db, PURGE_THROTTLES_SQL, now - FAILURE_RETENTION, now)
