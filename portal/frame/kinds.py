"""Kinds of files: what a form that opens one is asked for, by links of its page, and what stands in an organization's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from contracts.family.events import HouseholdKind
from portal.frame.visit import Visit

TYPE: Final = "type"
"""What the query parameter is called that names a kind."""
NAMES: Final[Mapping[HouseholdKind, str]] = {
    HouseholdKind.INDIVIDUAL: "particulier",
    HouseholdKind.PROFESSIONAL: "professionnel",
    HouseholdKind.ASSOCIATION: "association",
}
ORGANIZATION_FIELDS: Final = tuple(f"organization.{name}" for name in ("legal_name", "siret", "rna"))


@dataclass(frozen=True, slots=True)
class KindChoice:
    """A kind that the town takes files of, and the page of the form for it."""

    label: str
    url: str
    is_current: bool


def kind_named(visit: Visit, name: str) -> HouseholdKind | None:
    """The kind of this name, if the town takes such files."""
    return next((kind for kind in visit.portal.town.kinds if NAMES[kind] == name), None)


def kind_asked(visit: Visit) -> HouseholdKind:
    """The kind that the form which is shown, or was posted, is for."""
    named = kind_named(visit, visit.posted.get(TYPE) or visit.query(TYPE))
    return named or HouseholdKind.INDIVIDUAL


def kind_query(kind: HouseholdKind) -> dict[str, str]:
    """The query of the form for a kind."""
    return {} if kind is HouseholdKind.INDIVIDUAL else {TYPE: NAMES[kind]}


def kind_choices(visit: Visit, path: str, current: HouseholdKind) -> list[KindChoice]:
    """The kinds to choose from; none in a town that takes files of persons alone."""
    kinds = visit.portal.town.kinds
    if len(kinds) < 2:
        return []
    return [
        KindChoice(visit.portal.texts(f"kinds.label_of.{kind}"), f"{path}?{TYPE}={NAMES[kind]}", kind is current)
        for kind in kinds
    ]


def kind_options(visit: Visit) -> list[tuple[str, str]]:
    """The kinds as a list is narrowed by them: name and label; none in a town that takes files of persons alone."""
    kinds, texts = visit.portal.town.kinds, visit.portal.texts
    return [(NAMES[kind], texts(f"kinds.name_of.{kind}")) for kind in kinds] if len(kinds) > 1 else []


def kind_context(visit: Visit, path: str) -> dict[str, Any]:
    """What the templates of a form that opens a file need to know of its kind."""
    kind = kind_asked(visit)
    return {
        "kind": kind,
        "kind_name": NAMES[kind],
        "kind_choices": kind_choices(visit, path, kind),
        "is_organization": kind is not HouseholdKind.INDIVIDUAL,
    }


def of_kind(body: dict[str, Any], kind: HouseholdKind) -> dict[str, Any]:
    """The body of a form that opens a file of a kind; a part that was left blank is sent empty, so that each of its fields is said to be missing."""
    if kind is HouseholdKind.INDIVIDUAL:
        return {"children": [{}], **{name: value for name, value in body.items() if name != "organization"}}
    kept = {name: value for name, value in body.items() if name not in ("children", "co_guardian", "quotient")}
    return {"organization": {}, **kept, "kind": kind, "children": []}
