"""Certificates of a child's enrollments and presence: what they say, who asks for them and reads them, and that they stay as they were issued."""

import asyncio
import hashlib
import io

import pytest
from pypdf import PdfReader

from tests.component.booking.sheets import at, set_to_noon, today
from tests.component.booking.sheets import book as book_all
from tests.factories.booking import BookingTown, Family, published
from tests.support.certificates import checked, code_on, issue, issued, listed, read, words
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
async def family(town: BookingTown) -> Family:
    """A child who is enrolled."""
    family = await town.family("Lina Testeur", guardians=2)
    await town.enroll(family, await town.activity())
    return family


async def test_an_enrollment_is_certified_once_and_stays_as_it_was(
    service: RunningService, town: BookingTown, family: Family
) -> None:
    """The same content has one number, whoever of its guardians asks and when; names that change later change nothing."""
    first = {"kind": "registration", "child_id": family.child_id}
    asked = [issued(service, town.parent(family, guardian), **first) for guardian in (0, 1, 0)]
    certificates = await asyncio.gather(*asked)
    (certificate,) = {one["number"]: one for one in certificates}.values()
    assert certificate["number"] == f"INS-{(await town.today()).year}-000001"
    pdf = (await read(service, town.parent(family), certificate)).content
    text = words(pdf)
    for part in ("Attestation d’inscription", "Lina Testeur", "Maison de l’enfance", certificate["number"]):
        assert part in text
    document = PdfReader(io.BytesIO(pdf))
    assert document.metadata is not None
    assert (document.trailer["/Root"]["/Lang"], document.trailer["/Root"]["/MarkInfo"]["/Marked"]) == ("fr-FR", True)
    assert str(document.metadata.title).startswith("Attestation d’inscription INS-")

    birth_on = (await town.today()).replace(year=2015)
    await service.deliver(*published(family, birth_on, ["Lina Autrement"]))
    assert (await read(service, town.parent(family), certificate)).content == pdf
    again = await issued(service, town.parent(family), **first)
    assert again["number"] == certificate["number"].replace("000001", "000002")
    (child,) = {offer["child_id"] for offer in (await listed(service, town.parent(family)))["offers"]}
    assert child == str(family.child_id)
    assert [one["number"] for one in (await listed(service, town.parent(family)))["issued"]] == [
        again["number"],
        certificate["number"],
    ]


async def test_whoever_is_handed_one_checks_it_and_learns_nothing_of_the_child(
    service: RunningService, town: BookingTown, family: Family
) -> None:
    certificate = await issued(service, town.parent(family), kind="registration", child_id=family.child_id)
    pdf = (await read(service, town.parent(family), certificate)).content
    genuine = await checked(service, f" {certificate['number'].lower()} ", code_on(pdf).replace("-", " "))
    assert genuine.json() == {
        "kind": "registration",
        "number": certificate["number"],
        "issued_on": str(await town.today()),
        "digest": hashlib.sha256(pdf).hexdigest(),
    }
    wrong = "A" * 12 if code_on(pdf) != "AAAA-AAAA-AAAA" else "B" * 12
    assert (await checked(service, certificate["number"], wrong)).status_code == 404
    assert (await checked(service, "INS-2020-000001", code_on(pdf))).status_code == 404
    assert (await checked(service, "X-1", "short")).status_code == 422


async def test_presence_is_what_closed_sheets_say(service: RunningService, town: BookingTown) -> None:
    """Hours are those between arrival and leaving where both were noted, and those of the unit otherwise; what no closed sheet says is not certified."""
    await set_to_noon(town)
    family = await town.family("Lina Testeur")
    sheet = await today(town, family)
    await book_all(sheet)
    day = await town.today()
    asked = {"kind": "presence", "child_id": family.child_id, "from_on": day, "to_on": day}
    refused = await issue(service, town.parent(family), **asked)
    assert (refused.status_code, refused.json()["code"]) == (409, "never_present")
    seen = {"arrived_at": await at(town, "09:00"), "left_at": await at(town, "11:45")}
    assert (await sheet.mark((str(family.child_id), "present"), **seen)).status_code == 200
    assert (await issue(service, town.parent(family), **asked)).status_code == 409, "an open sheet says nothing yet"
    assert (await sheet.close()).status_code == 200
    certificate = await issued(service, town.parent(family), **asked)
    text = words((await read(service, town.parent(family), certificate)).content)
    assert "1 jour" in text
    assert "2 h 45" in text
    assert "n’ont pas été notés" not in text
    offers = {offer["kind"]: offer for offer in (await listed(service, town.parent(family)))["offers"]}
    assert offers["presence"]["periods"]
    ahead = await issue(service, town.parent(family), **{**asked, "to_on": await town.day(1)})
    assert [error["code"] for error in ahead.json()["errors"]] == ["certificate_day_ahead"]


async def test_only_who_answers_for_the_child_there_and_agents_of_every_site_ask(
    service: RunningService, town: BookingTown, family: Family
) -> None:
    """The other home of a child has certificates of its own, which say nothing of this one."""
    other, home = await town.family(), await town.second_home(family)
    certificate = await issued(service, town.parent(family), kind="registration", child_id=family.child_id)
    named = {"kind": "registration", "child_id": family.child_id, "household_id": family.household_id}
    desk, site = service.as_agent(Role.FRONT_DESK), service.as_agent(Role.FRONT_DESK, sites=frozenset({"maison"}))
    for headers, status in (
        (town.parent(other), 404),
        (town.parent(home), 404),
        (desk, 200),
        (site, 404),
        (service.as_agent(Role.SITE), 403),
        ({}, 401),
    ):
        assert (await issue(service, headers, **named)).status_code == status
        assert (await read(service, headers, certificate)).status_code == status
    there = await issue(service, town.parent(home), kind="registration", child_id=family.child_id)
    assert there.json()["code"] == "enrolled_nowhere"
    assert (await listed(service, town.parent(home)))["issued"] == []
    assert {offer["reason"] for offer in (await listed(service, town.parent(home)))["offers"]} == {
        "enrolled_nowhere",
        "never_present",
    }


async def test_of_whom_was_erased_stays_that_it_was_issued(
    service: RunningService, town: BookingTown, family: Family
) -> None:
    certificate = await issued(service, town.parent(family), kind="registration", child_id=family.child_id)
    code = code_on((await read(service, town.parent(family), certificate)).content)
    (state, *_) = published(family, await town.today(), ["Lina Testeur"])
    envelope = service.envelope(state)
    tombstone = type(envelope)(**{name: getattr(envelope, name) for name in envelope.__slots__} | {"payload": None})
    await service.deliver(tombstone)
    (kept,) = await service.db.fetch("select pdf, household_id, child_id, fingerprint from issued_documents")
    assert set(kept.values()) == {None}
    assert (await checked(service, certificate["number"], code)).status_code == 200
    assert (await read(service, service.as_agent(Role.FRONT_DESK), certificate)).status_code == 404
