"""Requests as the matrix needs them: drafts of whoever asks, what was sent, and what is posted about them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from chassis.identifiers import new_id
from contracts.family.procedure_words import Subject
from contracts.family.request_words import RequestStatus
from services.family.procedures.store import add_version, shipped
from services.family.requests import store
from services.family.requests.domain import Outcome, Standing
from services.family.requests.store import NewRequest
from services.family.settings import FamilyRules
from tests.component.authorization import documents
from tests.component.authorization.matrix import FAMILIES, Cell
from tests.component.authorization.world import World

CODE: Final = "attestation_paiement"
WITH_PIECES: Final = "inscription_scolaire"
PIECE: Final = "livret_famille"
JOINED_LEAVE_SQL: Final = "delete from household_members where household_id = $1 and person_id <> all($2::uuid[])"
DRAFTED: Final = (
    "keep_step",
    "give_piece",
    "take_piece_back",
    "discard_request",
    "send_request",
    "hold_draft",
    "leave_draft",
    "renew_draft",
)


async def one_for(world: World, cell: Cell, name: str) -> str:
    """A request of a household: a draft of whoever asks where only drafts change, and else one that was sent."""
    if name == "erased":
        return uuid4().hex
    if cell.expected == "ok":
        return await _kept(world, cell, name, is_sent=cell.operation.name not in DRAFTED)
    owned = world.owned[name]
    if "request" not in owned:
        owned["request"] = await _kept(world, cell, name, is_sent=True)
    return owned["request"]


async def _kept(world: World, cell: Cell, name: str, *, is_sent: bool) -> str:
    family, household = world.town.services["family"], world.households[name]
    rules: FamilyRules = family.service.provide[FamilyRules]
    request_id, today = new_id(), await family.db.today()
    code = WITH_PIECES if cell.operation.name in ("give_piece", "take_piece_back") else CODE
    published = shipped(rules.procedures)[code]
    subject = published.procedure.subject
    person_id = UUID(world.owned[name]["child"]) if subject is Subject.CHILD else None
    writer_id = household.adults[0].adult_id
    if cell.actor in FAMILIES and cell.expected == "ok":
        writer_id = world.people[cell.actor].actor.guardian_id or writer_id
    own = [*(adult.adult_id for adult in household.adults), *(child.child_id for child in household.children)]
    async with family.db.transaction() as tx:
        # Whom other cells had join is no stranger in truth, and one to the matrix.
        await tx.execute(JOINED_LEAVE_SQL, household.household_id, own)
        await add_version(tx, published, None)
        new = NewRequest(request_id, household.household_id, code, published.version, subject, person_id)
        await store.add_request(tx, new, writer_id)
        children = [person_id] if person_id else []
        await store.save_answers(tx, request_id, {"du": "2026-01", "au": "2026-06"}, children)
        if is_sent:
            await store.send(tx, request_id, today, writer_id)
        if cell.operation.name == "finish_request_task":
            accepted = Standing(RequestStatus.ACCEPTED, None, Outcome(), today)
            await store.save_decision(tx, request_id, accepted, today, writer_id)
    return str(request_id)


async def _new(world: World, cell: Cell, named: str | None) -> Any:
    document = await documents.BODIES["begin_document"](world, cell, named)
    household = {"household_id": document["household_id"]} if "household_id" in document else {}
    return {"code": CODE, **household}


async def _paper(world: World, cell: Cell, named: str | None) -> Any:
    """What the first adult of a household asks on paper; nothing is said of whose it is where it has no file."""
    about = next((name for name, owned in world.owned.items() if owned.get("household") == named), "first")
    household = {"household_id": named} if named else {}
    answers = {"du": "2026-01", "au": "2026-06"}
    return {"code": CODE, "adult_id": str(world.households[about].adults[0].adult_id), "answers": answers, **household}


async def _answers(_world: World, _cell: Cell, _named: str | None) -> Any:
    return {"answers": {"du": "2026-01"}, "press": str(uuid4())}


async def _holding(_world: World, _cell: Cell, _named: str | None) -> Any:
    return {"is_taking_over": True}


async def _piece(world: World, cell: Cell, _named: str | None) -> Any:
    name = "second" if cell.actor == "other_parent" else "first"
    return {"document_id": await documents.one_for(world, cell, name)}


async def _taking(_world: World, _cell: Cell, _named: str | None) -> Any:
    return {"is_taking_over": True}


async def _decision(_world: World, _cell: Cell, _named: str | None) -> Any:
    return {"move": "accept"}


async def _message(_world: World, _cell: Cell, _named: str | None) -> Any:
    return {"words": "Un mot."}


def _text() -> str:
    lead = 'label = "Essai"\nsummary = ""\nsubject = "household"\nservice = "Essais"\nleads_to = "/aide"\n'
    return f'code = "essai_{uuid4().hex}"\n{lead}'


async def _checked(_world: World, _cell: Cell, _named: str | None) -> Any:
    return {"text": _text()}


async def _published(_world: World, _cell: Cell, _named: str | None) -> Any:
    return {"text": _text(), "after_version": 0}


BODIES: Final[Mapping[str, Callable[[World, Cell, str | None], Awaitable[Any]]]] = {
    **documents.BODIES,
    "begin_request": _new,
    "keep_step": _answers,
    "hold_draft": _holding,
    "check_paper_request": _paper,
    "enter_paper_request": _paper,
    "give_piece": _piece,
    "take_request": _taking,
    "decide_request": _decision,
    "write_message": _message,
    "check_procedure": _checked,
    "publish_procedure": _published,
}
