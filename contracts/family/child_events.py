"""The closed lists that a child's file is written in."""

from enum import StrEnum, auto

from contracts.family.sector_words import DerogationReason as DerogationReason
from contracts.family.sector_words import DerogationStatus as DerogationStatus
from contracts.family.sector_words import SectorReason as SectorReason
from contracts.family.sector_words import StreetSide as StreetSide


class Allergen(StrEnum):
    """The substances that a meal must name. Source: Regulation (EU) 1169/2011, annex II."""

    GLUTEN = auto()
    CRUSTACEANS = auto()
    EGGS = auto()
    FISH = auto()
    PEANUTS = auto()
    SOYBEANS = auto()
    MILK = auto()
    NUTS = auto()
    CELERY = auto()
    MUSTARD = auto()
    SESAME = auto()
    SULPHITES = auto()
    LUPIN = auto()
    MOLLUSCS = auto()


class Diet(StrEnum):
    """What a child eats, from a closed list that says nothing of why."""

    EVERYTHING = auto()
    NO_PORK = auto()
    NO_MEAT = auto()
    VEGETARIAN = auto()


class Vaccine(StrEnum):
    """The vaccinations that the law asks for, or asked for, of a child."""

    DIPHTHERIA = auto()
    TETANUS = auto()
    POLIO = auto()
    PERTUSSIS = auto()
    HAEMOPHILUS = auto()
    HEPATITIS_B = auto()
    PNEUMOCOCCUS = auto()
    MENINGOCOCCUS_C = auto()
    MENINGOCOCCUS_ACWY = auto()
    MENINGOCOCCUS_B = auto()
    MEASLES = auto()
    MUMPS = auto()
    RUBELLA = auto()


class ProofStatus(StrEnum):
    """COMPLETE: a proof of every vaccination was seen. MISSING: none, or not of all; the child is admitted for three months."""

    COMPLETE = auto()
    MISSING = auto()


class AuthorizationKind(StrEnum):
    """What is asked: pictures of the child, swimming, outings, going home alone, being taken to hospital and cared for there."""

    IMAGE = auto()
    SWIMMING = auto()
    OUTINGS = auto()
    LEAVING_ALONE = auto()
    HOSPITAL = auto()


class Consent(StrEnum):
    """What a parent says."""

    GIVEN = auto()
    REFUSED = auto()


class Outcome(StrEnum):
    """What counts of what the parents say: a refusal of either, and AWAITED where the other's yes is needed too."""

    UNANSWERED = auto()
    AWAITED = auto()
    GIVEN = auto()
    REFUSED = auto()


class InsuranceStatus(StrEnum):
    """Whether a child is insured for a school year, as far as the town knows: by what its family says, or by a document that was validated. EXPIRED: it was, and
    the last day is past."""

    MISSING = auto()
    VALID = auto()
    EXPIRED = auto()


class EntourageKind(StrEnum):
    """What somebody around a child, who is no member of a home of it, is to it: whom to call, in order; who may collect it; who may not, by a decision; the
    third person to whom a judge entrusted it (Code civil, 373-3)."""

    EMERGENCY = auto()
    PICKUP = auto()
    FORBIDDEN = auto()
    TRUSTED = auto()


class FieldRule(StrEnum):
    """What a family may do with a field of a civil status, or of how somebody is reached: not see it, see it, correct it at once, or ask for a correction that an agent decides."""

    HIDDEN = auto()
    READ_ONLY = auto()
    AT_ONCE = auto()
    REQUEST = auto()


class ChangeStatus(StrEnum):
    """How far a change that a family asked for has come."""

    WAITING = auto()
    ACCEPTED = auto()
    REFUSED = auto()
    WITHDRAWN = auto()
