"""The town of P11: households of four invented people, some names common and most rare, with what the search keeps of each and the texts of the bare peer."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID

import asyncpg

from chassis.collation import Collation
from chassis.comparing import comparable
from chassis.days import DateRange
from chassis.identifiers import new_id
from chassis.timeline import Timeline
from contracts.types import Civility
from services.family.households.domain import Address, HouseholdFile, Member
from services.family.people.domain import Adult, Child, name_key
from services.family.search.domain import list_key, marks_of

LAST_NAMES: Final = 20_000
FIRST_NAMES: Final = 900
BATCH: Final = 5_000
SINCE: Final = date(2026, 9, 1)
OPENED_AT: Final = datetime(2026, 9, 1, 8, tzinfo=UTC)
BIRTHS_SINCE: Final = date(2009, 1, 1)
BIRTH_DAYS: Final = 6_400
STARTS: Final = (
    "Mar",
    "Le",
    "Du",
    "Ber",
    "Gar",
    "Ro",
    "Pe",
    "Ch\u00e2",
    "Fou",
    "Bon",
    "Gi",
    "Mo",
    "Lau",
    "Sau",
    "\u00c9",
    "Thi",
    "Ba",
    "Co",
    "Nguy",
    "Ka",
)
MIDDLES: Final = (
    "ti",
    "ron",
    "ger",
    "na",
    "l\u00e9",
    "vi",
    "ma",
    "te",
    "ri",
    "bo",
    "lan",
    "cha",
    "din",
    "\u00e7on",
    "ssel",
    "lou",
)
ENDS: Final = ("n", "d", "t", "er", "eau", "et", "in", "ard", "oux", "ois", "el", "ez", "ier", "aud", "ot", "ic")
PARTICLES: Final = ("Le ", "L'", "de ", "de La ", "D'", "Saint-", "O'")


@dataclass(frozen=True, slots=True)
class Family:
    """A file, by whose payer it is sorted."""

    file: HouseholdFile
    payer_key: str


def invented(chance: random.Random, count: int) -> list[Family]:
    """Files of two adults and two children."""
    last_names = names(chance, LAST_NAMES, has_particles=True)
    first_names = names(chance, FIRST_NAMES, has_particles=False)
    lasts, firsts = drawn(chance, last_names, 2 * count), drawn(chance, first_names, 4 * count)
    return [_family(chance, number, lasts, firsts[4 * number : 4 * number + 4]) for number in range(count)]


def drawn(chance: random.Random, known: Sequence[str], count: int) -> list[str]:
    """So many of these names. The first ones are common: the n-th is borne n times less often than the first, as in a telephone book."""
    return chance.choices(known, [1 / place for place in range(3, len(known) + 3)], k=count)


def names(chance: random.Random, count: int, *, has_particles: bool) -> list[str]:
    """So many invented names, each once."""
    made: dict[str, None] = {}
    while len(made) < count:
        word = chance.choice(STARTS) + "".join(chance.choices(MIDDLES, k=chance.randint(1, 3))) + chance.choice(ENDS)
        particle = chance.choice(PARTICLES) if has_particles and chance.random() < 0.15 else ""
        made[particle + word] = None
    return list(made)


def _family(chance: random.Random, number: int, lasts: Sequence[str], firsts: Sequence[str]) -> Family:
    own, other = lasts[2 * number], lasts[2 * number + 1]
    adults = (_adult(chance, firsts[0], own, number), _adult(chance, firsts[1], other, None))
    births = [BIRTHS_SINCE + timedelta(days=chance.randrange(BIRTH_DAYS)) for _ in range(2)]
    children = tuple(Child(new_id(), first, own, born) for first, born in zip(firsts[2:], births, strict=True))
    during = DateRange(SINCE)
    file = HouseholdFile(
        household_id=new_id(),
        reference=f"F-{number + 1:06d}",
        address=Address(("1 rue des Tilleuls",), "14000", "Valmont-sur-Orne"),
        adults=adults,
        children=children,
        adult_members=tuple(Member(adult.adult_id, during) for adult in adults),
        child_members=tuple(Member(child.child_id, during) for child in children),
        payers=Timeline.of([(during, adults[0].adult_id)]),
        created_at=OPENED_AT,
    )
    return Family(file, list_key(file, SINCE, Collation()))


def _adult(chance: random.Random, first_name: str, last_name: str, number: int | None) -> Adult:
    email = f"{comparable(last_name).replace(' ', '.')}.{number}@famille.example" if number is not None else None
    phone = f"+336{chance.randrange(10**8):08d}"
    return Adult(new_id(), Civility.NONE, first_name, last_name, email, phone, email is not None)


def trigrams(text: str) -> list[str]:
    """The trigrams of each word of a text, as `pg_trgm` has them: two spaces before a word and one behind it."""
    parts = {f"  {word} "[place : place + 3] for word in comparable(text).split() for place in range(len(word) + 1)}
    return sorted(parts)


ADD_PERSONS_SQL = """
insert into persons (person_id, kind, created_at, created_by) select person_id, $2, $3, person_id from unnest($1::uuid[]) person_id
"""
ADD_ADULTS_SQL = """
insert into adults (adult_id, civility, first_name, last_name, name_key, email, email_key, phone, is_invited)
select adult_id, 'none', first_name, last_name, name_key, email, email, phone, email is not null
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
    as a(adult_id, first_name, last_name, name_key, email, phone)
"""
ADD_CHILDREN_SQL = """
insert into children (child_id, first_name, last_name, name_key, list_key, birth_on)
select child_id, first_name, last_name, name_key, name_key, birth_on
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[]) as c(child_id, first_name, last_name, name_key, birth_on)
"""
ADD_HOUSEHOLDS_SQL = """
insert into households
    (household_id, reference, address_lines, postal_code, city, payer_adult_id, payer_key, search_marks, created_at, created_by)
select household_id, reference, '{1 rue des Tilleuls}', '14000', 'Valmont-sur-Orne', adult_id, payer_key,
       array_to_tsvector(string_to_array(marks, ' ')), $6, adult_id
from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[]) as f(household_id, reference, adult_id, payer_key, marks)
"""
ADD_MEMBERS_SQL = """
insert into household_members (household_id, person_id, kind, position, during)
select household_id, person_id, kind, position, daterange($5, null)
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[]) as m(household_id, person_id, kind, position)
"""
MAKE_TEXTS_SQL = 'create table bench_texts (household_id uuid primary key, payer_key text collate "C", trigrams text[])'
ADD_TEXTS_SQL = """
insert into bench_texts select household_id, payer_key, string_to_array(grams, '|')
from unnest($1::uuid[], $2::text[], $3::text[]) as t(household_id, payer_key, grams)
"""
DROP_INDEX_SQL = "drop index households_by_mark"
MAKE_INDEX_SQL = (
    "create index households_by_mark on households using gin (search_marks) with (gin_pending_list_limit = 256)"
)
INDEX_TEXTS_SQL = "create index bench_texts_by_trigram on bench_texts using gin (trigrams)"
VACUUM_SQL = "vacuum analyze"


async def fill(dsn: str, families: Sequence[Family]) -> None:
    """Store the files as the service would, their index made at the end, and the texts of the peer beside them."""
    # The service's own limits of time are for what it answers.
    db = await asyncpg.connect(dsn, server_settings={"statement_timeout": "0", "maintenance_work_mem": "256MB"})
    try:
        await _fill(db, families)
    finally:
        await db.close()


async def _fill(db: "asyncpg.Connection[asyncpg.Record]", families: Sequence[Family]) -> None:
    await db.execute(DROP_INDEX_SQL)
    await db.execute(MAKE_TEXTS_SQL)
    left = iter(families)
    while batch := list(islice(left, BATCH)):
        files = [family.file for family in batch]
        adults = [adult for file in files for adult in file.adults]
        children = [child for file in files for child in file.children]
        for kind, ids in (("adult", [a.adult_id for a in adults]), ("child", [c.child_id for c in children])):
            await db.execute(ADD_PERSONS_SQL, ids, kind, OPENED_AT)
        await db.execute(
            ADD_ADULTS_SQL,
            *columns((a.adult_id, a.first_name, a.last_name, name_key(a), a.email, a.phone) for a in adults),
        )
        await db.execute(
            ADD_CHILDREN_SQL,
            *columns((c.child_id, c.first_name, c.last_name, name_key(c), c.birth_on) for c in children),
        )
        rows = (
            (f.file.household_id, f.file.reference, f.file.adults[0].adult_id, f.payer_key, _marks(f)) for f in batch
        )
        await db.execute(ADD_HOUSEHOLDS_SQL, *columns(rows), OPENED_AT)
        await db.execute(ADD_MEMBERS_SQL, *columns(row for file in files for row in _members(file)), SINCE)
        texts = ((f.file.household_id, f.payer_key, "|".join(trigrams(_text(f.file)))) for f in batch)
        await db.execute(ADD_TEXTS_SQL, *columns(texts))
    for statement in (MAKE_INDEX_SQL, INDEX_TEXTS_SQL, VACUUM_SQL):
        await db.execute(statement)


def columns(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """Rows as columns."""
    return [list(column) for column in zip(*rows, strict=True)]


def _marks(family: Family) -> str:
    return " ".join(marks_of(family.file))


def _members(file: HouseholdFile) -> Iterator[tuple[UUID, UUID, str, int]]:
    for kind, members in (("adult", file.adult_members), ("child", file.child_members)):
        for position, member in enumerate(members):
            yield file.household_id, member.person_id, kind, position


def _text(file: HouseholdFile) -> str:
    """What the peer finds a household by."""
    members: tuple[Adult | Child, ...] = (*file.adults, *file.children)
    people = [f"{person.last_name} {person.first_name}" for person in members]
    phones = [str(adult.phone) for adult in file.adults]
    return " ".join([*people, *phones, *(f"{child.birth_on:%d%m%Y}" for child in file.children)])
