"""The keys that what children need is sealed with: how long they last, and how two services find together after a restore."""

import pytest
from joserfc.jwk import OKPKey

from contracts.booking.events import CareKeyState
from tests.component.booking.care_days import NEEDS, care_day
from tests.factories.booking import BookingTown

pytestmark = pytest.mark.anyio


async def test_a_key_lasts_as_long_as_the_enrollment(town: BookingTown) -> None:
    family = await town.family()
    await town.service.run_job("care_keys")
    assert (await town.service.emitted(kind=CareKeyState))[1] == [], "who is enrolled nowhere is asked nothing"
    activity_id = await town.activity()
    await town.enroll(family, activity_id)
    for _ in range(2):
        await town.service.run_job("care_keys")
    assert len((await town.service.emitted(kind=CareKeyState))[1]) == 1
    town.service.advance(days=800)
    await town.service.run_job("care_keys")
    assert await town.service.db.fetchval("select count(*) from care_keys") == 0


async def test_what_was_sealed_for_another_key_makes_us_say_ours_again(town: BookingTown) -> None:
    """After a restore the family service may know a key that this one does not: both find together again, and until then nothing is guessed."""
    day = await care_day(town)
    await day.say(NEEDS)
    other = OKPKey.generate_key("X25519")
    stale = day.service.envelope(await day.sealed(NEEDS, other))
    await day.service.deliver(stale, stale)
    assert (await day.child())["known"] == "not_yet"
    published = (await day.service.emitted(kind=CareKeyState))[1]
    assert len(published) == 2
    assert published[0] == published[1]
    await day.service.deliver(await day.sealed(NEEDS))
    assert (await day.child())["known"] == "said"


async def test_an_empty_service_asks_again_and_reads_the_topic_anew(town: BookingTown) -> None:
    day = await care_day(town)
    await day.say(NEEDS)
    newest = day.service.envelope(await day.sealed(NEEDS), sequence=9)
    await day.service.db.execute("delete from care_records")
    await day.service.deliver(newest)
    assert (await day.child())["conduct"] == NEEDS.conduct, "the record of the topic opens with the key that stayed"
    older = day.service.envelope(await day.sealed(NEEDS.model_copy(update={"conduct": "avant"})), sequence=8)
    await day.service.deliver(older)
    assert (await day.child())["conduct"] == NEEDS.conduct
    await day.service.db.execute("delete from care_keys")
    await day.service.db.execute("delete from care_records")
    await day.service.deliver(day.service.envelope(await day.sealed(NEEDS), sequence=10))
    assert (await day.child())["known"] == "not_yet"
    await day.say(NEEDS)
    assert (await day.child())["known"] == "said"
