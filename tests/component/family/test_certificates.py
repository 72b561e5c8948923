"""Certificates of a household: who belongs to it and answers for whom, for one of its adults, and no address that is protected."""

import pytest

from services.family.erasure.commands import erase_household
from tests.component.family.delegating import OTHERS, opened
from tests.component.family.desk import Desk
from tests.component.family.merging import Counter, child, person
from tests.component.family.protecting import SECRET, Guard, words_in
from tests.support.certificates import checked, code_on, issue, issued, listed, read, words
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_a_household_is_certified_for_each_of_its_adults(service: RunningService, desk: Desk) -> None:
    home = await opened(service, desk)
    father, mother = service.as_parent(home.father_id), service.as_parent(home.mother_id)
    certificate = await issued(service, father, kind="household")
    text = words((await read(service, father, certificate)).content)
    for part in ("FOY-", "Éric Le Goff-Œuvrard", "Léa Le Goff", "Tom Le Goff", "12 rue des Tilleuls"):
        assert part in text
    assert (await read(service, mother, certificate)).status_code == 404
    assert (await issued(service, mother, kind="household"))["number"] != certificate["number"]
    offers = (await listed(service, father))["offers"]
    assert [offer["adult_id"] for offer in offers] == [str(home.father_id)]


async def test_a_child_whom_a_decision_keeps_from_an_adult_is_not_told_of(service: RunningService, desk: Desk) -> None:
    home = await opened(service, desk)
    await home.answers_for(home.child_ids[0], home.mother_id, "none")
    mother = service.as_parent(home.mother_id)
    text = words((await read(service, mother, await issued(service, mother, kind="household"))).content)
    assert "Tom Le Goff" in text
    assert "Léa Le Goff" not in text


async def test_what_was_issued_before_a_decision_is_not_read_after_it_by_whom_it_keeps_away(
    service: RunningService, desk: Desk
) -> None:
    """Who may read it is judged on the day; the other parent, agents and whoever was handed a copy find it as it was."""
    home = await opened(service, desk)
    father, mother, child_id = service.as_parent(home.father_id), service.as_parent(home.mother_id), home.child_ids[0]
    own, others = [await issued(service, headers, kind="household") for headers in (mother, father)]
    pdf = (await read(service, mother, own)).content
    assert "Léa Le Goff" in words(pdf), "the control"
    await home.answers_for(child_id, home.mother_id, "none")
    assert (await read(service, mother, own)).status_code == 404
    assert (await listed(service, mother))["issued"] == []
    assert (await read(service, father, others)).status_code == 200
    assert (await read(service, desk.headers, own)).status_code == 200
    assert (await checked(service, own["number"], code_on(pdf))).status_code == 200
    without = await issued(service, mother, kind="household")
    assert [item["number"] for item in (await listed(service, mother))["issued"]] == [without["number"]]
    await home.answers_for(child_id, home.mother_id, "joint")
    assert (await read(service, mother, own)).content == pdf, "a decision that ended hides nothing"


async def test_a_protected_address_is_on_no_certificate(service: RunningService, desk: Desk) -> None:
    """What was issued with it before is not there any more, not as bytes either; that it was genuine can still be checked."""
    guard = Guard(service, desk)
    household = await desk.open(address=SECRET)
    parent = service.as_parent(household.adults[0].adult_id)
    before = await issued(service, parent, kind="household")
    pdf = (await read(service, parent, before)).content
    assert words_in(words(pdf)), "the control"
    assert (await guard.protect(household.household_id)).status_code == 200
    assert (await read(service, parent, before)).status_code == 404
    assert await service.db.fetchval("select count(*) from issued_documents where pdf is not null") == 0
    assert (await checked(service, before["number"], code_on(pdf))).status_code == 200
    after = await issued(service, parent, kind="household")
    assert words_in(words((await read(service, parent, after)).content)) == []


async def test_agents_issue_for_an_adult_of_the_household_and_nobody_else_does(
    service: RunningService, desk: Desk
) -> None:
    home, other = await opened(service, desk), await desk.open(**OTHERS)
    household_id = home.household.household_id
    named = {"kind": "household", "household_id": household_id, "adult_id": home.father_id}
    certificate = await issued(service, desk.headers, **named)
    assert (await issued(service, service.as_parent(home.father_id), kind="household")) == certificate
    stranger = service.as_parent(other.adults[0].adult_id)
    for headers, request, status in (
        (stranger, named, 404),
        (service.as_parent(home.mother_id), named, 404),
        (desk.headers, {**named, "adult_id": other.adults[0].adult_id}, 404),
        (desk.headers, {"kind": "household", "household_id": household_id}, 422),
        (service.as_agent(Role.SITE), named, 403),
        ({}, named, 401),
    ):
        assert (await issue(service, headers, **request)).status_code == status


async def test_an_erased_household_leaves_a_number_and_no_document(service: RunningService, desk: Desk) -> None:
    home = await opened(service, desk)
    await issued(service, service.as_parent(home.father_id), kind="household")
    async with service.db.transaction() as tx:
        await erase_household(tx, home.household.household_id)
    (kept,) = await service.db.fetch("select pdf, household_id, adult_id, fingerprint from issued_documents")
    assert set(kept.values()) == {None}


async def test_certificates_of_a_file_that_became_part_of_another_stand_in_that_one(
    service: RunningService, desk: Desk, counter: Counter
) -> None:
    """For whoever they are of, by the person whom they are there, and for agents; nobody else of the file reads them. Two files again, each has its own."""
    kept = await desk.open(guardian=person("Anne"), children=[child("Léa")])
    former = await desk.open(
        twin_reason="Séparés.",
        guardian=person("Anne", email=None, phone=None),
        co_guardian=person("Hugo", civility="monsieur", last_name="Roy"),
    )
    anne, hugo = (service.as_parent(one) for one in (kept.adults[0].adult_id, former.adults[1].adult_id))
    of_anne = await issued(service, service.as_parent(former.adults[0].adult_id), kind="household")
    of_hugo = await issued(service, hugo, kind="household")
    merge = await counter.merge(kept, former)
    assert merge.status_code == 201, merge.text
    service.advance(days=1)
    of_file = {"household_id": kept.household_id}
    for headers, readable, hidden in (
        (anne, [of_anne], [of_hugo]),
        (hugo, [of_hugo], [of_anne]),
        (desk.headers, [of_hugo, of_anne], []),
    ):
        numbers = [one["number"] for one in (await listed(service, headers, **of_file))["issued"]]
        assert numbers == [one["number"] for one in readable]
        assert {(await read(service, headers, one)).status_code for one in readable} == {200}
        assert {(await read(service, headers, one)).status_code for one in hidden} <= {404}
    assert (await counter.undo(merge)).status_code == 200
    assert (await listed(service, anne, **of_file))["issued"] == []
