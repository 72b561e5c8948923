"""Every town profile: each service, the gateway and the portal's theme accept it whole."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from chassis.town import load_section
from deploy.local.stack import TOWNS
from portal.frame.settings import PortalSection, PortalTown
from portal.kit import PATHS as PATHS_OF_FRAME
from portal.kit import STATIC, check_theme
from portal.spaces import SPACES
from services.identity.settings import IdentityPolicy
from tests.support.databases import Postgres
from tests.support.services import running_service

PROFILES = sorted(path.parent.name for path in TOWNS.glob("*/town.toml"))
ICONS = STATIC / "img" / "icons.svg"
PATHS = {path for space in SPACES for page in space.pages for path in page.paths}

pytestmark = pytest.mark.anyio


def test_the_demonstration_town_and_the_five_guides_have_a_profile() -> None:
    assert PROFILES == ["belfort", "demo", "premium", "structure", "tirelire", "velizy"]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("service", ["identity", "family", "booking", "billing", "notifications"])
async def test_each_service_starts_under_each_profile(
    profile: str, service: str, postgres: Postgres, secrets_dir: Path
) -> None:
    settings = {"payfip_url": "http://127.0.0.1:1"} if service == "billing" else {}
    town_file = TOWNS / profile / "town.toml"
    async with running_service(service, postgres, secrets_dir, town_file=town_file, **settings) as running:
        assert (await running.client.get("/health/ready")).status_code == 200


@pytest.mark.parametrize("profile", PROFILES)
def test_menus_and_tiles_lead_to_pages_that_exist(profile: str) -> None:
    section = PortalTown.load(TOWNS / profile / "town.toml").section
    check_theme(section.theme)
    links = [*section.public_menu, *section.private_menu, *(tile for block in section.blocks for tile in block.tiles)]
    procedures = [tomllib.loads(text.read_text())["code"] for text in (TOWNS / profile / "procedures").glob("*.toml")]
    begun = {f"/mes-demarches/nouvelle/{code}" for code in procedures}
    paths = PATHS | begun | {f"/services/{service.code}" for service in section.services}
    assert [link.url for link in links if link.url not in paths] == []


@pytest.mark.parametrize("profile", PROFILES)
def test_the_bar_of_a_phone_has_room_for_what_a_town_puts_there(profile: str) -> None:
    section = PortalTown.load(TOWNS / profile / "town.toml").section
    on_the_bar = [link for link in section.private_menu if link.icon]
    assert on_the_bar[0].url == PATHS_OF_FRAME["private_home"]
    assert {link.icon for link in on_the_bar} <= set(re.findall(r'<symbol id="([^"]+)"', ICONS.read_text("utf-8")))
    crowded = tuple(link.model_copy(update={"icon": "home"}) for link in section.private_menu[:1] * 5)
    with pytest.raises(ValidationError, match="4 entries at most have an icon"):
        PortalSection.model_validate(section.model_dump() | {"private_menu": [link.model_dump() for link in crowded]})


@pytest.mark.parametrize("profile", PROFILES)
def test_a_page_waits_for_the_key_of_a_service_that_the_town_has(profile: str) -> None:
    """A code that is misspelt would hide a page from everybody; a service without a key would hide its own."""
    file = TOWNS / profile / "town.toml"
    section = PortalTown.load(file).section
    codes = {service.code for service in load_section(file, "identity", IdentityPolicy).services}
    tiles = [tile for block in section.blocks for tile in block.tiles]
    named = {link.service for link in [*section.public_menu, *section.private_menu, *tiles] if link.service}
    assert named | {service.code for service in section.services} <= codes
