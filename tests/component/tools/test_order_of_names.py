"""The town's order of names: the same in every list, and where it was changed, of what was stored before."""

from pathlib import Path

import pytest

from chassis.collation import Particles
from tests.component.booking.test_attendance import sheet_of
from tests.component.family.desk import Desk
from tests.component.family.school_office import SchoolOffice
from tests.component.identity.agents import agent_body
from tests.component.identity.walk import town_file as with_terms
from tests.factories.booking import BookingTown
from tests.support.applications import Applications
from tests.support.services import write_town
from tools.collate.__main__ import command

pytestmark = pytest.mark.anyio

NAMES = ("Zola", "Caillou", "d'Arc", "Çaglar", "Éluard", "Arcand")
ORDERS = {
    Particles.COUNTED: ["Arcand", "Çaglar", "Caillou", "d'Arc", "Éluard", "Zola"],
    Particles.PASSED_OVER: ["d'Arc", "Arcand", "Çaglar", "Caillou", "Éluard", "Zola"],
}
PASSWORD = "Correct7horse"


@pytest.fixture(params=Particles)
def particles(request: pytest.FixtureRequest) -> Particles:
    return Particles(request.param)


@pytest.fixture
def town_file(particles: Particles, tmp_path: Path) -> Path:
    return write_town(tmp_path, base=with_terms(tmp_path), town={"name_particles": particles.value})


async def test_files_and_pupils_are_in_the_order_of_the_town(
    applications: Applications, town_file: Path, particles: Particles
) -> None:
    async with applications.lend("family", town_file=town_file) as service:
        desk, office = Desk(service), SchoolOffice(service)
        await office.school()
        class_id = await office.open_class("CE1 A", ["ce1"])
        for number, name in enumerate(NAMES):
            guardian = {"last_name": name, "email": f"a{number}@famille.example"}
            child = {"first_name": "Lou", "last_name": name, "birth_on": "2018-03-04"}
            household = await desk.open(guardian=guardian, children=[child])
            await office.place(household.children[0].child_id, "ce1", class_id)
        files = (await service.client.get("/households", headers=desk.headers)).json()["items"]
        pupils = await office.read("/schools/tilleuls/years/2026/pupils")
    assert [file["payer_name"].partition(" ")[2] for file in files] == ORDERS[particles]
    assert [pupil["last_name"] for pupil in pupils["items"]] == ORDERS[particles]


async def test_a_sheet_is_in_the_order_of_the_town(
    applications: Applications, town_file: Path, particles: Particles
) -> None:
    async with applications.lend("booking", town_file=town_file) as service:
        town = BookingTown(service)
        lines, _ = await sheet_of(town, await town.family(*(f"Kid {name}" for name in NAMES)))
    assert [line["child_last_name"] for line in lines] == ORDERS[particles]


async def test_agents_are_in_the_order_of_the_town_and_found_by_their_particle(
    applications: Applications, town_file: Path, particles: Particles
) -> None:
    async with applications.lend("identity", town_file=town_file) as service:
        for number, name in enumerate(NAMES):
            body = agent_body(f"x.y{number}") | {
                "first_name": "Kim",
                "last_name": name,
                "password": PASSWORD,
                "roles": ["finance"],
            }
            answer = await service.client.post("/agents", json=body, headers=service.as_system() | service.key())
            assert answer.status_code == 201, answer.text
        listed = (await service.client.get("/agents", headers=service.as_system())).json()["items"]
        sought = (await service.client.get("/agents", params={"search": "d'arc"}, headers=service.as_system())).json()
    assert [agent["last_name"] for agent in listed] == ORDERS[particles]
    assert [agent["last_name"] for agent in sought["items"]] == ["d'Arc"]


async def test_a_rule_that_changes_moves_what_was_stored_before(
    applications: Applications,
    tmp_path: Path,
    secrets_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    changed = write_town(tmp_path, base=with_terms(tmp_path), town={"name_particles": Particles.PASSED_OVER.value})
    async with applications.lend("family") as service:
        desk = Desk(service)
        for number, name in enumerate(NAMES):
            await desk.open(guardian={"last_name": name, "email": f"a{number}@famille.example"})
        for variable, value in {
            "DATABASE_URL": service.database_url,
            "SECRETS_DIR": secrets_dir,
            "TOWN_FILE": changed,
            "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
            "DOCUMENT_STORE": tmp_path.as_uri(),
        }.items():
            monkeypatch.setenv(variable, str(value))
        assert await command(["family"]) == 0
        files = (await service.client.get("/households", headers=desk.headers)).json()["items"]
        assert await command(["family"]) == 0
    assert [file["payer_name"].partition(" ")[2] for file in files] == ORDERS[Particles.PASSED_OVER]
    assert [line for line in capsys.readouterr().out.splitlines() if line.endswith("moved")] == [
        "family: 1 moved",
        "family: 0 moved",
    ]
