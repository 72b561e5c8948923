"""Who is known here, what is said of them, and which scope says what."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from .identity import Asked, Month, first

SCOPES: Final = {
    "cnaf_quotient_familial": "quotient_familial",
    "cnaf_allocataires": "allocataires",
    "cnaf_enfants": "enfants",
    "cnaf_adresse": "adresse",
}
FRANCECONNECT_PEOPLE: Final = {"cnaf_qfv2": "ROUX"}
"""The tokens of FranceConnect that the published sandbox takes, and who they are of."""
ADDRESS: Final = {
    "destinataire": "",
    "complement_information": None,
    "complement_information_geographique": None,
    "numero_libelle_voie": "1 RUE DE LA GARE",
    "lieu_dit": None,
    "code_postal_ville": "75002 PARIS",
    "pays": "FRANCE",
}


class Case(BaseModel):
    """Somebody, by what a request about them says, and what comes of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    asked: dict[str, str] = {}
    code: str = ""
    seconds: float = 0.0
    quotient: dict[str, Any] = {}
    allocataires: list[dict[str, str]] = []
    enfants: list[dict[str, str]] = []

    def is_about(self, asked: Asked) -> bool:
        """Whether a request says all that names this person."""
        return all(_said(asked, name) == _plain(value) for name, value in self.asked.items())

    def payload(self, month: Month, today: Month, scopes: frozenset[str]) -> Mapping[str, Any]:
        """What the scopes of a token let be said. MSA computes in the present month, CAF in the month itself."""
        computed = today if self.quotient.get("fournisseur") == "MSA" else month
        whole = {
            "quotient_familial": {
                **self.quotient,
                "annee": month.year,
                "mois": month.month,
                "annee_calcul": computed.year,
                "mois_calcul": computed.month,
            },
            "allocataires": [_person(item) for item in self.allocataires],
            "enfants": [_person(item) for item in self.enfants],
            "adresse": {**ADDRESS, "destinataire": _addressee(self.allocataires)},
        }
        return {key: whole[key] for scope, key in SCOPES.items() if scope in scopes}


def load_cases() -> tuple[tuple[Case, ...], Case]:
    """Everybody who is known, and who stands for all others."""
    listed = tomllib.loads(Path(__file__).with_name("people.toml").read_text("utf-8"))
    return tuple(Case.model_validate(item) for item in listed["person"]), Case.model_validate(listed["generic"])


def _said(asked: Asked, name: str) -> str:
    if name == "prenoms":
        return _plain(" ".join(asked.get("prenoms[]") or ()))
    return _plain(first(asked, name))


def _plain(value: str) -> str:
    """In one case, and numbers without the zeros before them, but for codes."""
    return str(int(value)) if value.isdigit() and len(value) <= 2 else value.casefold()


def _person(known: Mapping[str, str]) -> Mapping[str, Any]:
    """A person as production says it, with keys that no schema names."""
    year, month, day = known["date_naissance"].split("-")
    parts = {"annee_date_de_naissance": year, "mois_date_de_naissance": month, "jour_date_de_naissance": day}
    return {"nom_usage": None, **known, **parts}


def _addressee(people: list[dict[str, str]]) -> str:
    if not people:
        return ""
    title = "Madame" if people[0]["sexe"] == "F" else "Monsieur"
    return f"{title} {people[0]['nom_naissance']} {people[0]['prenoms'].split()[0]}"
