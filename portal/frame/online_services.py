"""The online services of the town that a family uses: which pages each of them is, and what a menu leaves out for whoever does without."""

from typing import Final

from contracts.identity.online_service_words import OnlineService
from gateway.auth import Visitor

PAGES_OF: Final = {
    OnlineService.BOOKING: ("/inscriptions", "/calendrier"),
    OnlineService.REQUESTS: ("/mes-demarches",),
    OnlineService.DOCUMENTS: ("/mon-espace-de-stockage",),
    OnlineService.CERTIFICATES: ("/edition-de-documents",),
    OnlineService.DELEGATIONS: ("/personnes-de-confiance",),
}
"""The pages of each service, with those below them."""


def is_declined(path: str, visitor: Visitor) -> bool:
    """Whether a page is of a service that whoever looks does without. It still answers at its address: a mail may lead there."""
    declined = visitor.session.declined if visitor.session else ()
    return any(path == page or path.startswith(f"{page}/") for code in declined for page in PAGES_OF[code])
