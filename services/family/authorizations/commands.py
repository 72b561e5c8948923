"""Saying what the town may do with a child in a school year, and that nothing changed."""

from typing import Any
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.refusal import FieldRefusal, Invalid, Refusal
from contracts.family.authorizations import Authorizations, AuthorizationsChange, AuthorizationsOnPaper, Confirmation
from contracts.family.child_events import AuthorizationKind

from ..care.store import publish_care
from ..custody.store import load_custody
from ..errors import HealthOutdated, NotYoursToAuthorize
from ..health.commands import hold
from ..health.store import load_health
from . import domain, store
from .queries import NOTHING, read_authorizations


@command
async def answer_authorizations(
    tx: Transaction, actor: Actor, child_id: UUID, school_year: int, request: AuthorizationsChange
) -> Authorizations:
    """Say as a parent what the town may do. Raises NotFound, NotYoursToAuthorize, Invalid."""
    adult_id = await _holder(tx, actor, child_id, school_year)
    return await _answer(tx, actor, (child_id, adult_id, school_year), request)


@command
async def enter_authorizations(
    tx: Transaction, actor: Actor, child_id: UUID, school_year: int, request: AuthorizationsOnPaper
) -> Authorizations:
    """Enter what a parent says on paper. Raises NotFound, Invalid."""
    child = await hold(tx, actor, child_id)
    today = await tx.today()
    if request.adult_id not in domain.holders(await load_custody(tx, child), today):
        raise Invalid(FieldRefusal("/adult_id", "adult_without_authority"))
    if refusal := domain.check_year(school_year, today):
        raise refusal
    return await _answer(tx, actor, (child_id, request.adult_id, school_year), request)


async def _answer(
    tx: Transaction, actor: Actor, whose: tuple[UUID, UUID, int], request: AuthorizationsChange
) -> Authorizations:
    """Keep what a parent of a child says for a school year (`whose`); the child is held, and they exercise authority. Raises Invalid."""
    child_id, adult_id, school_year = whose
    known = (await store.load_answers(tx, child_id, school_year))[school_year].get(adult_id, NOTHING)
    wanted = {kind: getattr(request, kind.value) for kind in AuthorizationKind}
    decided = domain.answered(known, wanted, request.leaves_from, await tx.now())
    if isinstance(decided, Refusal):
        raise decided
    if decided != known:
        await store.save_answers(tx, child_id, school_year, adult_id, decided)
        after = _changed(school_year, known, decided)
        tx.note(Act(actor, "authorizations_answered", child_id, after=after))
        await publish_care(tx, child_id)
    return await read_authorizations(tx, actor, child_id, school_year)


@command
async def confirm_child_file(
    tx: Transaction, actor: Actor, child_id: UUID, school_year: int, request: Confirmation
) -> Authorizations:
    """Say that nothing changed since the year before, of what was shown. Raises NotFound, NotYoursToAuthorize, HealthOutdated, Invalid."""
    adult_id = await _holder(tx, actor, child_id, school_year)
    if (await load_health(tx, child_id)).revision != request.revision:
        raise HealthOutdated
    answers = await store.load_answers(tx, child_id, school_year - 1, school_year)
    known = answers[school_year].get(adult_id, NOTHING)
    carried = domain.carried_over(answers[school_year - 1].get(adult_id, NOTHING), known, await tx.now())
    is_news = await store.confirm(tx, child_id, school_year, adult_id)
    if carried != known:
        await store.save_answers(tx, child_id, school_year, adult_id, carried)
    if is_news or carried != known:
        after = _changed(school_year, known, carried)
        tx.note(Act(actor, "child_file_confirmed", child_id, after=after))
    if carried != known:
        await publish_care(tx, child_id)
    return await read_authorizations(tx, actor, child_id, school_year)


async def _holder(tx: Transaction, actor: Actor, child_id: UUID, school_year: int) -> UUID:
    """The parent who asks, once the child is held and they exercise authority over it. Raises NotFound, NotYoursToAuthorize, Invalid."""
    adult_id, today = actor.require_guardian(), await tx.today()
    child = await hold(tx, actor, child_id)
    if adult_id not in domain.holders(await load_custody(tx, child), today):
        raise NotYoursToAuthorize
    if refusal := domain.check_year(school_year, today):
        raise refusal
    return adult_id


def _changed(school_year: int, before: domain.Answers, after: domain.Answers) -> dict[str, Any]:
    """For which school year, and of what, something else is said: never what."""
    return {"school_year": school_year, "kinds": domain.changed_kinds(before, after)}
