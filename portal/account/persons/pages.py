"""Who acts, where an account stands for several adults: asked after each sign-in, named in the frame of every page, and changed at any time."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.identity.api import choose_person, own_persons
from contracts.identity.persons import PersonChoice
from contracts.types import SessionStage
from gateway.auth import StageNotReady, Visitor
from gateway.calls import Refused
from portal.frame.errors import FIRST_STEPS, OWN_HOME
from portal.frame.spaces import action, page
from portal.frame.visit import FlashNotice, Visit, safe_path
from portal.kit import PATHS

BACK: Final = "retour"
EARLIER: Final = frozenset({SessionStage.CHOOSE_CREDENTIALS, SessionStage.ENTER_SECOND_FACTOR})
"""What comes before anybody says who acts."""


def shares_account(visitor: Visitor) -> None:
    """Lets in whoever has an account of several adults; anybody else is led to where they are."""
    session = visitor.require_session()
    if session.stage in EARLIER or not session.is_shared:
        raise StageNotReady(session.stage)


@page(PATHS["person"], admits=shares_account)
async def person_page(visit: Visit) -> Response[Any]:
    """The adults to choose from."""
    persons = await visit.call(own_persons)
    context = {"persons": persons.items, "next_path": safe_path(visit.query(BACK)), "is_ready": visit.visitor.is_ready}
    return visit.page("account/persons/choose.html.j2", context)


@action(PATHS["person"], admits=shares_account, typing=None)
async def act_as(visit: Visit) -> Response[Any]:
    """Act as one of them from now on: the next page is the one that was asked for, or what they still have to do."""
    try:
        choice = PersonChoice(guardian_id=UUID(visit.posted.get("guardian_id")))
        session = await visit.call(choose_person, choice)
    except (ValueError, Refused):
        return visit.redirect(PATHS["person"], FlashNotice("warning", "person_gone"))
    finally:
        visit.sessions.forget(visit.visitor.session_token)
    target = FIRST_STEPS.get(session.stage) or safe_path(visit.posted.get("next")) or OWN_HOME
    return visit.redirect(target)


PAGES: Final = [person_page, act_as]
