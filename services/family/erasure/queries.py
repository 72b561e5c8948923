"""What agents read before a file is erased, and of one that is."""

from datetime import date
from uuid import UUID

from chassis.data.database import Queries
from chassis.refusal import NotFound
from contracts.family.erasure import ErasureStage, ErasureStanding, PersonOfFile

from ..archives.queries import quiet_since
from ..settings import FamilyRules
from .store import erasure_of, use_of

PEOPLE_OF_FILE_SQL = """
with file as (select household_id from households where household_id = $1 or merged_into = $1),
     belonging as (select person_id, min(position) as position from shown_members join file using (household_id) group by person_id)
select coalesce(a.first_name, c.first_name) as first_name, coalesce(a.last_name, c.last_name) as last_name, c.child_id is not null as is_child,
       exists (select from shown_members m where m.person_id = b.person_id and m.household_id not in (select household_id from file))
       or exists (
           select from responsibilities r join shown_members m on m.person_id = r.child_id
           where r.adult_id = b.person_id and m.household_id not in (select household_id from file))
       or exists (
           select from delegations d
           where d.delegate_id = b.person_id and d.household_id not in (select household_id from file)) as is_kept
from belonging b left join adults a on a.adult_id = b.person_id left join children c on c.child_id = b.person_id
order by is_child, b.position, b.person_id
"""

REFERENCES_SQL = "select reference from households where merged_into = $1 order by reference"


async def standing(db: Queries, rules: FamilyRules, household_id: UUID, today: date) -> ErasureStanding:
    """What erasing a file takes and what is against it, or that it was erased. Raises NotFound."""
    erasure = await erasure_of(db, household_id)
    years = rules.policy.retention_years
    use = await use_of(db, household_id, quiet_since(rules, today))
    if use is None:
        if erasure is None or erasure.stage is not ErasureStage.ERASED:
            raise NotFound
        return ErasureStanding(
            household_id=household_id,
            stage=erasure.stage,
            asked_at=erasure.asked_at,
            judged_at=erasure.judged_at,
        )
    people = await db.fetch(PEOPLE_OF_FILE_SQL, household_id)
    references = await db.fetch(REFERENCES_SQL, household_id)
    return ErasureStanding(
        household_id=household_id,
        reference=use.reference,
        former_references=tuple(row["reference"] for row in references),
        people=tuple(PersonOfFile.model_validate(dict(row)) for row in people),
        last_act_on=use.last_act_on,
        kept_until_on=use.kept_until(years),
        obstacles=tuple(use.obstacles(today, years)),
        objections=tuple(erasure.accounts.obstacles()) if erasure else (),
        stage=erasure.stage if erasure else None,
        asked_at=erasure.asked_at if erasure else None,
        judged_at=erasure.judged_at if erasure else None,
    )
