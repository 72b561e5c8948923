"""Days of a child of two homes are charged where it sleeps, by whatever pattern says so; a placed child's by nobody whom nobody named."""

from datetime import date, timedelta

import pytest

from contracts.family.events import HolidayTurns, Residence
from contracts.family.residence import home_on
from contracts.types import ResidencePattern
from tests.component.billing.families import Booked
from tests.component.billing.homes import TwoHomes, lives_at, paid_by, residence
from tests.component.billing.test_payers import owed
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

FIRST = date(2026, 10, 12)
DAYS = [FIRST + timedelta(days=number) for number in range(35) if (FIRST + timedelta(days=number)).weekday() < 5]


def patterns(homes: TwoHomes) -> dict[str, tuple[Residence, ...]]:
    """What a release knows to say of two homes."""
    ids = (homes.a.household_id, homes.b.household_id)
    halves = HolidayTurns(zone="B", even_first_id=homes.b.household_id)
    parity, fortnight = ResidencePattern.WEEK_PARITY, ResidencePattern.FORTNIGHT
    swapped = date(2026, 10, 14)
    return {
        "friday": (residence(parity, *ids, change_weekday=5),),
        "halves": (residence(parity, *ids, change_weekday=5, holidays=halves),),
        "strict": (residence(parity, *ids, change_weekday=3, anchor_on=date(2026, 10, 1)),),
        "fortnight": (residence(fortnight, *ids, anchor_on=date(2026, 10, 5), second_home_days=(2, 4, 9)),),
        "by hand": (
            residence(parity, *ids, ends_on=swapped - timedelta(days=1)),
            residence(ResidencePattern.SINGLE, ids[1], starts_on=swapped, ends_on=swapped),
            residence(parity, *ids, starts_on=swapped + timedelta(days=1)),
        ),
    }


@pytest.mark.parametrize("name", ["friday", "halves", "strict", "fortnight", "by hand"])
async def test_each_day_is_charged_to_the_home_of_its_night(service: RunningService, name: str) -> None:
    """What billing keeps of a pattern says what was published: the holidays of October 2026, a change-over on a Friday, a day by hand."""
    homes = await TwoHomes(service).settle()
    published = patterns(homes)[name]
    await service.deliver(lives_at(homes.a.child_id, *published))
    await homes.attend([Booked(homes.a, homes.centre, day) for day in DAYS])
    await service.run_job("price_charges")
    payers = {homes.a.household_id: (homes.a.payer_id, 415), homes.b.household_id: (homes.b.payer_id, 899)}
    expected = []
    for day in DAYS:
        home = home_on(published, day)
        assert home is not None
        expected.append((day, *payers[home]))
    assert await owed(service) == expected
    assert len({payer_id for _, payer_id, _ in expected}) == 2


async def test_a_swap_moves_the_day_and_goes_back(service: RunningService) -> None:
    """An open day is decided again when a day by hand is entered, and when it is taken back."""
    homes = await TwoHomes(service).settle()
    ids = (homes.a.household_id, homes.b.household_id)
    day = date(2026, 10, 14)
    plain = residence(ResidencePattern.WEEK_PARITY, *ids)
    await service.deliver(lives_at(homes.a.child_id, plain))
    await homes.attend([Booked(homes.a, homes.centre, day)])
    await service.run_job("price_charges")
    assert await owed(service) == [(day, homes.a.payer_id, 415)]
    await service.deliver(lives_at(homes.a.child_id, *patterns(homes)["by hand"]))
    await service.run_job("price_charges")
    assert await owed(service) == [(day, homes.b.payer_id, 899)]
    await service.deliver(lives_at(homes.a.child_id, plain))
    await service.run_job("price_charges")
    assert await owed(service) == [(day, homes.a.payer_id, 415)]


async def test_the_parent_of_a_placed_child_is_no_payer_by_that(service: RunningService) -> None:
    """The child lives at a foster home where nobody pays: the line waits for a payer, and the mother's file owes nothing."""
    homes = await TwoHomes(service).settle()
    foster = residence(ResidencePattern.SINGLE, homes.b.household_id)
    await service.deliver(lives_at(homes.a.child_id, foster), paid_by(homes.b))
    await homes.attend([Booked(homes.b, homes.centre, DAYS[0]), Booked(homes.a, homes.centre, DAYS[1])])
    await service.run_job("price_charges")
    assert [payer_id for _, payer_id, _ in await owed(service)] == [None, None]
