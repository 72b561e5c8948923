"""What a file is called: in a title, and in the path to its pages."""

from contracts.family.models import Household
from portal.agents.file.reading import Opened, value_of
from portal.frame.visit import Visit
from portal.kit import Crumb


def file_crumb(household: Household) -> Crumb:
    """A file by the name of whoever pays, else of its first adult, and its reference."""
    return Crumb(f"{_name(household)} {household.reference}".strip(), f"/agents/familles/{household.household_id}")


def _name(household: Household) -> str:
    if household.organization:
        return household.organization.legal_name
    adults = sorted(household.adults, key=lambda adult: adult.adult_id != household.payer_adult_id)
    return adults[0].last_name.upper() if adults else ""


def subject_of(visit: Visit, opened: Opened) -> str:
    """Whose file it is, in a title."""
    texts, household = visit.portal.texts, value_of(opened.household)
    if household is None:
        return texts("agents.file.subject_children", names=", ".join(opened.names.children.values()) or "–")
    if household.organization:
        return household.organization.legal_name
    payer = next((adult for adult in household.adults if adult.adult_id == household.payer_adult_id), None)
    adult = payer or next(iter(household.adults), None)
    return texts("agents.family.title", name=adult.last_name.upper()) if adult else texts("agents.file.subject_nobody")
