"""The copy of the address base: loaded whole or not at all, what it knows and suggests, and which files are not in it."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from services.family.adapters.address_files import BaseFileUnreadable, read_base_file
from tests.component.family.addressing import SAMPLE, load_base
from tests.component.family.desk import Desk
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

TOWN = {"postal_code": "14000", "city": "Valmont-sur-Orne"}


async def match(service: RunningService, street: str, **fields: str) -> dict[str, Any]:
    body = {"street": street, **TOWN, **fields}
    answer = await service.client.post("/addresses/matches", json=body, headers=service.as_agent(Role.FRONT_DESK))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def unverified(service: RunningService) -> list[str]:
    answer = await service.client.get("/unverified-addresses", headers=service.as_agent(Role.FRONT_DESK))
    assert answer.status_code == 200, answer.text
    return [item["reference"] for item in answer.json()["items"]]


async def base(service: RunningService) -> dict[str, Any] | None:
    answer = await service.client.get("/address-base", headers=service.as_agent(Role.FRONT_DESK))
    return answer.json()["base"]  # type: ignore[no-any-return]  # JSON


async def test_a_town_without_a_copy_works_as_it_did(service: RunningService, desk: Desk) -> None:
    await desk.open()
    assert await base(service) is None
    assert await unverified(service) == []
    assert await match(service, "12 rue des Tilleuls") == {"is_known": False, "suggestions": []}


@pytest.mark.parametrize(
    "street",
    [
        "12 rue des Tilleuls",
        "12, r. des TILLEULS",
        "4 bd du Gal de Gaulle",
        "1 av St Exupéry",
        "1 avenue saint-exupery",
        "2 impasse du Sacré Coeur",
        "12bis rue des Lilas",
        "12 B rue des Lilas",
        "12 ter, rue des Lilas",
        "3 rue du 8 mai 1945",
    ],
)
async def test_an_address_of_the_base_is_known_in_any_spelling(service: RunningService, street: str) -> None:
    await load_base(service)
    assert await match(service, street) == {"is_known": True, "suggestions": []}


@pytest.mark.parametrize(
    ("street", "suggested"),
    [
        ("12 rue des Tilleulls", ["12 Rue des Tilleuls"]),
        ("3 place de Gaulle", ["3 Boulevard du Général de Gaulle"]),
        ("4 rue des Lylas", ["4 Rue des Lilas", "4 Allée des Lilas"]),
        ("7 quater rue des Lilas", ["7 Rue des Lilas", "7 bis Rue des Lilas"]),
        ("99 rue des Lilas", []),
        ("12 rue Inconnue", []),
        ("Bonjour", []),
    ],
)
async def test_what_is_near_is_suggested(service: RunningService, street: str, suggested: list[str]) -> None:
    await load_base(service)
    answer = await match(service, street)
    assert answer["is_known"] is False
    assert [item["street"] for item in answer["suggestions"]] == suggested


async def test_a_wrong_commune_is_no_address_of_the_base_but_near(service: RunningService) -> None:
    await load_base(service)
    (item,) = (await match(service, "12 rue des Tilleuls", city="Valmond"))["suggestions"]
    assert (item["street"], item["city"]) == ("12 Rue des Tilleuls", "Valmont-sur-Orne")


async def test_files_that_are_not_in_the_copy_are_listed(service: RunningService, desk: Desk) -> None:
    """When the copy comes, when an address is corrected, and when another copy comes; never one abroad."""
    known = await desk.open()
    other = await desk.open(
        guardian={"last_name": "Martin", "email": "m@courriel.example"},
        children=[{"first_name": "Zoé", "last_name": "Martin", "birth_on": "2018-03-04"}],
        address={"street": "1 chemin Neuf"},
    )
    await desk.open(
        guardian={"last_name": "Peeters", "email": "p@courriel.example"},
        children=[{"first_name": "Jan", "last_name": "Peeters", "birth_on": "2018-03-04"}],
        address={"street": "1 rue Haute", "postal_code": "1000", "city": "Bruxelles", "country": "Belgique"},
    )
    await load_base(service)
    assert await unverified(service) == [other.reference]
    contact = (await service.client.get(f"/adults/{other.adults[0].adult_id}/contact", headers=desk.headers)).json()
    body = {
        "version": contact["version"],
        "phone": contact["phone"],
        "email": contact["email"],
        "address": {"household_id": str(other.household_id), "street": "5 bis r. des Tilleuls", **TOWN},
    }
    path = f"/adults/{other.adults[0].adult_id}/contact"
    answer = await service.client.put(path, json=body, headers=desk.headers)
    assert answer.status_code == 200, answer.text
    assert await unverified(service) == []
    ids = await service.db.fetch("select base_address_id from households order by reference")
    assert [row["base_address_id"] for row in ids] == ["14999_0001_00012", "14999_0001_00005_bis", None]
    assert known.address.lines == ("12 rue des Tilleuls",)


async def test_a_copy_is_replaced_whole_or_stays(service: RunningService, desk: Desk, tmp_path: Path) -> None:
    await desk.open()
    streets, addresses = await load_base(service)
    assert (streets, addresses) == (9, 157)
    path = tmp_path / "adresses.csv.gz"
    path.write_bytes(gzip.compress("\n".join(SAMPLE.read_text("utf-8").splitlines()[:4]).encode()))
    assert await load_base(service, path) == (1, 3)
    shown = await base(service)
    assert shown is not None
    assert (shown["label"], shown["address_count"], shown["unverified_count"]) == ("adresses.csv.gz", 3, 1)
    broken = tmp_path / "broken.csv"
    broken.write_text("id;nom_voie\n1;Rue\n", "utf-8")
    with pytest.raises(BaseFileUnreadable, match="code_postal, nom_commune"):
        await load_base(service, broken)
    assert await base(service) == shown
    assert (await match(service, "2 rue des Tilleuls"))["is_known"] is True


async def test_places_without_numbers_are_addresses_too(service: RunningService, tmp_path: Path) -> None:
    path = tmp_path / "lieux-dits.csv"
    lines = "id;nom_lieu_dit;code_postal;nom_commune\n14999_b;Le Moulin;14000;Valmont-sur-Orne\n;Rien;14000;X\n"
    path.write_text(lines, "utf-8")
    assert len(list(read_base_file(path))) == 1
    await load_base(service, path)
    assert (await match(service, "Lieu-dit Le Moulin"))["is_known"] is True
    near = (await match(service, "le moullin"))["suggestions"]
    assert [item["street"] for item in near] == ["Le Moulin"]


async def test_two_addresses_that_are_one_verify_nothing(service: RunningService, tmp_path: Path) -> None:
    """12 bis and 12 B of one street: whoever types either is asked which one."""
    path = tmp_path / "adresses.csv"
    path.write_text(
        "id;numero;rep;nom_voie;code_postal;nom_commune\n"
        "a;12;bis;Rue Haute;14000;Valmont-sur-Orne\nb;12;b;Rue Haute;14000;Valmont-sur-Orne\n",
        "utf-8",
    )
    await load_base(service, path)
    answer = await match(service, "12 bis rue Haute")
    assert answer["is_known"] is False
    assert {item["base_id"] for item in answer["suggestions"]} == {"a", "b"}


async def test_the_act_is_noted_once(service: RunningService) -> None:
    await load_base(service)
    rows = await service.db.fetch("select count(*) from history where action = 'address_base_replaced'")
    assert rows[0]["count"] == 1
