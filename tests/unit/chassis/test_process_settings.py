"""What a process is told: its roles, its secrets, and a town file in which a misspelt setting is said at start-up."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from chassis.settings import MissingSecret, ProcessRole, ServiceSettings
from chassis.town import TownSection, load_section, load_town

TOWN = """
[town]
name = "Beaulieu"
full_name = "Ville de Beaulieu"
site_url = "https://beaulieu.example"
contact_email = "familles@beaulieu.example"
contact_phone = "01 02 03 04 05"
contact_address = ["1 place de la Mairie"]
"""


class Limits(TownSection):
    children_max: int = 12


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    for name, value in {
        "HTTP_PORT": "8101",
        "TOWN_FILE": "town.toml",
        "SECRETS_DIR": str(tmp_path),
        "PORTAL_URL": "http://localhost:8000",
        "DATABASE_URL": "postgresql://localhost/probe",
        "KAFKA_BOOTSTRAP_SERVERS": "localhost:9092",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("ROLES", "PORTAL_SECRET"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_a_process_has_every_role_unless_it_is_told_which(environment: pytest.MonkeyPatch) -> None:
    assert ServiceSettings().roles == frozenset(ProcessRole)
    environment.setenv("ROLES", "api,relay")
    assert ServiceSettings().roles == {ProcessRole.API, ProcessRole.RELAY}
    for wrong in ("api,everything", ""):
        environment.setenv("ROLES", wrong)
        with pytest.raises(ValidationError, match="roles"):
            ServiceSettings()


@pytest.mark.parametrize(("name", "value"), [("HTTP_PORT", "70000"), ("LOG_FORMAT", "xml"), ("DATABASE_POOL_MAX", "1")])
def test_a_setting_out_of_bounds_is_named(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    with pytest.raises(ValidationError, match=name.lower()):
        ServiceSettings()


def test_a_secret_of_a_variable_wins_over_its_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "portal_secret").write_text("of the file\n")
    (tmp_path / "actor_public.json").write_text('{"kty": "OKP"}')
    settings = ServiceSettings()
    assert settings.secret("portal_secret") == "of the file"
    assert settings.secret("actor_public") == '{"kty": "OKP"}'
    environment.setenv("PORTAL_SECRET", "of the variable")
    assert settings.secret("portal_secret") == "of the variable"


@pytest.mark.usefixtures("environment")
def test_a_missing_secret_says_its_variable_and_its_folder(tmp_path: Path) -> None:
    with pytest.raises(MissingSecret) as raised:
        ServiceSettings().secret("portal_secret")
    for part in ("portal_secret", "PORTAL_SECRET", str(tmp_path)):
        assert part in str(raised.value)


def test_a_town_file_is_read_table_by_table(tmp_path: Path) -> None:
    path = tmp_path / "town.toml"
    path.write_text(TOWN + "[limits]\nchildren_max = 3\n")
    assert load_town(path).zone.key == "Europe/Paris"
    assert load_section(path, "limits", Limits).children_max == 3
    assert load_section(path, "absent", Limits).children_max == 12


def test_a_misspelt_setting_of_a_town_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "town.toml"
    path.write_text(TOWN + 'contact_fone = "01"\n[limits]\nchildrn_max = 3\n')
    with pytest.raises(ValidationError, match="contact_fone"):
        load_town(path)
    with pytest.raises(ValidationError, match="childrn_max"):
        load_section(path, "limits", Limits)


@pytest.mark.parametrize(
    ("article", "words"),
    [("La", "La Ville de Beaulieu"), ("L’", "L’Ville de Beaulieu"), ("", "Ville de Beaulieu")],
)
def test_a_town_is_the_subject_of_a_sentence(tmp_path: Path, article: str, words: str) -> None:
    """Words that were wrong once: "Ville de Valmont vous a ouvert"."""
    file = tmp_path / "town.toml"
    file.write_text(f'{TOWN}article = "{article}"\n')
    assert load_town(file).in_a_sentence == words
