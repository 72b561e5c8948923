"""Names in sentences: "d’Arpège", "de Hamza", "du syndicat"."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from chassis.french import filled, of, of_place, phone, that, to
from chassis.town import load_town

TOWN = """[town]
name = "La Vallée"
full_name = "Syndicat de la Vallée"
article = "Le"
site_url = "https://vallee.example"
contact_email = "contact@vallee.example"
contact_phone = "04 70 00 00 00"
contact_address = ["1 rue du Pont"]
"""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *(
            ("Arpège", "d’Arpège"),
            ("Issa", "d’Issa"),
            ("Élodie", "d’Élodie"),
            ("Œuvre", "d’Œuvre"),
            ("OUMAR", "d’OUMAR"),
        ),
        *(
            ("Hélène", "d’Hélène"),
            ("Hugo", "d’Hugo"),
            ("Hamza", "de Hamza"),
            ("Hassan", "de Hassan"),
            ("Helmut", "de Helmut"),
        ),
        *(("Yves", "d’Yves"), ("Yasmine", "de Yasmine"), ("Youssef", "de Youssef"), ("Y", "de Y"), ("", "de ")),
        *(("Lina", "de Lina"), ("Le Gall", "de Le Gall"), ("3 enfants", "de 3 enfants"), ("l’agglo", "de l’agglo")),
        *(("la mairie", "de la mairie"), ("le syndicat", "du syndicat"), ("les parents", "des parents")),
    ],
)
def test_of_is_said_as_it_sounds(name: str, words: str) -> None:
    assert of(name) == words


def test_an_article_contracts_where_it_is_one() -> None:
    assert [to(name) for name in ("le syndicat", "la mairie", "l’agglo", "Le Gall")] == [
        *("au syndicat", "à la mairie", "à l’agglo", "à Le Gall")
    ]
    assert [of_place(name) for name in ("Le Havre", "Les Ulis", "La Rochelle", "Évry", "Belfort")] == [
        *("du Havre", "des Ulis", "de La Rochelle", "d’Évry", "de Belfort")
    ]
    assert [that(name) for name in ("Issa", "Lina", "le syndicat")] == ["qu’Issa", "que Lina", "que le syndicat"]


def test_a_text_links_the_names_that_it_places() -> None:
    text = "Demande {child:de}, plus {name:que}, {town:de lieu} {name:à}"
    values = {"child": "Issa", "name": "le syndicat", "town": "Le Mans"}
    assert filled(text, values) == "Demande d’Issa, plus que le syndicat, du Mans au syndicat"
    assert filled("{count:02d} jours", {"count": 3}) == "03 jours"
    with pytest.raises(KeyError):
        filled("Demande {child:de}", {})


@pytest.mark.parametrize("authority", ["mairie", "les services", "la {mairie}", "La mairie", "la "])
def test_an_authority_has_an_article_of_one(tmp_path: Path, authority: str) -> None:
    """Sentences agree with one: "les services peut" would be nobody’s French."""
    file = tmp_path / "town.toml"
    file.write_text(f'{TOWN}authority = "{authority}"\n', "utf-8")
    with pytest.raises(ValidationError, match="authority"):
        load_town(file)


def test_a_town_names_itself_in_the_middle_of_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "town.toml"
    file.write_text(TOWN, "utf-8")
    town = load_town(file)
    assert (town.authority_first, town.in_a_sentence, town.in_the_middle) == (
        *("La mairie", "Le Syndicat de la Vallée", "le Syndicat de la Vallée"),
    )


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        *(("0612345678", "06 12 34 56 78"), ("06.12.34.56.78", "06 12 34 56 78"), ("06 12 34 56 78", "06 12 34 56 78")),
        *(("+33612345678", "06 12 34 56 78"), ("+32 470 12 34 56", "+32 470 12 34 56"), ("3939", "3939")),
        *(("0000345678", "0000345678"), ("٠٦١٢٣٤٥٦٧٨", "٠٦١٢٣٤٥٦٧٨")),
    ],
)
def test_a_telephone_number_is_read_in_pairs_on_one_line(typed: str, read: str) -> None:
    assert phone(typed) == read.replace(" ", "\u00a0")
