"""What an address says, however it is spelled: worked examples, and which typed ones are one."""

import pytest

from services.family.addresses.domain import (
    BaseStreet,
    Spot,
    best,
    city_key,
    sought_marks,
    spot_of,
    street_marks,
)

LILAS = Spot(12, "", "rue lilas")
LILAS_BIS = Spot(12, "b", "rue lilas")
EXAMPLES = [
    ("12 rue des Lilas", LILAS),
    ("12, rue des Lilas", LILAS),
    ("12 RUE DES LILAS", LILAS),
    ("12 r. des Lilas", LILAS),
    ("12 r des lilas", LILAS),
    ("12 rue Lilas", LILAS),
    ("12-14 rue des Lilas", LILAS),
    ("Bât. A 12 rue des Lilas", LILAS),
    ("Résidence les Pins, 12 rue des Lilas", LILAS),
    ("12bis rue des Lilas", LILAS_BIS),
    ("12 bis rue des Lilas", LILAS_BIS),
    ("12 B rue des Lilas", LILAS_BIS),
    ("12B, rue des Lilas", LILAS_BIS),
    ("12 ter rue des Lilas", Spot(12, "t", "rue lilas")),
    ("12 C rue des Lilas", Spot(12, "c", "rue lilas")),
    ("4 Bd du Gal. de Gaulle", Spot(4, "", "boulevard general gaulle")),
    ("4 boulevard du Général-de-Gaulle", Spot(4, "", "boulevard general gaulle")),
    ("1 av. St-Exupéry", Spot(1, "", "avenue saint exupery")),
    ("1 avenue Saint Exupéry", Spot(1, "", "avenue saint exupery")),
    ("1 place Ste Anne", Spot(1, "", "place sainte anne")),
    ("3 rue du 8 mai 1945", Spot(3, "", "rue 8 mai 1945")),
    ("place du 8 mai 1945", Spot(None, "", "place 8 mai 1945")),
    ("2 impasse du Sacré-Cœur", Spot(2, "", "impasse sacre coeur")),
    ("12 l’Abbaye", Spot(12, "", "abbaye")),
    ("Lieu-dit Le Moulin", Spot(None, "", "moulin")),
    ("Le Moulin", Spot(None, "", "moulin")),
    ("Les", Spot(None, "", "les")),
    ("12", Spot(None, "", "12")),
    ("", Spot(None, "", "")),
]


@pytest.mark.parametrize(("typed", "spot"), EXAMPLES)
def test_an_address_is_read_however_it_is_spelled(typed: str, spot: Spot) -> None:
    assert spot_of([typed]) == spot


def test_the_line_with_the_number_counts() -> None:
    """People write the residence first, and the street in the complement."""
    assert spot_of(["Résidence des Pins", "12 rue des Lilas"]) == LILAS
    assert spot_of(["Résidence des Pins", "Bâtiment B"]) == Spot(None, "", "residence pins")
    assert spot_of([]) == Spot(None, "", "")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("St-Maur-des-Fossés", "saint maur des fosses"),
        ("Paris 12", "PARIS"),
        ("Valmont Cedex 2", "Valmont"),
        ("L’Haÿ", "l hay"),
    ],
)
def test_communes_are_compared_alike(one: str, other: str) -> None:
    assert city_key(one) == city_key(other)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("12 rue des Lylas", "Rue des Lilas"),
        ("4 bd Degaulle", "Boulevard du Général de Gaulle"),
        ("4 rue Victor Hugo", "Avenue Victor Hugo"),
        ("le moulyn", "Le Moulin"),
    ],
)
def test_a_street_is_found_with_a_slip(typed: str, name: str) -> None:
    """Each of its words, by its marks alone."""
    marks = set(street_marks(name))
    assert all(not choice.isdisjoint(marks) for choice in sought_marks(spot_of([typed])))


def test_nothing_is_looked_for_where_nothing_is_typed() -> None:
    assert len(sought_marks(spot_of(["3"]))) == 1
    assert sought_marks(spot_of([""])) == []


def test_what_is_near_is_of_the_same_commune_first() -> None:
    streets = [
        BaseStreet(1, "Rue des Lilas", "14100", "Ailleurs"),
        BaseStreet(2, "Allée des Lilas", "14000", "Valmont"),
        BaseStreet(3, "Rue du Lila", "14000", "Valmont"),
        BaseStreet(4, "Boulevard Circulaire", "14000", "Valmont"),
    ]
    assert [street.street_id for street in best(LILAS, "14000", "Valmont", streets)] == [3, 2, 1]
