"""Agents move the days of a child at once, while its family books: all of it goes along once and as it was shown, or an agent is told to look again."""

import asyncio
from uuid import UUID, uuid4

import pytest

from chassis.data.idempotency import Claim
from chassis.refusal import Refusal
from contracts.booking.moves import DaysMove, DaysMoveCreate, DaysMoved
from services.booking.errors import DaysMoveOutdated, NothingGoesAlong
from services.booking.moves.commands import move_days
from services.booking.moves.queries import days_move_preview
from tests.concurrency.booking.conftest import OVERSOLD_SQL, REPEATED_SQL, Rush
from tests.factories.booking import ZONE, Family
from tests.support.roles import Role, agent_of

pytestmark = pytest.mark.anyio

LAST = 12
BOOKED_SQL = "select count(*) from bookings where household_id = $1 and status = 'confirmed' and service_on > $2"


class Leaving:
    """A child of two homes with days in two activities, and a day more that its first home may book."""

    def __init__(self, rush: Rush, family: Family, home: Family, spare: UUID) -> None:
        self.rush, self.family, self.home, self.spare = rush, family, home, spare
        self.agent = agent_of(Role.FRONT_DESK)

    async def wish(self) -> DaysMove:
        """All of it, as it is shown now."""
        from_on = await self.rush.town.day(LAST + 1)
        asked = DaysMoveCreate(household_id=self.home.household_id, child_ids=self.family.child_ids, from_on=from_on)
        shown = await days_move_preview(self.rush.service.db, self.agent, self.family.household_id, asked)
        return DaysMove(**asked.model_dump(), reason="Déménagement.", fingerprint=shown.fingerprint)

    async def move(self, wish: DaysMove) -> DaysMoved | BaseException:
        """What an agent is answered."""
        claim = Claim.of("agent", str(uuid4()), "POST /days-moves", wish.model_dump_json().encode())
        moving = move_days(self.rush.service.db, self.agent, claim, self.family.household_id, wish, ZONE)
        (answer,) = await asyncio.gather(moving, return_exceptions=True)
        return answer

    async def booked(self, family: Family) -> int:
        """How many days a household has after the move."""
        last = await self.rush.town.day(LAST)
        return int(await self.rush.service.db.fetchval(BOOKED_SQL, family.household_id, last))


@pytest.fixture
async def leaving(rush: Rush) -> Leaving:
    town = rush.town
    family, slots = await town.family(), list[UUID]()
    for label, offsets in (("Matin", (10, 14, 16)), ("Soir", (11, 15, 17, 18))):
        activity_id = await town.activity(label=label)
        await town.enroll(family, activity_id)
        slots += await town.open(activity_id, *offsets)
    spare = slots.pop()
    assert (await town.book(family, *slots)).status_code == 201
    return Leaving(rush, family, await town.second_home(family), spare)


async def test_two_agents_move_it_once(leaving: Leaving) -> None:
    wish = await leaving.wish()
    answers = await asyncio.gather(*(leaving.move(wish) for _ in range(4)))
    assert [answer for answer in answers if isinstance(answer, DaysMoved)] == [
        DaysMoved(enrollment_count=2, day_count=4)
    ]
    assert all(isinstance(answer, DaysMoved | DaysMoveOutdated | NothingGoesAlong) for answer in answers), answers
    assert (await leaving.booked(leaving.family), await leaving.booked(leaving.home)) == (0, 4)
    assert await leaving.rush.service.db.fetch(OVERSOLD_SQL) == []
    assert await leaving.rush.service.db.fetch(REPEATED_SQL) == []


@pytest.mark.parametrize("round_number", range(3))
async def test_a_day_booked_meanwhile_is_moved_as_shown_or_not_at_all(leaving: Leaving, round_number: int) -> None:
    """Whoever is first: the family has its day and the agent looks again, or the days are gone and the family is told."""
    wish = await leaving.wish()
    booking = leaving.rush.town.book(leaving.family, leaving.spare)
    moved, booked = await asyncio.gather(leaving.move(wish), booking)
    if isinstance(moved, DaysMoved):
        assert booked.status_code in (409, 422), booked.text
        assert (await leaving.booked(leaving.family), await leaving.booked(leaving.home)) == (0, 4)
    else:
        assert isinstance(moved, Refusal), moved
        assert booked.status_code == 201, booked.text
        assert (await leaving.booked(leaving.family), await leaving.booked(leaving.home)) == (5, 0)
    assert await leaving.rush.service.db.fetch(OVERSOLD_SQL) == []
