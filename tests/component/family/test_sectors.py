"""School sectors: worked on, sent as a file, tried, published, and the school of a child by its homes; derogations, from the request to what became of it."""

from base64 import b64encode
from typing import Any
from uuid import UUID

import pytest

from contracts.family.models import Household
from services.family.derogations.commands import forget_derogations
from services.family.health.commands import forget_file
from tests.component.family.addressing import SECTORS, load_base
from tests.component.family.desk import Desk
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

YEAR = 2026
STREET = {"school": "lilas", "first_level": "cp", "last_level": "cm2", "city": "Valmont-sur-Orne"}


class Sectors:
    """A director who works on the sectors of a year."""

    def __init__(self, service: RunningService, year: int = YEAR) -> None:
        self._service, self._year = service, year
        self.headers = service.as_agent(Role.DIRECTOR)

    async def add(self, **fields: Any) -> Any:
        path, body = f"/sectors/{self._year}/segments", {**STREET, **fields}
        return await self._service.client.post(path, json=body, headers=self.headers | self._service.key())

    async def send(self, content: bytes | None) -> Any:
        body = {"is_copy": True} if content is None else {"content": b64encode(content).decode()}
        return await self._service.client.put(f"/sectors/{self._year}", json=body, headers=self.headers)

    async def publish(self) -> Any:
        return await self._service.client.post(f"/sectors/{self._year}/publication", headers=self.headers)

    async def read(self, what: str = "") -> Any:
        return (await self._service.client.get(f"/sectors/{self._year}{what}", headers=self.headers)).json()

    async def of(self, child_id: UUID, headers: dict[str, str] | None = None) -> list[tuple[str, str]]:
        """The school, or the reason why none is known, of each home of a child."""
        path = f"/children/{child_id}/sectors/{self._year}"
        answer = await self._service.client.get(path, headers=headers or self.headers)
        assert answer.status_code == 200, answer.text
        return [(home["reference"], home["school"] or home["reason"]) for home in answer.json()["homes"]]


@pytest.fixture
def sectors(service: RunningService) -> Sectors:
    return Sectors(service)


def codes(answer: Any) -> list[str]:
    return [item["code"] for item in answer.json().get("errors", ())] or [answer.json().get("code", "")]


async def test_an_address_is_of_one_school_for_each_level(sectors: Sectors) -> None:
    assert (await sectors.add(street="Rue des Lilas", side="odd")).status_code == 201
    assert (await sectors.add(street="rue des lilas", side="even", school="tilleuls")).status_code == 201
    assert codes(await sectors.add(street="R. des Lilas", school="tilleuls", from_number=4)) == ["sector_overlaps"]
    nursery = {"first_level": "ps", "last_level": "gs"}
    assert (await sectors.add(street="Rue des Lilas", school="tilleuls", **nursery)).status_code == 201
    wrong = [
        ({"street": "Rue Haute", "first_level": "cm2", "last_level": "cp"}, "sector_levels_reversed"),
        ({"street": "Rue Haute", "from_number": 9, "until_number": 3}, "sector_numbers_reversed"),
        ({"from_number": 9}, "sector_street_missing"),
    ]
    for fields, code in wrong:
        assert codes(await sectors.add(**fields)) == [code]
    assert len((await sectors.read())["segments"]) == 3


async def test_a_file_takes_the_place_of_the_plan_whole_or_not_at_all(sectors: Sectors) -> None:
    await sectors.add(street="Rue Haute")
    assert (await sectors.send(SECTORS.read_bytes())).status_code == 200
    plan = await sectors.read()
    assert [item["street"] for item in plan["segments"]].count("Rue Haute") == 0
    assert len(plan["segments"]) == 6
    heading = "École;Du niveau;Au niveau;Commune;Voie;Côté;Du numéro;Au numéro\n"
    lines = "lilas;CP;CM2;V;Rue A;pair;2;8\n"
    for text, code, facts in [
        (heading, "sector_empty", {"line": 1}),
        ("a;b\n1;2\n", "sector_columns_unknown", {"line": 1}),
        (heading + lines + "lilas;CP;CM9;V;Rue B;;;\n", "sector_line_wrong", {"line": 3, "column": "last_level"}),
        (heading + lines + "lilas;CP;CM2;V;Rue B;gauche;;\n", "sector_line_wrong", {"line": 3, "column": "side"}),
        (heading + lines + "x;CP;CM2;V;rue a;;4;4\n", "sector_lines_overlap", {"line": 3, "other": 2}),
    ]:
        answer = await sectors.send(text.encode())
        (fault,) = answer.json()["errors"]
        assert (fault["code"], fault["params"]) == (code, facts)
    assert await sectors.read() == plan


async def test_nothing_counts_before_it_is_published_and_a_trial_says_what_would_change(
    service: RunningService, desk: Desk, sectors: Sectors
) -> None:
    await load_base(service)
    household = await desk.open()
    (child,) = household.children
    assert codes(await sectors.publish()) == ["sectors_unchanged"]
    await sectors.send(SECTORS.read_bytes())
    assert await sectors.of(child.child_id) == [(household.reference, "not_published")]
    trial = await sectors.read("/trial")
    assert trial["moves"] == [{"from_school": None, "to_school": "tilleuls", "child_count": 1}]
    assert (await sectors.publish()).json()["is_changed"] is False
    assert await sectors.of(child.child_id) == [(household.reference, "tilleuls")]
    await sectors.send(
        SECTORS.read_bytes().replace(
            b"tilleuls;PS;CM2;Valmont-sur-Orne;Rue des Tilleuls", b"lilas;PS;CM2;Valmont-sur-Orne;Rue des Tilleuls"
        )
    )
    assert (await sectors.read("/trial"))["moves"] == [
        {"from_school": "tilleuls", "to_school": "lilas", "child_count": 1}
    ]
    assert await sectors.of(child.child_id) == [(household.reference, "tilleuls")]
    following = Sectors(service, YEAR + 1)
    assert (await following.send(None)).status_code == 200
    assert len((await following.read())["segments"]) == 6
    assert codes(await Sectors(service, YEAR + 3).send(None)) == ["sector_nothing_before"]


async def test_each_unknown_school_says_why(service: RunningService, desk: Desk, sectors: Sectors) -> None:
    """By an address without the base, too: the way it is typed is enough."""
    await sectors.add(street="Rue des Lilas", side="odd", first_level="ps")
    await sectors.publish()
    births = {"2018-03-04": "no_number", "2025-03-04": "too_young", "2013-03-04": "past_primary"}
    children = [
        {"first_name": f"Enfant {name}", "last_name": "Le Goff", "birth_on": day}
        for day, name in zip(births, "ABC", strict=True)
    ]
    household = await desk.open(address={"street": "r. des Lilas"}, children=children)
    schools = {str(child.birth_on): (await sectors.of(child.child_id))[0][1] for child in household.children}
    assert schools == births


async def shared(service: RunningService, desk: Desk) -> tuple[Household, Household, UUID]:
    """A child of two homes, in the sectors of two schools."""
    first = await desk.open()
    second = await desk.open(
        guardian={"first_name": "Awa", "last_name": "Diop", "email": "awa@courriel.example"},
        address={"street": "3 bd du Gal de Gaulle"},
        children=[{"first_name": "Zoé", "last_name": "Diop", "birth_on": "2018-03-04"}],
    )
    (child,) = first.children
    headers = service.as_agent(Role.DIRECTOR)
    path = f"/households/{second.household_id}/members/{child.child_id}"
    answer = await service.client.put(path, json={"starts_on": "2026-09-01"}, headers=headers)
    assert answer.status_code == 200, answer.text
    return first, second, child.child_id


async def test_a_child_of_two_homes_has_both_schools_and_a_parent_sees_its_own(
    service: RunningService, desk: Desk, sectors: Sectors
) -> None:
    """Where the other home is, is told by no school."""
    first, second, child_id = await shared(service, desk)
    await sectors.send(SECTORS.read_bytes())
    await sectors.publish()
    assert await sectors.of(child_id) == [(first.reference, "tilleuls"), (second.reference, "lilas")]
    headers = service.as_parent(first.adults[0].adult_id)
    assert await sectors.of(child_id, headers) == [(first.reference, "tilleuls")]


async def record(service: RunningService, child_id: Any, **fields: Any) -> Any:
    body = {"school_year": YEAR, "school": "lilas", "reason": "sibling", "asked_on": "2026-09-01", **fields}
    headers = service.as_agent(Role.FRONT_DESK) | service.key()
    return await service.client.post(f"/children/{child_id}/derogations", json=body, headers=headers)


async def act(service: RunningService, derogation_id: str, what: str, **body: Any) -> Any:
    role = Role.DIRECTOR if what == "decision" else Role.FRONT_DESK
    path = f"/derogations/{derogation_id}/{what}"
    return await service.client.post(path, json=body or None, headers=service.as_agent(role))


async def test_a_derogation_is_recorded_decided_and_read_by_the_family(
    service: RunningService, desk: Desk, sectors: Sectors
) -> None:
    household = await desk.open()
    (child,) = household.children
    await sectors.send(SECTORS.read_bytes())
    await sectors.publish()
    assert codes(await record(service, child.child_id, school="tilleuls")) == ["derogation_not_needed"]
    assert codes(await record(service, child.child_id, asked_on="2026-09-02")) == ["derogation_in_future"]
    known = (await record(service, child.child_id, note="Livret de famille vu")).json()
    assert (known["status"], known["sector_schools"]) == ("waiting", ["tilleuls"])
    assert codes(await record(service, child.child_id)) == ["derogation_waits"]
    path = known["derogation_id"]
    assert codes(await act(service, path, "decision", is_granted=False)) == ["missing"]
    refused = await act(service, path, "decision", is_granted=False, reason="École complète.")
    assert refused.json()["status"] == "refused"
    assert codes(await act(service, path, "decision", is_granted=True)) == ["derogation_settled"]
    assert codes(await act(service, path, "withdrawal")) == ["derogation_settled"]
    again = (await record(service, child.child_id, reason="health")).json()["derogation_id"]
    assert (await act(service, again, "decision", is_granted=True)).json()["status"] == "granted"
    headers = service.as_parent(household.adults[0].adult_id)
    seen = (await service.client.get(f"/children/{child.child_id}/derogations", headers=headers)).json()["items"]
    assert [(item["status"], item["decision_reason"]) for item in seen] == [
        ("granted", ""),
        ("refused", "École complète."),
    ]
    assert all(item["note"] == "" and item["decided_by"] is None for item in seen)
    assert (await act(service, again, "withdrawal")).json()["status"] == "withdrawn"


async def test_the_list_is_narrowed(service: RunningService, desk: Desk) -> None:
    household = await desk.open()
    (child,) = household.children
    await record(service, child.child_id, note="Secret de la note")
    headers = service.as_agent(Role.FRONT_DESK)

    async def count(**asked: Any) -> int:
        answer = await service.client.get("/derogations", params=asked, headers=headers)
        assert answer.status_code == 200, answer.text
        assert "Secret" not in answer.text
        return len(answer.json()["items"])

    assert await count() == await count(status="waiting", reason="sibling", school="lilas", school_year=YEAR) == 1
    assert await count(status="granted") == await count(reason="health") == await count(school_year=YEAR + 1) == 0


async def test_what_was_written_goes_with_the_childs_file_and_with_time(service: RunningService, desk: Desk) -> None:
    household = await desk.open()
    (child,) = household.children
    known = (await record(service, child.child_id, note="Livret vu")).json()["derogation_id"]
    sealed = await service.db.fetchval("select sealed from derogations")
    assert b"Livret" not in sealed
    assert (await service.client.get(f"/derogations/{known}", headers=desk.headers)).json()["note"] == "Livret vu"
    await forget_file(service.db, child.child_id)
    assert (await service.client.get(f"/derogations/{known}", headers=desk.headers)).status_code == 404
    await record(service, child.child_id)
    service.advance(days=365 * 2)
    await forget_derogations(service.db)
    assert await service.db.fetchval("select count(*) from derogations") == 1
    service.advance(days=366)
    await forget_derogations(service.db)
    assert await service.db.fetchval("select count(*) from derogations") == 0


async def test_nothing_is_made_of_a_protected_address(service: RunningService, desk: Desk, sectors: Sectors) -> None:
    """Neither its school nor its place in the base; what was known of it before goes, too, and it is on no list."""
    await load_base(service)
    household = await desk.open()
    (child,) = household.children
    await sectors.send(SECTORS.read_bytes())
    await sectors.publish()
    known = (await record(service, child.child_id)).json()
    assert known["sector_schools"] == ["tilleuls"]
    body = {"reason": "Ordonnance", "starts_on": "2026-09-01"}
    headers = service.as_agent(Role.DIRECTOR)
    answer = await service.client.put(f"/households/{household.household_id}/protection", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert await sectors.of(child.child_id) == [(household.reference, "protected")]
    path = f"/derogations/{known['derogation_id']}"
    assert (await service.client.get(path, headers=headers)).json()["sector_schools"] == []
    assert await service.db.fetchval("select base_address_id from households") is None
    unverified = await service.client.get("/unverified-addresses", headers=headers)
    assert unverified.json()["items"] == []
    assert (await sectors.read("/trial"))["unknown_count"] == 1
