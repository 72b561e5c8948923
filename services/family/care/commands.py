"""What is known of a child goes along when it turns out to be one with another child."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction

from ..authorizations.store import load_answers, save_answers
from ..entourage.store import load_around, save_around
from ..health.domain import NOTHING
from ..health.store import load_health, save_proof, save_said
from ..insurance.store import load_insurances, save_insurance

YEARS_SQL = """
select school_year from authorization_answers where child_id = any($1::uuid[])
union select school_year from insurances where child_id = any($1::uuid[]) order by school_year
"""

CONFIRMED_ALONG_SQL = """
insert into file_confirmations (child_id, school_year, adult_id, confirmed_at)
select $2, f.school_year, coalesce(same.stays, f.adult_id), f.confirmed_at
from file_confirmations f left join unnest($3::uuid[], $4::uuid[]) as same(went, stays) on same.went = f.adult_id
where f.child_id = $1
on conflict do nothing
"""


async def care_along(tx: Transaction, actor: Actor, pair: tuple[UUID, UUID], same: Mapping[UUID, UUID]) -> None:
    """Let the second child of a pair have what is known of the first: its health and its insurance, where nothing is said of the other's; who may fetch it and who may not;
    and what its parents say, each of whom goes by whom they are by now. What the second one has stays. Both are held."""
    went, stays = pair
    health, known = await load_health(tx, went), await load_health(tx, stays)
    if health.statement != NOTHING and known.revision == 0:
        await save_said(tx, stays, health.revision, health.statement, actor.person_id)
    if health.proof is not None and known.proof is None:
        await save_proof(tx, stays, health.proof)
    there = await load_around(tx, stays)
    last = max((row.rank for row in there), default=0)
    listed = {row.contact_id for row in there}
    for row in await load_around(tx, went):
        if row.contact_id not in listed:
            await save_around(tx, replace(row, child_id=stays, rank=last + row.rank))
    years = [row["school_year"] for row in await tx.fetch(YEARS_SQL, [went, stays])]
    answers, given = await load_answers(tx, went, *years), await load_answers(tx, stays, *years)
    insured, covered = await load_insurances(tx, went, *years), await load_insurances(tx, stays, *years)
    for year in years:
        if (contract := insured[year].contract) is not None and covered[year].contract is None:
            await save_insurance(tx, stays, year, insured[year].revision, contract)
        for adult_id, answer in answers[year].items():
            if (parent_id := same.get(adult_id, adult_id)) not in given[year]:
                await save_answers(tx, stays, year, parent_id, answer)
    await tx.execute(CONFIRMED_ALONG_SQL, went, stays, list(same), list(same.values()))
