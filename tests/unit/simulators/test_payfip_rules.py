"""The rules of the payment simulator that depend on values alone."""

import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simulators.payfip import rules
from simulators.payfip.app import euros
from simulators.payfip.settings import Client, PayfipSettings

CLIENTS = {"090909": Client("090909", ("Regie", "", ""), has_access=True)}
ACCEPTABLE = {
    "exer": "2026",
    "mel": "parent@example.org",
    "montant": "4250",
    "numcli": "090909",
    "objet": "",
    "refdet": "F2026000123A01",
    "saisie": "T",
    "urlnotif": "https://famille.ville.example/n",
    "urlredirect": "https://famille.ville.example/r",
}
ORDER = ["S1", "T1", "T2", "T4", "M1", "M5", "M3", "A1", "A2", "R3", "N1", "D1"]
NOON = datetime(2026, 9, 14, 12, tzinfo=UTC)


@given(st.integers(min_value=0, max_value=10**12))
@example(99)
@example(100)
@example(9_999_999)
@example(10_000_000)
def test_an_amount_is_accepted_between_one_euro_and_the_limit(cents: int) -> None:
    expected = "M3" if cents < 100 else "M5" if cents > 9_999_999 else None
    assert rules.creation_fault({**ACCEPTABLE, "montant": str(cents)}, CLIENTS) == expected


@given(st.dictionaries(st.sampled_from(sorted(ACCEPTABLE)), st.sampled_from(["", "x", "1", "090909", "http://a.fr"])))
def test_several_broken_rules_give_the_first_code(broken: dict[str, str]) -> None:
    codes = [rules.creation_fault({**ACCEPTABLE, name: value}, CLIENTS) for name, value in broken.items()]
    expected = min((code for code in codes if code), key=ORDER.index, default=None)
    assert rules.creation_fault({**ACCEPTABLE, **broken}, CLIENTS) == expected


@given(st.text(max_size=40) | st.text("htps:/.@[]a1;' \n%?#", max_size=40).map(lambda rest: f"http://{rest}"))
def test_the_origin_of_an_address_can_stand_in_a_header(url: str) -> None:
    origin = rules.url_origin(url)
    assert origin is None or re.fullmatch(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d+)?", origin)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://127.0.0.1:8000/payfip/retour?a=1", "http://127.0.0.1:8000"),
        ("https://famille.ville.example", "https://famille.ville.example"),
        ("http://[::1]:80/", "http://[::1]:80"),
        ("http://user@ville.example/", "http://ville.example"),
        ("http:///path", None),
        ("http://ville.example:port/", None),
        ("http://ville.example; script-src */", None),
        ("//ville.example/", None),
    ],
)
def test_origins(url: str, origin: str | None) -> None:
    assert rules.url_origin(url) == origin
    assert origin is None or urlsplit(origin).scheme in {"http", "https"}


@pytest.mark.parametrize(
    ("minutes", "opened_after", "result", "is_entry", "code"),
    [
        (15, None, None, True, None),
        (15.1, None, None, True, "P4"),
        (15.1, 1, None, True, "P4"),
        (15.1, 1, None, False, None),
        (16.1, 1, None, False, "P4"),
        (1, 0, "A", True, None),
        (16, 0, "A", True, "P4"),
        (1, 0, "P", True, "P3"),
        (99, 0, "R", False, "P3"),
    ],
)
def test_the_life_of_a_page(
    minutes: float, opened_after: float | None, result: str | None, is_entry: bool, code: str | None
) -> None:
    opened_at = None if opened_after is None else NOON + timedelta(minutes=opened_after)
    now = NOON + timedelta(minutes=minutes)
    fault = rules.page_fault(created_at=NOON, opened_at=opened_at, result=result, now=now, is_entry=is_entry)
    assert fault == code


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        (("5017674000000002", "09/26", "123"), set()),
        (("5017 6740-0000.0002", "09 / 26", " 1234 "), set()),
        (("5017674000000002", "08/26", "123"), {"expiry"}),
        (("5017674000000002", "13/30", "123"), {"expiry"}),
        (("5017674000000002", "0930", "123"), {"expiry"}),
        (("501767", "09/30", ""), {"number", "cryptogram"}),
        (("５０１７６７４０００００００２２", "09/30", "12a"), {"number", "cryptogram"}),
    ],
)
def test_what_can_be_a_card_in_september_2026(typed: tuple[str, str, str], errors: set[str]) -> None:
    assert rules.card_errors(*typed, date(2026, 9, 30)) == errors


@pytest.mark.parametrize(
    ("iban", "is_valid"),
    [
        ("FR76 3000 6000 0112 3456 7890 189", True),
        ("fr7630006000011234567890189", True),
        ("DE89370400440532013000", True),
        ("FR7630006000011234567890188", False),
        ("FR76", False),
        ("", False),
    ],
)
def test_an_iban_has_check_digits(iban: str, is_valid: bool) -> None:
    assert rules.is_iban(iban) == is_valid


@given(st.integers(min_value=0, max_value=9_999_999))
def test_amounts_are_written_as_people_read_them(cents: int) -> None:
    text = euros(str(cents))
    assert re.fullmatch(r"\d{1,3}(\u202f\d{3})*,\d\d", text)
    assert int(text.replace("\u202f", "").replace(",", "")) == cents


def test_clients_come_from_the_environment() -> None:
    settings = PayfipSettings(
        payfip_clients="090909:Régie|Ville, 006270:Autre,", payfip_clients_without_access="090910:Fermée"
    )
    assert settings.clients() == {
        "090909": Client("090909", ("Régie", "Ville", ""), has_access=True),
        "006270": Client("006270", ("Autre", "", ""), has_access=True),
        "090910": Client("090910", ("Fermée", "", ""), has_access=False),
    }
