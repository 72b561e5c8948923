"""What travels when many requests for enrollments are decided together."""

from contracts.event import Model
from contracts.http import LongText
from contracts.queue import ItemIds


class EnrollmentsDecision(Model):
    """What an agent decides of many requests that they chose by hand; a refusal says why to all of them."""

    item_ids: ItemIds
    is_validated: bool
    reason: LongText | None = None
