"""Postal addresses of here and of other countries, and the e-mail addresses that a mail can bear."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts.family.models import AddressCreate
from contracts.http import Email
from services.family.households.domain import Address

EMAIL: TypeAdapter[str] = TypeAdapter(Email)


def typed(postal_code: str, city: str, country: str | None = None) -> AddressCreate:
    fields: dict[str, Any] = {"street": "1 rue Haute", "postal_code": postal_code, "city": city, "country": country}
    return AddressCreate.model_validate(fields)


@pytest.mark.parametrize(
    ("postal_code", "city", "country", "printed"),
    [
        ("1000", "Bruxelles", "Belgique", ["1000 Bruxelles", "BELGIQUE"]),
        ("sw1a 2aa", "London", "Royaume-Uni", ["SW1A 2AA London", "ROYAUME-UNI"]),
        ("1012-AB", "Amsterdam", "Pays-Bas", ["1012-AB Amsterdam", "PAYS-BAS"]),
        ("98000", "Monaco", None, ["98000 Monaco"]),
        ("97133", "Saint-Barthélemy", None, ["97133 Saint-Barthélemy"]),
        ("98713", "Papeete", None, ["98713 Papeete"]),
        ("14000", "Caen", "France", ["14000 Caen"]),
    ],
)
def test_an_address_is_printed_with_its_country_last(
    postal_code: str, city: str, country: str | None, printed: list[str]
) -> None:
    address = typed(postal_code, city, country)
    kept = Address(address.lines, address.postal_code, address.city, address.country).as_kept()
    assert kept.printed() == ["1 rue Haute", *printed]


@pytest.mark.parametrize(
    ("postal_code", "country"),
    [("1000", None), ("SW1A 2AA", None), ("1000", "France"), ("", "Belgique"), ("é", "Belgique"), ("1" * 12, "Chine")],
)
def test_a_postal_code_is_of_its_country(postal_code: str, country: str | None) -> None:
    """The fault is the postal code's, so that a form shows it there."""
    with pytest.raises(ValidationError) as refused:
        typed(postal_code, "Ville", country)
    assert [error["loc"] for error in refused.value.errors()] == [("postal_code",)]


@pytest.mark.parametrize(
    "address",
    [
        *("a..b@example.org", ".a@example.org", "a.@example.org", "nom@-bad.org", "nom@bad-.org", "nom@bad..org"),
        *("nom@bad", "nom", "@bad.org", "a b@example.org", "a@b@example.org", '"a"@example.org', "a@[127.0.0.1]"),
    ],
)
def test_an_address_that_no_mail_reaches_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        EMAIL.validate_python(address)


@pytest.mark.parametrize("address", ["a.b@example.org", "é+tag@bücher.example", "nom@a--b.org", "o'neill@example.org"])
def test_an_address_that_a_mail_reaches_is_taken(address: str) -> None:
    assert EMAIL.validate_python(f" {address} ") == address
