"""FranceConnect, as far as more than one space speaks of it: whether the town has it, and where one's own link is."""

from typing import Final

from gateway.auth import WrongSpace
from portal.frame.visit import Visit

OWN_PATH: Final = "/mes-identifiants/franceconnect"


def require_franceconnect(visit: Visit) -> None:
    """Raises WrongSpace in a town that does without."""
    if not visit.portal.town.has_franceconnect:
        raise WrongSpace
