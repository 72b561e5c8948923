"""One order of people's names, that of the town, in lists and in columns."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.collation import Collation, Particles
from chassis.comparing import Person

COUNTED, PASSED_OVER = Collation(), Collation(Particles.PASSED_OVER)
LOU = date(2018, 3, 2)
people = st.builds(Person, st.text(max_size=8), st.text(max_size=8), st.none() | st.dates())
collations = st.sampled_from([COUNTED, PASSED_OVER])


def test_a_list_is_in_the_order_of_a_french_list() -> None:
    """Under the collation of bytes, particles, capitals and accents sent names to the end of the sheet."""
    right = [
        "ábaco",
        "Çaglar",
        "Caillou",
        "d'Arc",
        "de Beauvoir",
        "Éluard",
        "Eluardin",
        "O'Hara",
        "Œuvrard",
        "Ozanne",
        "Zola",
    ]
    sheet = {name: Person("Kim", name) for name in sorted(right)}
    assert list(sheet) != right
    assert [name for name, _ in COUNTED.in_order(sheet)] == right
    assert sorted(right, key=lambda name: COUNTED.stored_key("Kim", name)) == right


def test_last_names_are_compared_before_first_names() -> None:
    names = [("Zoé", "Martin"), ("Anne", "Martin Dupont"), ("Anne", "Martineau")]
    assert sorted(names, key=lambda name: COUNTED.stored_key(*name)) == names
    assert sorted(names, key=lambda name: COUNTED.sort_key(Person(*name))) == names


@given(st.lists(people, max_size=12), st.randoms())
def test_an_order_is_the_same_however_people_come(listed: list[Person], random: object) -> None:
    """A second key decides between twins."""
    shuffled = list(listed)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a `random.Random`
    assert [COUNTED.sort_key(person) for person in sorted(listed, key=COUNTED.sort_key)] == [
        COUNTED.sort_key(person) for person in sorted(shuffled, key=COUNTED.sort_key)
    ]


@given(people, people)
def test_the_order_of_a_column_is_that_of_a_list(one: Person, other: Person) -> None:
    keys = [COUNTED.stored_key(person.first_name or "", person.last_name or "") for person in (one, other)]
    if keys[0] != keys[1]:
        assert (COUNTED.sort_key(one) < COUNTED.sort_key(other)) == (keys[0] < keys[1])


def test_the_erased_come_last() -> None:
    assert [key for key, _ in COUNTED.in_order({1: Person(None), 2: Person("Zoé", "Zola")})] == [2, 1]


@pytest.mark.parametrize(
    ("last_name", "counted", "passed_over"),
    [
        ("d'Arc", "d arc", "arc"),
        ("d’Arc", "d arc", "arc"),
        ("D'ARC", "d arc", "arc"),
        ("de Beauvoir", "de beauvoir", "beauvoir"),
        ("DE GAULLE", "de gaulle", "gaulle"),
        ("de La Fontaine", "de la fontaine", "la fontaine"),
        ("De Smet", "de smet", "de smet"),
        ("du Bellay", "du bellay", "du bellay"),
        ("des Forêts", "des forets", "des forets"),
        ("Martin de Sa", "martin de sa", "martin de sa"),
        ("Desmoulins", "desmoulins", "desmoulins"),
        ("de", "de", "de"),
        ("d'", "d", "d"),
        ("", "", ""),
    ],
)
def test_a_town_says_whether_the_particle_counts(last_name: str, counted: str, passed_over: str) -> None:
    assert COUNTED.stored_key("Kim", last_name) == f"{counted}  kim"
    assert PASSED_OVER.stored_key("Kim", last_name) == f"{passed_over}  kim"


def test_the_arcs_stand_together_where_the_particle_is_passed_over() -> None:
    sheet = {name: Person("Kim", name) for name in ("Zola", "d'Arc", "Arc", "Arcand", "Caillou", "Çaglar")}
    assert [name for name, _ in PASSED_OVER.in_order(sheet)] == ["Arc", "d'Arc", "Arcand", "Çaglar", "Caillou", "Zola"]
    assert [name for name, _ in COUNTED.in_order(sheet)] == ["Arc", "Arcand", "Çaglar", "Caillou", "d'Arc", "Zola"]
