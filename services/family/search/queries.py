"""How agents find files: by marks in one index (`domain.py`), the best answers first, a page at a time, with what of each file answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from chassis.access import AT_SITE, reach_of, reaching
from chassis.actor import Actor
from chassis.comparing import comparable
from chassis.data.database import Queries, Row
from chassis.data.paging import page_of, read_cursor, text_key
from chassis.refusal import Forbidden
from contracts.family.events import HouseholdKind
from contracts.family.schools_api import list_schools
from contracts.family.search import HouseholdSummary, MatchKind, SearchMatch
from contracts.http import Page

from ..access import HOUSEHOLD
from .domain import Term, birth_mark, key_marks, name_marks, phone_marks, reference_mark, steps_of, terms_of

MATCHES_MAX: Final = 6


@dataclass(frozen=True, slots=True)
class FilesAsked:
    """Which files somebody asks for: those that answer a search, or all, of one kind or of any, in use or put aside, of a school's pupils or of a class's."""

    search: str
    kind: HouseholdKind | None
    is_archived: bool
    cursor: str | None
    limit: int
    school_code: str | None = None
    class_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file stands among the answers: the step that found it, then the payer's name."""

    step: int
    payer_key: str
    household_id: UUID


# Found first, whatever the planner expects of it: walking the order of names until enough answers came would read all.
FIND_SQL = reaching(
    """
, found as materialized (
    select h.household_id, h.payer_key, h.kind, h.archived_on from households h where h.search_marks @@ $4::text::tsquery
)
select h.household_id, h.payer_key from found h
where (h.payer_key, h.household_id) > ($5, $6::uuid) and ($7::text is null or h.kind = $7)
  and (h.archived_on is not null) = $8::bool and {is_reached}
order by h.payer_key, h.household_id limit $9
""",
    is_reached=HOUSEHOLD.of("h.household_id"),
)

LIST_SQL = reaching(
    """
select h.household_id, h.payer_key from households h
where h.merged_into is null and (h.payer_key, h.household_id) > ($4, $5::uuid) and ($6::text is null or h.kind = $6)
  and (h.archived_on is not null) = $7::bool and {is_reached}
order by h.payer_key, h.household_id limit $8
""",
    is_reached=HOUSEHOLD.of("h.household_id"),
)

# A school has so few files beside the town's that they are gone through one by one, by a search or without.
PUPILS_SQL = reaching(
    """
, homes as materialized (
    select distinct m.household_id from schoolings s
    join household_members m on m.person_id = s.child_id and m.kind = 'child' and not m.during << daterange($3, $3, '[]')
    where s.school_code = $10 and s.during @> $3::date and ($11::uuid is null or s.class_id = $11) and {is_at_site}
)
select h.household_id, h.payer_key from homes join households h using (household_id)
where h.merged_into is null and ($4::text is null or h.search_marks @@ $4::tsquery)
  and (h.payer_key, h.household_id) > ($5, $6::uuid) and ($7::text is null or h.kind = $7)
  and (h.archived_on is not null) = $8::bool and {is_reached}
order by h.payer_key, h.household_id limit $9
""",
    is_reached=HOUSEHOLD.of("h.household_id"),
    is_at_site=AT_SITE.of("s.school_code"),
)

SUMMARIES_SQL = """
select h.household_id, h.reference, h.kind, h.city, h.archived_on, h.created_at, h.legal_name, h.siret, h.rna,
       coalesce(h.legal_name, a.first_name || ' ' || a.last_name, '') as payer_name, a.email,
       array(select f.reference from households f where f.merged_into = h.household_id order by f.reference) as merged_references,
       array(select i.household_key from imported_households i where i.household_id = h.household_id order by 1)
           || array(select i.child_key from shown_members m join imported_children i on i.child_id = m.person_id
                    where m.household_id = h.household_id group by i.child_key order by 1) as former_keys,
       array(select (p.first_name, p.last_name, p.email, p.phone)
             from shown_members m join adults p on p.adult_id = m.person_id
             where m.household_id = h.household_id order by m.position) as adults,
       array(select (c.child_id, c.first_name, c.last_name, c.birth_on, c.is_expected, not m.during << daterange($2, $2, '[]'))
             from shown_members m join children c on c.child_id = m.person_id
             where m.household_id = h.household_id order by m.position) as children
from households h left join adults a on a.adult_id = h.payer_adult_id
where h.household_id = any($1::uuid[])
"""


async def find_households(db: Queries, actor: Actor, asked: FilesAsked, today: date) -> Page[HouseholdSummary]:
    """The files that answer a search, the best first and then by the payer's name, or all; what of them answers is said. Raises Invalid, Forbidden."""
    if asked.school_code is not None and not list_schools.access.allows(actor.kind, actor.permissions):
        raise Forbidden
    terms = terms_of(asked.search)
    after = Place(*read_cursor(asked.cursor, int, text_key, UUID)) if asked.cursor else Place(0, "", UUID(int=0))
    if terms:
        places = await _found(db, actor, asked, terms, after, today)
    elif asked.search.strip():
        return Page(items=())
    else:
        places = await _listed(db, actor, asked, after, today)
    rows = await db.fetch(SUMMARIES_SQL, [place.household_id for place in places], today)
    summaries = {row["household_id"]: _summary(row, terms) for row in rows}
    by_id = {place.household_id: place for place in places}
    # A file that went meanwhile is not there.
    files = [summaries[place.household_id] for place in places if place.household_id in summaries]
    return page_of(files, lambda file: _key(by_id[file.household_id]), asked.limit)


async def _found(
    db: Queries, actor: Actor, asked: FilesAsked, terms: Sequence[Term], after: Place, today: date
) -> list[Place]:
    """The next places, one more than a page has."""
    places: list[Place] = []
    for step, query in enumerate(steps_of(terms)):
        if step < after.step:
            continue
        begins = (after.payer_key, after.household_id) if step == after.step else ("", UUID(int=0))
        missing = asked.limit + 1 - len(places)
        narrowed = (asked.kind, asked.is_archived, missing)
        parameters = (*reach_of(actor, today), query, *begins, *narrowed)
        if asked.school_code is None:
            rows = await db.fetch(FIND_SQL, *parameters)
        else:
            rows = await db.fetch(PUPILS_SQL, *parameters, asked.school_code, asked.class_id)
        places += [Place(step, row["payer_key"], row["household_id"]) for row in rows]
        if len(places) > asked.limit:
            break
    return places


async def _listed(db: Queries, actor: Actor, asked: FilesAsked, after: Place, today: date) -> list[Place]:
    begins = (after.payer_key, after.household_id)
    narrowed = (asked.kind, asked.is_archived, asked.limit + 1)
    if asked.school_code is None:
        rows = await db.fetch(LIST_SQL, *reach_of(actor, today), *begins, *narrowed)
    else:
        pupils = (asked.school_code, asked.class_id)
        rows = await db.fetch(PUPILS_SQL, *reach_of(actor, today), None, *begins, *narrowed, *pupils)
    return [Place(0, row["payer_key"], row["household_id"]) for row in rows]


def _key(place: Place) -> tuple[object, ...]:
    return (place.step, place.payer_key, place.household_id)


def _summary(row: Row, terms: Sequence[Term]) -> HouseholdSummary:
    fields = ("household_id", "reference", "kind", "payer_name", "email", "city", "archived_on", "created_at")
    names = ("child_id", "first_name", "last_name", "birth_on", "is_expected")
    children = [dict(zip(names, child[:5], strict=True)) for child in row["children"] if child[5]]
    return HouseholdSummary.model_validate(
        {**{name: row[name] for name in fields}, "children": children, "matches": _matches(row, terms)}
    )


def _matches(row: Row, terms: Sequence[Term]) -> tuple[SearchMatch, ...]:
    """What of a file answers each term, without repeating; what answers but for a typing error only where nothing answers better."""
    entries = list(_entries(row))
    matches: dict[tuple[MatchKind, str], SearchMatch] = {}
    for term in terms:
        answers = [
            SearchMatch(kind=kind, text=text, is_near=is_near)
            for kind, text, marks in entries
            for is_found, is_near in (term.finds(marks),)
            if is_found
        ]
        better = [match for match in answers if not match.is_near] or answers
        for match in better:
            known = matches.get((match.kind, match.text))
            if known is None or (match.is_near and not known.is_near):
                matches[match.kind, match.text] = match
    return tuple(matches.values())[:MATCHES_MAX]


def _entries(row: Row) -> Iterator[tuple[MatchKind, str, set[str]]]:
    """What a file is found by, in the order in which it is said."""
    for reference in (row["reference"], *row["merged_references"]):
        yield MatchKind.REFERENCE, reference, {reference_mark(reference)}
    for key in row["former_keys"]:
        yield MatchKind.FORMER_KEY, key, key_marks(key)
    if row["legal_name"] is not None:
        yield MatchKind.ORGANIZATION, row["legal_name"], name_marks(row["legal_name"])
    for number in (row["siret"], row["rna"]):
        if number is not None:
            yield MatchKind.NUMBER, number, set(comparable(number).split())
    for first_name, last_name, email, phone in row["adults"]:
        yield MatchKind.ADULT, f"{first_name} {last_name}", name_marks(first_name, last_name)
        if email is not None:
            yield MatchKind.EMAIL, email, set(comparable(email).split())
        if phone is not None:
            yield MatchKind.PHONE, phone, phone_marks(phone)
    for _, first_name, last_name, birth_on, *_ in row["children"]:
        name = f"{first_name} {last_name}"
        yield MatchKind.CHILD, name, name_marks(first_name, last_name)
        yield MatchKind.BIRTH_ON, name, {birth_mark(birth_on)}
