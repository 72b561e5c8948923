"""What a file is called in the path to its pages."""

from contracts.family.models import Household
from portal.kit import Crumb


def file_crumb(household: Household) -> Crumb:
    """A file by the name of whoever pays, else of its first adult, and its reference."""
    return Crumb(f"{_name(household)} {household.reference}".strip(), f"/agents/familles/{household.household_id}")


def _name(household: Household) -> str:
    if household.organization:
        return household.organization.legal_name
    adults = sorted(household.adults, key=lambda adult: adult.adult_id != household.payer_adult_id)
    return adults[0].last_name.upper() if adults else ""
