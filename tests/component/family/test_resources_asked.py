"""Who is enrolled and never said any resources is asked, once for all of a household's children."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from contracts.booking.events import EnrollmentValidated
from tests.component.family.test_resources import Purse, purse, service, town

__all__ = ["purse", "service", "town"]

pytestmark = pytest.mark.anyio


def validated(household_id: UUID, child_id: str, starts_on: str) -> EnrollmentValidated:
    """A child is enrolled until the end of the school year."""
    return EnrollmentValidated(
        enrollment_id=uuid4(),
        household_id=household_id,
        child_id=UUID(child_id),
        activity_id=uuid4(),
        starts_on=date.fromisoformat(starts_on),
        ends_on=date(2027, 7, 7),
        validated_at=datetime(2026, 9, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(("starts_on", "is_asked"), [("2026-09-29", True), ("2026-09-30", False), ("2026-08-24", True)])
async def test_two_siblings_who_start_are_one_question(purse: Purse, starts_on: str, is_asked: bool) -> None:
    """28 days before the first day, or at once where the enrollment was entered late; and again half a year later."""
    for child_id in purse.papers.home.child_ids:
        await purse.service.deliver(validated(purse.household_id, child_id, starts_on))
    for _ in range(2):
        assert await purse.noticed() == ([("unknown", None)] if is_asked else [])
    await purse.on("2027-03-01")
    for _ in range(2):
        assert await purse.noticed() == [("unknown", None)] * (2 if is_asked else 1)
