"""What stands against the effect of a request, and who could be the same as whom it adds."""

from collections.abc import Collection
from typing import Final

from chassis.data.database import Database, Row, Transaction
from chassis.refusal import FieldRefusal
from contracts.family.procedure_words import CHILD_FIELDS, Effect, Procedure
from contracts.family.request_words import RequestStatus
from contracts.family.requests import AlikeChild

from ..answers.domain import Answers
from ..duplicates.store import IS_ALIKE
from ..households.store import load_file
from ..people.domain import Child, name_key
from ..settings import FamilyRules
from .domain import NOBODY, child_refusals, child_wanted

OPEN: Final = (RequestStatus.SENT, RequestStatus.UNDER_REVIEW, RequestStatus.MORE_ASKED)


async def effect_faults(
    db: Database | Transaction, rules: FamilyRules, row: Row, procedure: Procedure, asked: Answers
) -> Collection[FieldRefusal]:
    """Why the effect of a draft would be refused, once each answer that it needs is right of its kind."""
    if procedure.effect is not Effect.NEW_CHILD:
        return ()
    file = await load_file(db, row["file_id"])
    return [*child_refusals(asked, rules.policy.unborn_name, file.children if file else (), await db.today())]


ALIKE_SQL: Final = f"""
select other.child_id, other.first_name, other.last_name, other.birth_on, h.household_id, h.reference
from (select $1::text as name_key) one
join children other on other.birth_on = $2
join household_members m on m.person_id = other.child_id and m.kind = 'child' and (upper(m.during) is null or upper(m.during) > $3::date)
join households h on h.household_id = m.household_id
where h.merged_into is null and {IS_ALIKE}
order by h.reference, other.child_id limit 10
"""  # noqa: S608 - it is put together from constants alone


async def children_alike(
    db: Database | Transaction, rules: FamilyRules, row: Row, procedure: Procedure, answers: Answers
) -> tuple[AlikeChild, ...]:
    """Children whom files name already, born on the day of the one whom a request that waits would add, and called alike."""
    if (
        procedure.effect is not Effect.NEW_CHILD
        or row["status"] not in OPEN
        or not CHILD_FIELDS.keys() <= answers.keys()
    ):
        return ()
    wanted = child_wanted(answers, rules.policy.unborn_name)
    key = name_key(Child(NOBODY, **{"first_name": "", **wanted}))
    rows = await db.fetch(ALIKE_SQL, key, wanted["birth_on"], await db.today())
    return tuple(AlikeChild.model_validate(dict(row)) for row in rows)
