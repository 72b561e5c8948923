"""The office that keeps a town's schools: a school with its classes, and pupils in them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from services.family.class_changes.commands import ClassChangeWork
from tests.support.roles import Role
from tests.support.services import RunningService

LEVELS = ("ps", "ms", "gs", "cp", "ce1", "ce2", "cm1", "cm2")
UNBOUND = 1_000_000
"""Nobody publishes here: what waits holds no change of classes back."""
MANY_CHILDREN_SQL = """
with born as (
    select uuidv7() as child_id, n from generate_series(1, $1::int) n
), people as (
    insert into persons (person_id, kind, created_at, created_by) select child_id, 'child', now(), child_id from born
), children as (
    insert into children (child_id, first_name, last_name, name_key, list_key, birth_on)
    select child_id, 'Lou', 'Martin ' || n, 'martin' || lpad(n::text, 5, '0') || ' lou', 'martin' || lpad(n::text, 5, '0') || ' lou', '2018-03-02' from born
), members as (
    insert into household_members (household_id, person_id, kind, position, during)
    select $2, child_id, 'child', n, daterange('2020-01-01', null) from born
)
select child_id from born order by n
"""


class SchoolOffice:
    """An agent who keeps the schools."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.headers = service.as_agent(Role.DIRECTOR)

    async def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        return await self.service.client.get(path, params=query, headers=headers or self.headers)

    async def read(self, path: str, **query: Any) -> Any:
        """What there is at a path."""
        answer = await self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def put(self, path: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
        return await self.service.client.put(path, json=body, headers=headers or self.headers)

    async def post(self, path: str, body: dict[str, Any] | None = None, headers: dict[str, str] | None = None) -> Any:
        keyed = (headers or self.headers) | self.service.key()
        return await self.service.client.post(path, json=body, headers=keyed)

    async def school(self, code: str = "tilleuls", label: str = "École des Tilleuls") -> str:
        """A school of every level."""
        answer = await self.put(f"/schools/{code}", {"label": label, "levels": LEVELS})
        assert answer.status_code == 200, answer.text
        return code

    async def open_class(self, label: str, levels: Sequence[str], year: int = 2026, code: str = "tilleuls") -> str:
        """A class of the school."""
        body = {"school_year": year, "label": label, "levels": levels}
        answer = await self.post(f"/schools/{code}/classes", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["class_id"])

    async def place(self, child_id: Any, level: str, class_id: str | None = None, **fields: Any) -> Any:
        """The answer when a child is put in a class of the school from a day on."""
        body = {"starts_on": "2026-09-01", "level": level, "school_code": "tilleuls", "class_id": class_id} | fields
        return await self.put(f"/children/{child_id}/schooling", body)

    async def many(self, household_id: UUID, count: int, level: str, class_id: str | None) -> list[UUID]:
        """So many children of a household, in a class for the year 2026: written at once."""
        db = self.service.db
        children = [row["child_id"] for row in await db.fetch(MANY_CHILDREN_SQL, count, household_id)]
        await db.execute(
            """insert into schoolings (child_id, school_year, level, school_code, class_id, during)
               select unnest($1::uuid[]), 2026, $2, 'tilleuls', $3, daterange('2026-09-01', '2027-09-01')""",
            children,
            level,
            UUID(class_id) if class_id else None,
        )
        return children

    async def prepare(self, year: int = 2026, code: str = "tilleuls") -> Any:
        """The change of classes of a year, when the summer that ends it has come."""
        self.be_on(date(year + 1, 6, 15))
        answer = await self.post(f"/schools/{code}/class-changes", {"school_year": year})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def be_on(self, day: date) -> None:
        """Move the town's clock to noon of a day."""
        db = self.service.db
        db.clock_offset = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) - datetime.now(UTC)

    async def work(self) -> None:
        """The job comes by."""
        await ClassChangeWork(UNBOUND).run(self.service.db)

    async def outcomes(self, run: Any) -> dict[str, int]:
        """How many pupils come to what."""
        run = await self.read(f"/class-changes/{run['run_id']}")
        return {item["outcome"]: item["pupil_count"] for item in run["outcomes"]}


def unknown() -> UUID:
    """An id of nothing."""
    return uuid4()
