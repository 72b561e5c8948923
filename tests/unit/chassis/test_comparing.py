"""One comparison of people's names, and a name for each child that no other of its household bears."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.comparing import (
    Person,
    comparable,
    comparable_name,
    first_names_apart,
    is_near,
    namesakes,
    near_marks,
    near_sought,
    words_of,
)

LOU, TWIN = date(2018, 3, 2), date(2018, 9, 14)
people = st.builds(Person, st.text(max_size=8), st.text(max_size=8), st.none() | st.dates())
letters = st.text("abcdeé", min_size=0, max_size=7).map(comparable)
few_names = st.builds(
    Person,
    st.sampled_from(["Lou", "LOU", "Zoé", "Zoe"]),
    st.sampled_from(["Roy", "Petit"]),
    st.sampled_from([LOU, TWIN]),
)


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
    """Two children called Lou were the same row, the same line of a mail, the same line of an invoice."""
    assert list(first_names_apart(dict(enumerate(household))).values()) == names


@given(
    st.lists(
        few_names, unique_by=lambda person: (comparable(person.first_name or ""), person.last_name, person.birth_on)
    )
)
def test_no_two_children_bear_the_same_name(household: list[Person]) -> None:
    """Whoever differs by name or birth is told apart."""
    names = first_names_apart(dict(enumerate(household))).values()
    assert len({comparable(name) for name in names}) == len(household)


def test_namesakes_are_those_of_equal_first_and_last_names() -> None:
    """Emma M. and Emma M. on one sheet."""
    sheet = {
        1: Person("Emma", "M.", LOU),
        2: Person("EMMA", "M", TWIN),
        3: Person("Emma", "N", LOU),
        4: Person("Max", "M", LOU),
    }
    assert namesakes(sheet) == {1, 2}


@given(st.text(max_size=20))
def test_what_is_compared_is_compared_with_itself(text: str) -> None:
    assert comparable(comparable(text)) == comparable(text)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("L'Héritier", "lheritier"),
        ("L’Héritier", "lheritier"),
        ("Le Goff", "legoff"),
        ("Le Goff-Œuvrard", "goffoeuvrard"),
        ("O'Neill", "oneill"),
        ("Jean-Pierre", "jeanpierre"),
        ("de La Fontaine", "delafontaine"),
        ("de La Fontaine", "fontaine"),
        ("Saint-Étienne", "saintetienne"),
        ("I\u011fd\u0131r", "igdir"),
        ("\u0130\u011eDIR", "igdir"),
        ("d'Arc", "darc"),
        ("Æbelø", "aebelo"),
    ],
)
def test_a_name_is_known_by_its_words_glued_or_not(name: str, typed: str) -> None:
    """With none of these spellings was the family found."""
    assert typed in words_of(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Marie", "Le Goff"), ("marie", "LEGOFF")),
        (("Jean Pierre", "L'Héritier"), ("Jean-Pierre", "Lheritier")),
        (("Léa", "O’Neill"), ("Lea", "O Neill")),
    ],
)
def test_two_spellings_are_one_name(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert comparable_name(*one) == comparable_name(*other)
    assert comparable_name("Marie Le", "Goff") != comparable_name("Marie", "Le Goff")


def errors_apart(one: str, other: str) -> int:
    """The typing errors between two words: letters put in, left out, taken for another, and neighbours turned round.
    Source: optimal string alignment, as it is written in textbooks."""
    table = [[max(row, column) for column in range(len(other) + 1)] for row in range(len(one) + 1)]
    for row in range(1, len(one) + 1):
        for column in range(1, len(other) + 1):
            is_same = one[row - 1] == other[column - 1]
            table[row][column] = min(
                table[row - 1][column] + 1, table[row][column - 1] + 1, table[row - 1][column - 1] + (not is_same)
            )
            if row > 1 and column > 1 and one[row - 1] == other[column - 2] and one[row - 2] == other[column - 1]:
                table[row][column] = min(table[row][column], table[row - 2][column - 2] + 1)
    return table[-1][-1]


@given(letters.filter(lambda word: len(word) >= 4), letters.filter(lambda word: len(word) >= 4))
def test_words_are_near_when_one_typing_error_parts_them(one: str, other: str) -> None:
    assert is_near(one, other) == is_near(other, one) == (errors_apart(one, other) <= 1)


@given(letters.filter(lambda word: len(word) >= 5), st.data())
def test_any_one_typing_error_is_forgiven(word: str, data: st.DataObject) -> None:
    """Random words are seldom near: here they always are."""
    place = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcxyz"))
    head, tail = word[:place], word[place + 1 :]
    turned = f"{word[: place - 1]}{word[place]}{word[place - 1]}{tail}" if place else word
    for typed in (head + tail, head + letter + tail, head + letter + word[place:], turned):
        assert is_near(typed, word), typed
        assert is_near(word, typed), typed


@pytest.mark.parametrize(
    ("one", "other"), [("lou", "loup"), ("noe", "zoe"), ("martin", "martien2"), ("dupont", "dumond"), ("2018", "2019")]
)
def test_short_words_and_numbers_are_themselves_alone(one: str, other: str) -> None:
    assert not is_near(one, other)
    assert not is_near(other, one)


def test_a_name_too_long_for_one_has_no_marks() -> None:
    assert near_marks("a" * 33) == near_sought("a" * 33) == set()


@given(st.text(st.characters(codec="ascii"), max_size=12))
def test_plain_letters_are_compared_like_all_others(text: str) -> None:
    assert comparable(text) == comparable(f"é {text}").removeprefix("e").strip()
