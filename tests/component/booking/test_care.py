"""What children who come today need: sealed for a key of each child, shown on the sheet of its sites alone, each look noted once a day."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from chassis.actor import Actor
from contracts.family.care import CareInsurance, CarePerson, LeavingAnswer
from contracts.family.events import ChildState
from contracts.types import ActorKind
from tests.component.booking.care_days import CANARY, NEEDS, care_day
from tests.component.family.child_files import rows_of
from tests.factories.booking import BookingTown
from tests.factories.households import KnownChild, custody_state
from tests.support.roles import Role, agent_of

pytestmark = pytest.mark.anyio


async def test_the_sheet_shows_what_a_child_needs_and_says_what_is_not_known(town: BookingTown) -> None:
    day = await care_day(town)
    assert (await day.child())["known"] == "not_yet", "what did not arrive is not nothing"
    await day.say(NEEDS.model_copy(update={"is_known": False, "allergens": (), "conduct": ""}))
    assert (await day.child())["known"] == "unsaid"
    await day.say(NEEDS)
    child = await day.child()
    assert (child["known"], child["allergens"], child["conduct"]) == ("said", list(NEEDS.allergens), NEEDS.conduct)
    assert (child["diet"], child["has_own_lunch"], child["leaving"]) == ("no_pork", True, "unanswered")


async def test_people_around_a_child_are_shown_on_their_days_with_age_and_decision(town: BookingTown) -> None:
    day = await care_day(town)
    today = await town.today()
    eve, birth_on = today - timedelta(days=1), today.replace(year=today.year - 13, day=1)
    brother = CarePerson(kind="pickup", name="Léo", relation="Frère", phone=None, starts_on=eve, ends_on=today)
    people = (
        brother.model_copy(update={"birth_on": birth_on}),
        brother.model_copy(update={"name": "Parti", "ends_on": eve}),
        brother.model_copy(update={"name": "À venir", "starts_on": today + timedelta(days=1), "ends_on": None}),
        CarePerson(
            kind="forbidden",
            name="Marc",
            relation="",
            phone=None,
            starts_on=eve,
            ends_on=None,
            decision="JAF 26/00412",
            decided_on=eve,
        ),
    )
    await day.say(NEEDS.model_copy(update={"people": people}))
    shown = [(person["name"], person["age"], person["ends_on"]) for person in (await day.child())["people"]]
    assert shown == [("Léo", 13, str(today)), ("Marc", None, None)]
    (_, marc) = (await day.child())["people"]
    assert (marc["decision"], marc["decided_on"]) == ("JAF 26/00412", str(eve))


async def test_the_doctor_and_the_insurance_of_the_school_year_are_shown(town: BookingTown) -> None:
    day = await care_day(town)
    today = await town.today()
    first_on = date(today.year - (today.month < 9), 9, 1)
    former = CareInsurance(
        company="Ancienne", contract_number="1", starts_on=first_on.replace(first_on.year - 1), ends_on=date.max
    )
    present = CareInsurance(company="Azur", contract_number="2", starts_on=first_on, ends_on=today)
    doctor = {"doctor_name": "Dr Petit", "doctor_phone": "+33145000000"}
    await day.say(NEEDS.model_copy(update={**doctor, "insurances": (former, present)}))
    child = await day.child()
    assert (child["doctor_name"], child["doctor_phone"]) == ("Dr Petit", "+33145000000")
    assert (child["insurance"]["company"], child["insurance"]["is_over"]) == ("Azur", False)
    over = present.model_copy(update={"ends_on": today - timedelta(days=1)})
    await day.say(NEEDS.model_copy(update={"insurances": (former, over)}))
    assert (await day.child())["insurance"]["is_over"] is True
    await day.say(NEEDS.model_copy(update={"insurances": (former,)}))
    assert (await day.child())["insurance"] is None, "that of another year is none"


async def test_a_picture_is_served_on_its_days_to_the_agents_of_its_site_and_noted(town: BookingTown) -> None:
    day = await care_day(town)
    today, contact_id = await town.today(), uuid4()
    known = CarePerson(kind="pickup", name="Odile", relation="", phone=None, starts_on=today, ends_on=today)
    seen = known.model_copy(update={"contact_id": contact_id, "portrait": b"\xff\xd8\xff picture"})
    await day.say(NEEDS.model_copy(update={"people": (seen, known)}))
    path = f"/slots/{day.slot_id}/care/{day.family.child_id}/portraits/{contact_id}"

    async def asked(who: Actor | None = None, at: str = path) -> Any:
        return await day.service.client.get(at, headers=day.service.as_actor(who or day.agent))

    answer = await asked()
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, seen.portrait, "image/jpeg")
    assert answer.headers["cache-control"] == "private, no-store"
    assert len((await day.looks()).json()["items"]) == 1
    child = await day.child()
    assert [person["portrait_id"] for person in child["people"]] == [str(contact_id), None]
    assert "portrait" not in child["people"][0], "the picture itself is asked for"
    assert len((await day.looks()).json()["items"]) == 1, "one look a day, of the sheet and its pictures alike"
    assert (await asked(agent_of(Role.SITE, sites=frozenset({"ailleurs"})))).status_code == 404
    assert (await asked(agent_of(Role.FINANCE))).status_code == 403
    other = await care_day(town)
    for elsewhere in (
        f"/slots/{other.slot_id}/care/{day.family.child_id}/portraits/{contact_id}",
        f"/slots/{day.slot_id}/care/{day.family.child_id}/portraits/{uuid4()}",
    ):
        assert (await asked(at=elsewhere)).status_code == 404
    day.service.advance(days=1)
    assert (await asked()).status_code == 409


async def test_only_who_has_the_child_in_care_sees_it(town: BookingTown) -> None:
    """An agent of the site, today; neither finance, nor another site, nor the family's front desk."""
    day = await care_day(town)
    await day.say(NEEDS)
    for agent, status in (
        (agent_of(Role.SITE, sites=frozenset({"ailleurs"})), 404),
        (agent_of(Role.FINANCE), 403),
        (agent_of(Role.FRONT_DESK), 403),
        (Actor(uuid4(), ActorKind.PARENT, guardian_id=day.family.guardian_id), 403),
        (Actor(uuid4(), ActorKind.DELEGATE, guardian_id=uuid4()), 403),
    ):
        answer = await day.look(agent)
        assert answer.status_code == status
        assert CANARY not in answer.text
    assert (await day.looks()).json()["items"] == []


@pytest.mark.parametrize(("offset", "status"), [(0, 200), (1, 200), (2, 409)])
async def test_it_is_shown_on_the_day_and_the_day_before(town: BookingTown, offset: int, status: int) -> None:
    day = await care_day(town, offset)
    await day.say(NEEDS)
    answer = await day.look()
    assert answer.status_code == status
    assert (CANARY in answer.text) is (status == 200)


async def test_a_day_that_is_over_shows_nothing_any_more(town: BookingTown) -> None:
    day = await care_day(town)
    await day.say(NEEDS)
    town.service.advance(days=1)
    assert (await day.look()).json()["code"] == "care_not_needed"


async def test_a_look_is_noted_once_a_day_for_each_agent(town: BookingTown) -> None:
    day = await care_day(town, offset=1)
    await day.look()
    assert (await day.looks()).json()["items"] == [], "who saw nothing looked at nothing"
    await day.say(NEEDS)
    for agent in (day.agent, day.agent, agent_of(Role.DIRECTOR)):
        assert (await day.look(agent)).status_code == 200
    noted = (await day.looks()).json()["items"]
    assert [(entry["action"], entry["actor_kind"]) for entry in noted] == [("care_seen", "agent")] * 2
    assert noted[1]["actor_id"] == str(day.agent.account_id)
    assert CANARY not in json.dumps(noted)
    town.service.advance(days=1)
    await day.service.run_job("care_keys")
    await day.look()
    assert len((await day.looks()).json()["items"]) == 3
    assert (await day.looks(uuid4())).status_code == 404
    answer = await day.service.client.get("/history", headers=day.service.as_parent(day.family.guardian_id))
    assert "care_seen" not in answer.text


async def test_a_refusal_of_either_parent_counts_on_the_day(town: BookingTown) -> None:
    day = await care_day(town, guardians=2)
    today = await town.today()
    year = {"starts_on": today, "ends_on": today}
    one, other = day.family.guardian_ids
    yes = LeavingAnswer(adult_id=one, is_given=True, leaves_from="16:30", **year)
    late = LeavingAnswer(adult_id=other, is_given=True, leaves_from="17:00", **year)
    no = LeavingAnswer(adult_id=other, is_given=False, leaves_from=None, **year)
    former = LeavingAnswer(adult_id=uuid4(), is_given=False, leaves_from=None, **year)
    for answers, leaving in (
        ((yes,), ("given", "16:30:00")),
        ((yes, late), ("given", "17:00:00")),
        ((yes, no), ("refused", None)),
        ((yes, former), ("given", "16:30:00")),
    ):
        await day.say(NEEDS.model_copy(update={"leaving": answers}))
        child = await day.child()
        assert (child["leaving"], child["leaves_from"]) == leaving
    # A decision gives the authority to one parent alone: the other's refusal counts no more.
    await day.say(NEEDS.model_copy(update={"leaving": (yes, no)}))
    await day.service.deliver(custody_state(KnownChild(day.family.child_id), [one], [day.family.household_id]))
    assert (await day.child())["leaving"] == "given"


async def test_erasure_deletes_the_key_and_no_copy_opens_any_more(town: BookingTown) -> None:
    day = await care_day(town)
    await day.say(NEEDS)
    await day.look()
    kept = await day.sealed(NEEDS)
    envelope = day.service.envelope(
        ChildState(child_id=day.family.child_id, first_name="a", last_name="b", birth_on="2018-01-01")
    )
    await day.service.deliver(replace(envelope, payload=None))
    for table in ("care_keys", "care_records", "care_looks"):
        assert await day.service.db.fetchval(f"select count(*) from {table}") == 0, table
    owner = "select count(*) from history_keys where owner = $1"
    assert await day.service.db.fetchval(owner, str(day.family.child_id)) == 0
    await day.service.deliver(kept)
    assert (await day.child())["known"] == "not_yet", "a record that a topic kept is not opened, nor stored"
    assert await day.service.db.fetchval("select count(*) from care_records") == 0
    erased = await day.service.db.fetch("select key from outbox where topic = 'booking.care_keys' and payload is null")
    assert [row["key"] for row in erased] == [str(day.family.child_id)]


async def test_needs_stand_nowhere_in_clear(town: BookingTown, capsys: pytest.CaptureFixture[str]) -> None:
    """Canaries: in no row, event, dead letter or line of the log; the control finds the child's name."""
    day = await care_day(town)
    await day.say(NEEDS)
    assert CANARY in (await day.look()).text
    poison = day.service.envelope(await day.sealed(NEEDS), sequence=50)
    await day.service.deliver_unchecked(replace(poison, payload=f'{{"child_id": "{CANARY}", "sealed": 1}}'.encode()))
    assert await day.service.db.fetchval("select count(*) from dead_letters") == 1
    text = await rows_of(day.service.db)
    assert "Lina" in text
    emitted = "\n".join(event.payload().decode() for event in await day.service.outbox())
    for place in (text, emitted, capsys.readouterr().out):
        assert [trace for trace in (CANARY, CANARY.encode().hex(), "peanuts", "no_pork") if trace in place] == []
