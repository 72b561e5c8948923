"""The terms: a version for each text, a proof of their end for each reader, and the order of steps."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chassis.refusal import Refusal
from contracts.types import SessionStage
from services.identity.errors import (
    CredentialsNotChosen,
    ServiceKeysNotAnswered,
    TermsNotAccepted,
    TermsNotRead,
    TermsOutdated,
)
from services.identity.terms.domain import (
    TermsMalformed,
    TermsReading,
    check_acceptance,
    end_token,
    publish_terms,
    read_terms,
)

SOURCE: dict[str, Any] = {
    "version": "2026-09",
    "title": "Conditions de {town}",
    "sections": [{"heading": "Préambule", "paragraphs": ["{town} propose le Service.", "Il est gratuit."]}],
}
KEY, SESSION = b"k" * 32, UUID(int=1)
READING = TermsReading(version="v1", end_token=end_token(KEY, SESSION, "v1"), is_accepted=True, address="192.0.2.1")


def test_a_text_names_its_town() -> None:
    terms = publish_terms(SOURCE, {"town": "Valmont"})
    assert terms.title == "Conditions de Valmont"
    assert terms.sections[0].paragraphs[0] == "Valmont propose le Service."


def test_a_version_is_the_declared_one_and_the_text() -> None:
    valmont, belfort = publish_terms(SOURCE, {"town": "Valmont"}), publish_terms(SOURCE, {"town": "Belfort"})
    assert valmont.version.startswith("2026-09-")
    assert valmont.version == publish_terms(SOURCE, {"town": "Valmont"}).version
    assert valmont.version != belfort.version
    assert valmont.version != publish_terms({**SOURCE, "version": "2027-01"}, {"town": "Valmont"}).version


@pytest.mark.parametrize(
    "source",
    [
        {},
        {**SOURCE, "sections": []},
        {**SOURCE, "title": "{nobody}"},
        {**SOURCE, "sections": [{"heading": "Sans texte"}]},
        {**SOURCE, "sections": ["texte"]},
    ],
)
def test_terms_that_cannot_be_served_are_said_at_start_up(source: dict[str, Any]) -> None:
    with pytest.raises(TermsMalformed):
        publish_terms(source, {"town": "Valmont"})


def test_the_terms_are_true_of_every_town() -> None:
    """Families of some towns sign in with their address, ask for their space themselves, or belong to a group of communes."""
    source = read_terms((Path(__file__).parents[3] / "deploy/towns/terms.toml").read_text("utf-8"))
    text = " ".join(paragraph for section in source["sections"] for paragraph in section["paragraphs"])
    for untrue in ("crée l’espace personnel", "conseil municipal", "avec son nom d’utilisateur et son mot de passe"):
        assert untrue not in text
    assert "à la demande de l’usager" in text


def test_a_file_that_is_no_toml_is_said_at_start_up() -> None:
    with pytest.raises(TermsMalformed):
        read_terms("title = ")


def test_the_end_of_the_terms_belongs_to_one_session_version_and_person() -> None:
    tokens = {
        end_token(key, session, version, person)
        for key in (KEY, b"x" * 32)
        for session in (SESSION, UUID(int=2))
        for version in ("v1", "v2")
        for person in (None, UUID(int=3), UUID(int=4))
    }
    assert len(tokens) == 24


@pytest.mark.parametrize(
    ("changes", "stage", "refusal"),
    [
        ({}, SessionStage.ACCEPT_TERMS, None),
        ({}, SessionStage.READY, None),
        ({}, SessionStage.CHOOSE_CREDENTIALS, CredentialsNotChosen),
        ({}, SessionStage.ENTER_KEYS, ServiceKeysNotAnswered),
        ({"version": "v0"}, SessionStage.ACCEPT_TERMS, TermsOutdated),
        ({"end_token": ""}, SessionStage.ACCEPT_TERMS, TermsNotRead),
        ({"end_token": "é"}, SessionStage.ACCEPT_TERMS, TermsNotRead),
        ({"is_accepted": False}, SessionStage.ACCEPT_TERMS, TermsNotAccepted),
    ],
)
def test_acceptance(changes: dict[str, Any], stage: SessionStage, refusal: type[Refusal] | None) -> None:
    outcome = check_acceptance(replace(READING, **changes), stage, "v1", READING.end_token)
    assert (type(outcome) if outcome else None) is refusal
