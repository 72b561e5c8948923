"""One order and one comparison of people's names, and a name for each child that no other of its household bears."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.comparing import Person, comparable, first_names_apart, in_order, namesakes, sort_key, stored_key

LOU, TWIN = date(2018, 3, 2), date(2018, 9, 14)
people = st.builds(Person, st.text(max_size=8), st.text(max_size=8), st.none() | st.dates())
few_names = st.builds(
    Person,
    st.sampled_from(["Lou", "LOU", "Zoé", "Zoe"]),
    st.sampled_from(["Roy", "Petit"]),
    st.sampled_from([LOU, TWIN]),
)


def test_a_list_is_in_the_order_of_a_french_list() -> None:
    """F10, AG-4: under the collation of bytes, particles, capitals and accents sent names to the end of the sheet."""
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
    assert [name for name, _ in in_order(sheet)] == right
    assert sorted(right, key=lambda name: stored_key("Kim", name)) == right


def test_last_names_are_compared_before_first_names() -> None:
    names = [("Zoé", "Martin"), ("Anne", "Martin Dupont"), ("Anne", "Martineau")]
    assert sorted(names, key=lambda name: stored_key(*name)) == names
    assert sorted(names, key=lambda name: sort_key(Person(*name))) == names


@given(st.lists(people, max_size=12), st.randoms())
def test_an_order_is_the_same_however_people_come(listed: list[Person], random: object) -> None:
    """AG-4: a second key decides between twins."""
    shuffled = list(listed)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a `random.Random`
    assert [sort_key(person) for person in sorted(listed, key=sort_key)] == [
        sort_key(person) for person in sorted(shuffled, key=sort_key)
    ]


@given(people, people)
def test_the_order_of_a_column_is_that_of_a_list(one: Person, other: Person) -> None:
    keys = [stored_key(person.first_name or "", person.last_name or "") for person in (one, other)]
    if keys[0] != keys[1]:
        assert (sort_key(one) < sort_key(other)) == (keys[0] < keys[1])


def test_the_erased_come_last() -> None:
    assert [key for key, _ in in_order({1: Person(None), 2: Person("Zoé", "Zola")})] == [2, 1]


@pytest.mark.parametrize(
    ("household", "names"),
    [
        ([Person("Lou", "Roy", LOU), Person("Max", "Roy", TWIN)], ["Lou", "Max"]),
        ([Person("Lou", "Roy", LOU), Person("LOU", "Petit", TWIN)], ["Lou Roy", "LOU Petit"]),
        ([Person("Lou", "Roy", LOU), Person("Lou", "Roy", TWIN)], ["Lou Roy (02/03/2018)", "Lou Roy (14/09/2018)"]),
        ([Person("Lou", "Roy"), Person("Lou", "Roy")], ["Lou Roy", "Lou Roy"]),
        (
            [Person("Lou", "Roy", LOU), Person("Lou", "Petit", LOU), Person("Zoé", "Roy", TWIN)],
            ["Lou Roy", "Lou Petit", "Zoé"],
        ),
        ([Person(None), Person("Lou", "Roy", LOU)], ["", "Lou"]),
    ],
)
def test_children_of_a_household_are_told_apart(household: list[Person], names: list[str]) -> None:
    """F07: two children called Lou were the same row, the same line of a mail, the same line of an invoice."""
    assert list(first_names_apart(dict(enumerate(household))).values()) == names


@given(
    st.lists(
        few_names, unique_by=lambda person: (comparable(person.first_name or ""), person.last_name, person.birth_on)
    )
)
def test_no_two_children_bear_the_same_name(household: list[Person]) -> None:
    """F07: whoever differs by name or birth is told apart."""
    names = first_names_apart(dict(enumerate(household))).values()
    assert len({comparable(name) for name in names}) == len(household)


def test_namesakes_are_those_of_equal_first_and_last_names() -> None:
    """F08, FF-4: Emma M. and Emma M. on one sheet."""
    sheet = {
        1: Person("Emma", "M.", LOU),
        2: Person("EMMA", "M", TWIN),
        3: Person("Emma", "N", LOU),
        4: Person("Max", "M", LOU),
    }
    assert namesakes(sheet) == {1, 2}
