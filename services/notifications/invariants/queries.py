"""What always holds of messages: how each of them ended was told."""

from typing import Final

from chassis.invariants import Checking, changes_are_told
from contracts.notifications import api

CHANGES_SQL = """
select 'notifications.messages' as topic, recipient_id::text as key, count(*) as count
from messages where status <> 'queued' group by recipient_id
"""

CHECKING: Final = Checking(
    api.notifications_invariants, api.check_notifications_invariants, (changes_are_told(CHANGES_SQL),)
)
