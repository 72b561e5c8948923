"""The authorizations of a child, as its parents and entitled agents read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Queries, Transaction
from contracts.family.authorizations import (
    Authorization,
    AuthorizationAnswer,
    Authorizations,
    AuthorizationsChange,
    EntitledParent,
)
from contracts.family.child_events import AuthorizationKind

from ..custody.store import load_custody
from ..health.queries import child_for
from ..people.domain import Child
from ..schools.domain import days_of
from .domain import Answers, carried_over, counting, holders
from .store import confirmed_at, load_answers

NOTHING: Final = Answers()

ADULT_NAMES_SQL = """
select adult_id, first_name || ' ' || last_name as name from adults where adult_id = any($1::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose authorizations are asked for, by whom, for which school year."""

    child: Child
    person_id: UUID
    school_year: int


async def read_authorizations(
    db: Database | Transaction, actor: Actor, child_id: UUID, school_year: int
) -> Authorizations:
    """What the parents of a child let the town do in a school year. Raises NotFound."""
    child = await child_for(db, actor, child_id)
    custody = await load_custody(db, child)
    holding = holders(custody, await db.today())
    answers = await load_answers(db, child_id, school_year - 1, school_year)
    return await _answer(db, Asked(child, actor.person_id, school_year), answers, holding)


async def _answer(
    db: Queries, asked: Asked, answers: Mapping[int, Mapping[UUID, Answers]], holding: frozenset[UUID]
) -> Authorizations:
    year, person_id = asked.school_year, asked.person_id
    rows = await db.fetch(ADULT_NAMES_SQL, list(holding))
    names = {row["adult_id"]: row["name"] for row in rows}
    own = answers[year].get(person_id, NOTHING)
    former = answers[year - 1].get(person_id, NOTHING)
    days = days_of(year)
    return Authorizations(
        child_id=asked.child.child_id,
        first_name=asked.child.first_name,
        last_name=asked.child.last_name,
        school_year=year,
        starts_on=days.first,
        ends_on=days.last,
        authorizations=tuple(_authorization(kind, answers[year], names) for kind in AuthorizationKind),
        parents=tuple(EntitledParent(adult_id=key, adult_name=name) for key, name in sorted(names.items())),
        own=_said(own),
        carried=_said(carried_over(former, own)),
        is_entitled=person_id in holding,
        confirmed_at=await confirmed_at(db, asked.child.child_id, year, person_id),
    )


def _authorization(
    kind: AuthorizationKind, answers: Mapping[UUID, Answers], names: Mapping[UUID, str]
) -> Authorization:
    counted = counting(kind, answers, names)
    return Authorization(
        kind=kind,
        outcome=counted.outcome,
        leaves_from=counted.leaves_from,
        answers=tuple(
            AuthorizationAnswer(
                adult_id=adult_id,
                adult_name=name,
                consent=answer.consent,
                leaves_from=answer.leaves_from,
                answered_at=answer.answered_at,
            )
            for adult_id, name in sorted(names.items())
            if (answer := answers.get(adult_id, NOTHING).of(kind)) is not None
        ),
        missing=tuple(names[adult_id] for adult_id in counted.missing),
    )


def _said(answers: Answers) -> AuthorizationsChange:
    """What a parent said, as they would say it again."""
    leaving = answers.of(AuthorizationKind.LEAVING_ALONE)
    consents = {kind.value: answer.consent for kind, answer in answers.by_kind.items()}
    return AuthorizationsChange(**consents, leaves_from=leaving.leaves_from if leaving else None)
