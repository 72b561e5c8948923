"""What may be asked about whom, and what an answer of API Particulier means, whatever stands in it."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.family.reading_words import CivilSex, ReadingStatus
from contracts.family.readings import BirthDay
from contracts.types import QuotientSource
from deploy.local.secrets import api_token
from services.family.adapters.api_particulier import ApiAccess, month_of, read_answer, token_end
from services.family.readings.domain import (
    ATTEMPTS_MAX,
    Answer,
    Birth,
    Identity,
    Outcome,
    faults,
    first_names_of,
    is_of,
    pause_after,
    status_of,
)

BIRTH_DAY: TypeAdapter[str] = TypeAdapter(BirthDay)
TODAY = date(2026, 9, 15)
SEPTEMBER = date(2026, 9, 1)
LEA = Identity("MARTIN", ("Léa", "Rose"), CivilSex.FEMALE, Birth(1990, 4, 12), "99100", "Reims", "51")


def answer(status: int, body: Any, **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_answer(httpx2.Response(status, content=content, headers=headers))


def quotient(**changes: Any) -> dict[str, Any]:
    known = {"fournisseur": "CNAF", "valeur": 650, "annee": 2026, "mois": 9, "annee_calcul": 2026, "mois_calcul": 9}
    return {"data": {"quotient_familial": {**known, **changes}}, "links": {}, "meta": {}}


def error(code: str, **meta: Any) -> dict[str, Any]:
    return {"errors": [{"code": code, "title": "", "detail": "", "source": None, "meta": meta}]}


def test_a_quotient_is_its_value_its_month_and_who_computed_it() -> None:
    read = answer(200, quotient(), **{"X-Request-ID": "r-1"})
    assert (read.outcome, read.request_id) == (Outcome.FOUND, "r-1")
    assert read.value is not None
    assert (read.value.value_cents, read.value.source) == (65_000, QuotientSource.CAF)
    assert (read.value.month_on, read.value.computed_on) == (SEPTEMBER, SEPTEMBER)


@pytest.mark.parametrize(
    ("changes", "computed_on"),
    [({"annee_calcul": 0}, None), ({"mois_calcul": None}, None), ({"mois_calcul": "08"}, date(2026, 8, 1))],
)
def test_a_month_of_computing_may_be_missing(changes: dict[str, Any], computed_on: date | None) -> None:
    read = answer(200, quotient(fournisseur="MSA", **changes))
    assert read.value is not None
    assert (read.value.source, read.value.computed_on) == (QuotientSource.MSA, computed_on)


@pytest.mark.parametrize(
    "changes",
    [
        {"valeur": None},
        {"valeur": "650"},
        {"valeur": -1},
        {"valeur": True},
        {"valeur": 10**9},
        {"mois": 0},
        {"fournisseur": "X"},
    ],
)
def test_what_cannot_be_used_is_no_quotient(changes: dict[str, Any]) -> None:
    assert answer(200, quotient(**changes)) == Answer(Outcome.UNKNOWN)


@pytest.mark.parametrize(
    ("status", "body", "headers", "expected"),
    [
        (404, error("35003"), {}, Answer(Outcome.UNKNOWN)),
        (422, error("00367"), {}, Answer(Outcome.REFUSED, fields=("first_names",))),
        (422, error("00203"), {}, Answer(Outcome.CLOSED)),
        (429, error("00429"), {"Retry-After": "12"}, Answer(Outcome.BUSY, retry_seconds=12)),
        (429, b"", {"Retry-After": "inf"}, Answer(Outcome.BUSY, retry_seconds=86_400)),
        (429, b"", {"Retry-After": "soon"}, Answer(Outcome.BUSY, retry_seconds=1)),
        (409, error("00015"), {}, Answer(Outcome.AWAY, retry_seconds=10)),
        (502, error("37999"), {}, Answer(Outcome.AWAY, retry_seconds=10)),
        (504, error("37001", retry_in=40), {}, Answer(Outcome.AWAY, retry_seconds=40)),
        (503, b"<html>", {}, Answer(Outcome.AWAY, retry_seconds=10)),
        (401, error("00103"), {}, Answer(Outcome.CLOSED)),
        (403, error("00107"), {}, Answer(Outcome.CLOSED)),
        (410, b"", {}, Answer(Outcome.CLOSED)),
        (200, {"data": {"allocataires": []}}, {}, Answer(Outcome.CLOSED)),
        (200, b"[]", {}, Answer(Outcome.CLOSED)),
    ],
)
def test_each_status_means_one_thing(status: int, body: Any, headers: dict[str, str], expected: Answer) -> None:
    assert answer(status, body, **headers) == expected


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "quotient_familial", "valeur", "annee", "mois", "errors", "code", "meta", "retry_in"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.sampled_from([200, 404, 409, 422, 429, 500, 502]), json_values)
def test_whatever_stands_in_an_answer_is_an_answer(status: int, body: Any) -> None:
    assert answer(status, body).outcome in Outcome


def test_what_is_missing_of_a_birth_is_said_field_by_field() -> None:
    assert list(faults(LEA, SEPTEMBER, TODAY)) == []
    nowhere = Identity("MARTIN", ("Léa",), CivilSex.FEMALE, Birth(2026, 9, 15), "99100", "", "")
    codes = [fault.code for fault in faults(nowhere, date(2026, 10, 1), TODAY)]
    assert codes == [
        "birth_in_future",
        "birth_city_needed",
        "birth_department_needed",
        "reading_month_out_of_range",
    ]
    abroad = Identity("SIMPSON", ("Marge",), CivilSex.FEMALE, Birth(1980, 11, 15), "99404", "", "")
    assert list(faults(abroad, date(2024, 9, 1), TODAY)) == []
    assert [fault.code for fault in faults(abroad, date(2024, 8, 1), TODAY)] == ["reading_month_out_of_range"]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("1980-11-15", "1980-11-15"),
        (" 15/11/1980 ", "1980-11-15"),
        ("5.1.1980", "1980-01-05"),
        ("15 11 1980", "1980-11-15"),
        ("15111980", "1980-11-15"),
        ("00/00/1980", "1980-00-00"),
        ("00/11/1980", "1980-11-00"),
        ("1980-00-00", "1980-00-00"),
        ("29/02/1980", "1980-02-29"),
    ],
)
def test_a_day_of_birth_is_typed_as_people_do_and_known_in_part(typed: str, written: str) -> None:
    assert BIRTH_DAY.validate_python(typed) == written
    assert Birth.on(written).earliest_on.year == 1980


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1980",
        "31/02/1980",
        "29/02/1981",
        "15/00/1980",
        "15/13/1980",
        "32/01/1980",
        "1511980",
        "15/11/80",
        "01/01/1899",
        19801115,
    ],
)
def test_what_is_no_day_of_birth_is_refused(typed: object) -> None:
    with pytest.raises(ValidationError):
        BIRTH_DAY.validate_python(typed)


def test_who_may_have_been_born_before_today_is_asked_about() -> None:
    this_year = replace(LEA, birth=Birth(2026, 0, 0))
    assert list(faults(this_year, SEPTEMBER, TODAY)) == []
    this_month = replace(LEA, birth=Birth(2026, 10, 0))
    assert [fault.pointer for fault in faults(this_month, SEPTEMBER, TODAY)] == ["/birth_on"]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Léa", ("Léa",)),
        ("Léa, Rose Marie", ("Léa", "Rose", "Marie")),
        ("Jean-Pierre  Paul Jacques Louis", ("Jean-Pierre", "Paul", "Jacques")),
        ("D’Arcy", ("D'Arcy",)),
    ],
)
def test_first_names_stand_apart(typed: str, names: tuple[str, ...]) -> None:
    assert first_names_of(typed) == names


def test_an_identity_is_of_an_adult_by_a_first_name() -> None:
    """A second one counts beside the same last name alone: anybody could add their own to somebody else's."""
    assert is_of(LEA, [("Paul", "Petit"), ("LEA", "Petit")])
    assert is_of(LEA, [("Rose-Marie", "Martin")])
    assert not is_of(LEA, [("Rose-Marie", "Petit")])
    assert not is_of(LEA, [("Lucie", "Martin")])
    assert not is_of(LEA, [])


def test_pauses_grow_and_end() -> None:
    pauses = [pause_after(attempts, 0) for attempts in range(1, ATTEMPTS_MAX)]
    assert None not in pauses
    assert pauses == sorted(pause for pause in pauses if pause is not None)
    assert pause_after(1, 7_200) == timedelta(hours=2)
    assert pause_after(ATTEMPTS_MAX, 0) is None


def test_a_question_that_is_given_up_ends_as_what_was_answered_last() -> None:
    assert status_of(Answer(Outcome.UNKNOWN)) is ReadingStatus.MISSING
    assert status_of(Answer(Outcome.AWAY)) is status_of(Answer(Outcome.CLOSED)) is ReadingStatus.FAILED


def test_a_token_says_itself_when_it_ends() -> None:
    assert token_end(api_token(1_800_000_000)) == 1_800_000_000
    assert [token_end(text) for text in ("", "a.b.c", "a.bnVsbA.c", "text")] == [0.0] * 4


def test_a_token_is_never_shown() -> None:
    assert "secret" not in repr(ApiAccess("https://particulier.api.gouv.fr", "21990999990010", "secret"))


@pytest.mark.parametrize(("year", "month"), [(0, 0), (2026, 0), (None, 9), ("", ""), (2026, 13), ("x", 1), (10**9, 1)])
def test_a_month_that_is_none_is_left_out(year: Any, month: Any) -> None:
    assert month_of(year, month) is None
