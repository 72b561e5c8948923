"""The terms that somebody accepted: what they say, when they were accepted, and the proof as a file."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.identity.api import accepted_terms, own_accepted_terms
from contracts.identity.models import AcceptedTerms
from portal.frame.render import Portal
from portal.frame.spaces import file, page
from portal.frame.visit import Visit
from portal.kit.formats import date_words, time_words

PROOF_PATH: Final = "/mes-conditions/preuve"


@page("/mes-conditions")
async def terms_page(visit: Visit) -> Response[Any]:
    """What whoever is signed in accepted, the newest first."""
    accepted = await visit.call(own_accepted_terms)
    return visit.page(
        "account/terms/terms.html.j2", {"accepted": accepted.items, "proof_url": PROOF_PATH, "kind": visit.session.kind}
    )


@file(PROOF_PATH)
async def own_proof(visit: Visit) -> Response[Any]:
    """The proof as a file, for whoever is signed in."""
    return _file(visit.portal, (await visit.call(own_accepted_terms)).items)


async def proof_file(visit: Visit, account_id: UUID) -> Response[Any]:
    """The proof of what the holder of an account accepted, for an agent."""
    return _file(visit.portal, (await visit.call(accepted_terms, account_id)).items)


def _file(portal: Portal, accepted: Sequence[AcceptedTerms]) -> Response[Any]:
    """Each text whole, with its version, its digest and the instant."""
    parts = [_proof(portal, one) for one in accepted]
    text = f"\n\n{'=' * 72}\n\n".join(parts or [portal.texts("terms.none")])
    disposition = 'attachment; filename="conditions-acceptees.txt"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-store"}
    return Response(text.encode(), media_type="text/plain", headers=headers)


def _proof(portal: Portal, accepted: AcceptedTerms) -> str:
    zone = portal.town.town.zone
    moment = {"day": date_words(accepted.accepted_at, zone=zone), "time": time_words(accepted.accepted_at, zone=zone)}
    by = portal.texts("terms.proof_by", name=accepted.name) if accepted.name else ""
    facts = by + portal.texts("terms.proof", version=accepted.version, digest=accepted.text_hash, **moment)
    if accepted.void_at is not None:
        void_on = date_words(accepted.void_at, zone=zone)
        facts += " " + portal.texts("terms.void", day=void_on, email=accepted.given_from)
    sections = (f"{section.heading}\n\n" + "\n\n".join(section.paragraphs) for section in accepted.sections)
    return "\n\n".join((portal.town.town.full_name, facts, accepted.title.upper(), *sections))


PAGES = [terms_page, own_proof]
