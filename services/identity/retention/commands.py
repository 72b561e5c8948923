"""Forgetting what is over: sessions that ended, links that no longer need explaining, failures that no longer count."""

from dataclasses import dataclass
from datetime import timedelta

from chassis.data.database import Database

from ..sign_in.domain import SessionLimits

LINK_RETENTION = timedelta(days=90)
FAILURE_RETENTION = timedelta(days=1)

PURGE_SESSIONS_SQL = "delete from sessions where ends_at <= $1 or seen_at <= $2"

PURGE_INVITATIONS_SQL = "delete from invitations where expires_at <= $1"

PURGE_THROTTLES_SQL = "delete from throttles where failed_at <= $1 and open_at <= $2"


@dataclass(frozen=True, slots=True)
class Purge:
    """The job. Each statement stands alone, so stopping between two of them leaves nothing half done."""

    limits: SessionLimits

    async def run(self, db: Database) -> None:
        """Delete by the town's clock."""
        now = await db.now()
        await db.execute(PURGE_SESSIONS_SQL, now, now - self.limits.idle)
        await db.execute(PURGE_INVITATIONS_SQL, now - LINK_RETENTION)
        await db.execute(PURGE_THROTTLES_SQL, now - FAILURE_RETENTION, now)
