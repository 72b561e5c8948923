"""Storage of the copy of the address base, and of which address of it a household's is."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction

from .domain import (
    BaseAddress,
    BaseStreet,
    Spot,
    city_key,
    sought_marks,
    spot_of,
    street_key,
    street_marks,
    suffix_key,
)

CANDIDATES_MAX = 50


@dataclass(frozen=True, slots=True)
class NewAddress:
    """A line of the base's file. `delivery_city` is the commune's name on letters."""

    base_id: str
    number: int | None
    suffix: str
    street: str
    postal_code: str
    city: str
    delivery_city: str


REMOVE_BASE_SQL = "delete from address_bases"

REMOVE_MARKS_SQL = "delete from base_street_marks"

REMOVE_STREETS_SQL = "delete from base_streets"


async def remove_base(tx: Transaction) -> None:
    """Take the copy away; others read the former one until this transaction commits."""
    await tx.execute(REMOVE_MARKS_SQL)
    await tx.execute(REMOVE_STREETS_SQL)
    await tx.execute(REMOVE_BASE_SQL)


ADD_STREETS_SQL = """
insert into base_streets (street_id, name, postal_code, city, street_key, city_keys)
select s.street_id, s.name, s.postal_code, s.city, s.street_key, string_to_array(s.city_keys, '|')
from unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
    as s(street_id, name, postal_code, city, street_key, city_keys)
"""

ADD_MARKS_SQL = "insert into base_street_marks (street_id, mark) select * from unnest($1::integer[], $2::text[])"

ADD_ADDRESSES_SQL = """
insert into base_addresses (address_id, street_id, number, suffix, suffix_key)
select * from unnest($1::text[], $2::integer[], $3::integer[], $4::text[], $5::text[])
on conflict (address_id) do nothing
"""


class BaseWriter:
    """Writes a copy batch by batch, and counts; a street is known by commune, postal code and name."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._streets: dict[tuple[str, str, str], int] = {}
        self.address_count = 0

    @property
    def street_count(self) -> int:
        """How many streets were written."""
        return len(self._streets)

    async def write(self, lines: Collection[NewAddress]) -> None:
        """Add some addresses, and their streets where they are new. An identifier that comes twice counts once."""
        new = {}
        for line in lines:
            street = (line.city, line.postal_code, line.street)
            if street not in self._streets:
                self._streets[street] = len(self._streets) + 1
                new[street] = line
        await self._tx.execute(ADD_STREETS_SQL, *_columns((self._street(line) for line in new.values()), 6))
        marks = ((self._streets[street], mark) for street in new for mark in street_marks(street[2]))
        await self._tx.execute(ADD_MARKS_SQL, *_columns(marks, 2))
        tag = await self._tx.execute(ADD_ADDRESSES_SQL, *_columns((self._address(line) for line in lines), 5))
        self.address_count += int(tag.rpartition(" ")[2])

    def _street(self, line: NewAddress) -> tuple[object, ...]:
        cities = {city_key(name) for name in (line.city, line.delivery_city) if name}
        return (
            self._streets[line.city, line.postal_code, line.street],
            *(line.street, line.postal_code, line.city, street_key(line.street), "|".join(sorted(cities))),
        )

    def _address(self, line: NewAddress) -> tuple[object, ...]:
        street_id = self._streets[line.city, line.postal_code, line.street]
        return (line.base_id, street_id, line.number, line.suffix, suffix_key(line.suffix))


def _columns(rows: Iterable[Sequence[object]], count: int) -> Iterator[list[object]]:
    """Rows turned to columns, each there also where there is no row."""
    columns = list(zip(*rows, strict=True)) or [()] * count
    return (list(column) for column in columns)


ADD_BASE_SQL = "insert into address_bases (label, loaded_at, street_count, address_count) values ($1, $2, $3, $4)"


async def add_base(tx: Transaction, label: str, loaded_at: datetime, writer: BaseWriter) -> None:
    """Write from what the copy was made."""
    await tx.execute(ADD_BASE_SQL, label, loaded_at, writer.street_count, writer.address_count)


# Two addresses that are one in this comparison, such as 12 B and 12 bis of one street, verify nothing.
FIND_ADDRESSES_SQL = """
select t.position, min(a.address_id) as address_id
from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::text[]) with ordinality
    as t(street_key, postal_code, city_key, number, suffix_key, position)
join base_streets s on s.street_key = t.street_key and s.postal_code = t.postal_code and t.city_key = any(s.city_keys)
join base_addresses a on a.street_id = s.street_id and a.number is not distinct from t.number and a.suffix_key = t.suffix_key
group by t.position having count(*) = 1
"""


@dataclass(frozen=True, slots=True)
class Typed:
    """An address in France: its lines, postal code and commune."""

    lines: tuple[str, ...]
    postal_code: str
    city: str


async def find_addresses(db: Queries, typed: Sequence[Typed]) -> list[str | None]:
    """Which address of the base each of these is, but for its spelling."""
    spots = [spot_of(item.lines) for item in typed]
    rows = await db.fetch(
        FIND_ADDRESSES_SQL,
        [spot.street for spot in spots],
        [item.postal_code for item in typed],
        [city_key(item.city) for item in typed],
        [spot.number for spot in spots],
        [spot.suffix for spot in spots],
    )
    ids = {row["position"]: row["address_id"] for row in rows}
    return [ids.get(position) for position in range(1, len(typed) + 1)]


# Those that have most of the typed words come first.
CANDIDATES_SQL = """
select s.street_id, s.name, s.postal_code, s.city
from (
    select m.street_id, count(distinct t.word) as word_count
    from unnest($1::text[], $2::integer[]) as t(mark, word) join base_street_marks m on m.mark = t.mark
    group by m.street_id) near
join base_streets s on s.street_id = near.street_id
order by near.word_count desc, s.postal_code <> $3, s.street_id limit $4
"""


async def candidates(db: Queries, spot: Spot, postal_code: str) -> list[BaseStreet]:
    """Streets that a typed one may be meant for."""
    sought = [(mark, word) for word, marks in enumerate(sought_marks(spot)) for mark in marks]
    rows = await db.fetch(CANDIDATES_SQL, *_columns(sought, 2), postal_code, CANDIDATES_MAX)
    return [BaseStreet(**dict(row)) for row in rows]


NUMBERED_SQL = """
select a.address_id, a.number, a.suffix, a.suffix_key, s.street_id, s.name, s.postal_code, s.city
from base_addresses a join base_streets s using (street_id)
where a.street_id = any($1::integer[]) and a.number is not distinct from $2
order by a.suffix_key = $3 desc, a.suffix_key, a.address_id
"""


async def numbered(db: Queries, streets: Sequence[BaseStreet], spot: Spot) -> list[BaseAddress]:
    """The addresses of some streets that have a number, the same suffix first, street by street as they are given."""
    rows = await db.fetch(NUMBERED_SQL, [street.street_id for street in streets], spot.number, spot.suffix)
    places = {street.street_id: place for place, street in enumerate(streets)}
    return [_address(row) for row in sorted(rows, key=lambda row: places[row["street_id"]])]


def _address(row: Row) -> BaseAddress:
    street = BaseStreet(row["street_id"], row["name"], row["postal_code"], row["city"])
    return BaseAddress(row["address_id"], street, row["number"], row["suffix"])


HOUSEHOLDS_SQL = """
select household_id, address_lines, postal_code, city, base_address_id from households
where household_id > $1 and address_lines is not null and country is null order by household_id limit $2 for update
"""

KEEP_ADDRESS_IDS_SQL = """
update households h set base_address_id = v.address_id
from unnest($1::uuid[], $2::text[]) as v(household_id, address_id)
where h.household_id = v.household_id and h.base_address_id is distinct from v.address_id
"""


async def verify(tx: Transaction, typed: Mapping[UUID, Typed | None]) -> None:
    """Keep which address of the base each household's is; none of one abroad."""
    known = {household_id: address for household_id, address in typed.items() if address is not None}
    base_ids = dict(zip(known, await find_addresses(tx, list(known.values())), strict=True))
    await tx.execute(KEEP_ADDRESS_IDS_SQL, list(typed), [base_ids.get(household_id) for household_id in typed])


async def verify_some(tx: Transaction, after: UUID, limit: int) -> UUID | None:
    """Look some households up again, by id; the last one of them, None when there are none."""
    rows = await tx.fetch(HOUSEHOLDS_SQL, after, limit)
    if not rows:
        return None
    await verify(
        tx, {row["household_id"]: Typed(tuple(row["address_lines"]), row["postal_code"], row["city"]) for row in rows}
    )
    last: UUID = rows[-1]["household_id"]
    return last
