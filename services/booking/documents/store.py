"""The replica of families' documents: of each the kind, for whom it is, how far it has come and until when it holds."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from chassis.data.database import Queries, Transaction
from chassis.data.replicas import Replica
from contracts.event import Envelope
from contracts.family.document_events import DocumentState
from contracts.family.document_words import DocumentStatus

from .domain import DocumentRules, Gap, Needed, Paper

DOCUMENTS: Final = Replica("documents", "document_id", ("household_id", "person_id", "kind", "status", "ends_on"))

ChildAt = tuple[UUID, UUID]
"""A child, and the household that it is booked for."""


async def keep_document(tx: Transaction, state: DocumentState, envelope: Envelope) -> None:
    """Replace what is known of a document, unless something newer is."""
    worth = (state.household_id, state.person_id, state.kind, state.status.value, state.ends_on)
    await DOCUMENTS.keep(tx, state.document_id, envelope.sequence, *worth)


# A child's document counts in each of its homes, whoever sent it; a household's in that one alone. What stands in a file that became
# part of another one counts there.
PAPERS_SQL = """
with asked as (select distinct * from unnest($1::uuid[], $2::uuid[]) as a(child_id, household_id)),
persons as (
    select child_id, household_id, child_id as person_id from asked
    union select a.child_id, a.household_id, p.person_id from asked a join merged_persons p on p.kept_person_id = a.child_id
),
files as (
    select child_id, household_id, household_id as file_id from asked
    union select a.child_id, a.household_id, f.household_id from asked a join merged_files f on f.kept_id = a.household_id
)
select p.child_id, p.household_id, d.kind, d.status, d.ends_on
from persons p join documents d on d.person_id = p.person_id and d.kind = any($3::text[]) and d.status in ('sent', 'validated')
union all
select f.child_id, f.household_id, d.kind, d.status, d.ends_on
from files f join documents d on d.household_id = f.file_id and d.person_id is null
    and d.kind = any($3::text[]) and d.status in ('sent', 'validated')
"""


class Papers:
    """What is known of the documents of some children."""

    def __init__(self, rules: DocumentRules, held: dict[ChildAt, list[Paper]]) -> None:
        self._rules, self._held = rules, held

    def needed(self, child: ChildAt, codes: Iterable[str]) -> Needed:
        """What an activity asks of a child's documents by these codes, and those that are there."""
        return Needed(self._rules.required(codes), tuple(self._held.get(child, ())))


async def load_papers(db: Queries, rules: DocumentRules, children: Iterable[ChildAt], codes: Iterable[str]) -> Papers:
    """The documents of these kinds that count for children; nothing is asked where no kind is."""
    asked, wanted = list(dict.fromkeys(children)), [item.code for item in rules.required(dict.fromkeys(codes))]
    held: dict[ChildAt, list[Paper]] = defaultdict(list)
    if asked and wanted:
        columns = ([child_id for child_id, _ in asked], [household_id for _, household_id in asked])
        for row in await db.fetch(PAPERS_SQL, *columns, wanted):
            is_validated = row["status"] == DocumentStatus.VALIDATED
            held[row["child_id"], row["household_id"]].append(Paper(row["kind"], is_validated, row["ends_on"]))
    return Papers(rules, held)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a day of an activity asks of a child's documents, by the codes of their kinds."""

    child: ChildAt
    codes: tuple[str, ...]
    day: date


async def load_gaps(db: Queries, rules: DocumentRules, asked: Mapping[int, Asked]) -> dict[int, Gap]:
    """What is missing on these days, by their numbers; nothing of those on which nothing is."""
    codes = (code for item in asked.values() for code in item.codes)
    papers = await load_papers(db, rules, (item.child for item in asked.values()), codes)
    gaps = {number: papers.needed(item.child, item.codes).gap_on(item.day) for number, item in asked.items()}
    return {number: gap for number, gap in gaps.items() if gap}
