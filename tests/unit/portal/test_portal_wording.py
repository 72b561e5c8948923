"""Texts are asked for by key: a blank is never shown in the place of one."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from portal.kit import FormState, MissingText, Texts, TownFace, create_environment
from portal.kit.refusal_texts import RefusalTexts

TEXTS = Texts({"hello": "Bonjour {name}", "days.one": "{count} jour", "days.other": "{count} jours"})


def test_values_take_their_place() -> None:
    assert TEXTS("hello", name="Lina") == "Bonjour Lina"


def test_a_text_agrees_with_its_count() -> None:
    assert [TEXTS("days", count=count) for count in (0, 1, 2)] == ["0 jour", "1 jour", "2 jours"]


@pytest.mark.parametrize(("key", "values"), [("hello", {}), ("unknown", {}), ("days", {})])
def test_a_missing_text_or_value_is_an_error(key: str, values: dict[str, object]) -> None:
    with pytest.raises(MissingText):
        TEXTS(key, **values)


def test_a_town_rewords_what_exists_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "texts.toml").write_text('[sign_in]\ntitle = "Se connecter"\n', "utf-8")
    texts = Texts.load(tmp_path, {"sign_in.title": "Connexion"})
    assert texts("sign_in.title") == "Connexion"
    with pytest.raises(MissingText, match=r"sign_in\.titel"):
        Texts.load(tmp_path, {"sign_in.titel": "Connexion"})


def test_every_text_of_the_product_can_be_read() -> None:
    texts = Texts.load()
    assert texts("kit.home") == "Accueil"


def test_what_was_typed_is_escaped() -> None:
    environment = create_environment(Texts.load(), TownFace("Valmont"))
    page = environment.from_string(
        '{% from "components/forms.html.j2" import text_field, error_summary %}'
        '{{ error_summary(form) }}{{ text_field(form, "name", "Nom") }}'
    )
    html = page.render(form=FormState({"name": '"><script>'}, {"name": "<b>faux</b>"}))
    assert "<script>" not in html
    assert "<b>" not in html
    assert "&#34;&gt;&lt;script&gt;" in html


def test_a_text_is_said_by_one_area(tmp_path: Path) -> None:
    """The area that is read last would win, in silence."""
    for area in ("family", "agents"):
        (tmp_path / area).mkdir()
        (tmp_path / area / "texts.toml").write_text('[fields]\nreason = "Indiquez le motif."\n')
    with pytest.raises(MissingText, match=r"fields\.reason"):
        Texts.load(tmp_path)


def test_a_portal_without_a_town_hall_says_whom_to_call() -> None:
    """Pages and refusals alike: the articles contract, and a sentence begins with a capital."""
    sentences = Texts(
        {"a": "Appelez {authority}", "b": "{Authority} décide", "c": "agent {authority:de}", "d": "{authority:à}"},
        "le syndicat",
    )
    assert [sentences(key) for key in "abcd"] == [
        "Appelez le syndicat",
        "Le syndicat décide",
        "agent du syndicat",
        "au syndicat",
    ]
    texts = Texts.load(authority="l’agglomération")
    assert texts("history.somebody.agent") == "Un agent de l’agglomération"
    assert texts.replaced({"kit.home": "Accueil {authority:de}"})("kit.home") == "Accueil de l’agglomération"
    refusals = RefusalTexts(texts, ZoneInfo("Europe/Paris"))
    assert refusals.refusal("account_disabled", {}).startswith("L’agglomération a fermé")
