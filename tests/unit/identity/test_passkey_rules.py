"""What passkeys are bound to, and when one was copied."""

from uuid import uuid4

import pytest

from services.identity.passkeys.domain import RelyingParty, is_copied, passkey_subject, unknown_passkey_subject


@pytest.mark.parametrize(
    ("address", "origin", "domain"),
    [
        ("https://portail.valmont.example", "https://portail.valmont.example", "portail.valmont.example"),
        ("https://Portail.Valmont.example/", "https://portail.valmont.example", "portail.valmont.example"),
        ("https://valmont.example:8443/portail/", "https://valmont.example:8443", "valmont.example"),
        ("http://localhost:8000", "http://localhost:8000", "localhost"),
    ],
)
def test_a_portal_is_known_by_its_public_address(address: str, origin: str, domain: str) -> None:
    party = RelyingParty.at(address, "Valmont")
    assert (party.origin, party.domain) == (origin, domain)


@pytest.mark.parametrize(
    ("stored", "answered", "expected"),
    [(0, 0, False), (0, 1, False), (4, 5, False), (4, 9, False), (4, 4, True), (4, 3, True), (4, 0, True)],
)
def test_whatever_counts_counts_upwards(stored: int, answered: int, expected: bool) -> None:
    assert is_copied(stored, answered) is expected


def test_what_nobody_has_is_counted_in_few_places() -> None:
    subjects = {unknown_passkey_subject(number.to_bytes(8, "big") + bytes(24)) for number in range(0, 1 << 20, 16)}
    assert len(subjects) <= 1 << 16
    assert passkey_subject(uuid4()) not in subjects
