"""An erasure leaves nobody behind: not whoever was kept for the erased alone, nor what an import says of them, nor where a child went to school."""

import pytest

from contracts.family.models import Household
from tests.component.authorization.departures import without_asking
from tests.component.family.child_files import rows_of
from tests.component.family.desk import Desk
from tests.component.family.importing import Importer, home
from tests.component.family.merging import child, person
from tests.component.family.protecting import STREET, Guard, words_in
from tests.component.family.school_office import SchoolOffice
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

TODAY = "2026-09-01"
TOMBSTONES_SQL = "select topic from outbox where key = $1 and payload is null"


async def helped(service: RunningService, desk: Desk, is_delegated: bool) -> tuple[Household, Household]:
    """A household, and another one whose adult collects a child of the first or acts for it."""
    family = await desk.open(guardian=person("Anne"))
    collector = await desk.open(guardian=person("Lucien"), children=[child("Zoé", "2019-01-02")])
    child_id, adult = family.children[0].child_id, collector.adults[0]
    if is_delegated:
        body = {
            "household_id": str(family.household_id),
            "first_name": adult.first_name,
            "last_name": adult.last_name,
            "email": adult.email,
            "child_ids": [str(child_id)],
            "acts": ["calendar.read"],
            "ends_on": "2026-12-01",
        }
        parent = service.as_parent(family.adults[0].adult_id)
        answer = await service.client.post("/delegations", json=body, headers=parent | service.key())
    else:
        path = f"/children/{child_id}/responsibilities/{adult.adult_id}"
        answer = await service.client.put(path, json={"role": "pickup", "starts_on": TODAY}, headers=desk.headers)
    assert answer.is_success, answer.text
    return family, collector


@pytest.mark.parametrize("is_delegated", [False, True])
async def test_who_was_kept_for_a_household_goes_with_it(
    service: RunningService, desk: Desk, is_delegated: bool
) -> None:
    """Their own file went before: the child that they collect, or act for, was the only reason to know them."""
    family, collector = await helped(service, desk, is_delegated)
    await without_asking(service, collector.household_id)
    assert "Lucien" in await rows_of(service.db), "the control: they are needed"
    await without_asking(service, family.household_id)
    await service.db.execute("delete from outbox")
    left = await rows_of(service.db)
    assert "Lucien" not in left
    assert str(collector.adults[0].adult_id) not in await service.db.fetchval(
        "select coalesce(string_agg(owner, ' '), '') from history_keys"
    )


async def test_whom_another_file_names_stays(service: RunningService, desk: Desk) -> None:
    family, collector = await helped(service, desk, is_delegated=False)
    await without_asking(service, family.household_id)
    answer = await service.client.get(f"/households/{collector.household_id}", headers=desk.headers)
    assert [adult["first_name"] for adult in answer.json()["adults"]] == ["Lucien"]


async def test_where_a_child_went_to_school_is_withdrawn(service: RunningService, desk: Desk) -> None:
    office = SchoolOffice(service)
    await office.school()
    family = await desk.open()
    child_id = family.children[0].child_id
    assert (await office.place(child_id, "ce2")).status_code == 200
    await without_asking(service, family.household_id)
    topics = {row["topic"] for row in await service.db.fetch(TOMBSTONES_SQL, str(child_id))}
    assert {"family.children", "family.responsibilities", "family.schoolings", "family.care"} <= topics


async def test_a_refused_line_is_told_and_erased_with_the_file_that_it_looks_like(
    service: RunningService, desk: Desk
) -> None:
    """A file of households names a family by another key: its report says no protected address, and nothing of it outlives the family."""
    guard, importer = Guard(service, desk), Importer(service)
    await importer.done(home("100", street=STREET))
    household_id = await service.db.fetchval("select household_id from households")
    run = await importer.proposed(home("200", street=STREET))
    assert await importer.findings(run) == ["refused", "held"]
    assert words_in(str(await importer.report(run))), "the control"
    assert (await guard.protect(household_id)).status_code == 200
    assert words_in(str(await importer.report(run))) == []
    await without_asking(service, household_id)
    assert await importer.report(run) == []
    await service.db.execute("delete from outbox")
    assert "Ferrand" not in await rows_of(service.db)
