"""A school at the site where everything stands, as the matrix needs it: a class, pupils of two households, and a change of classes."""

from datetime import date
from typing import Any
from uuid import uuid4

from services.family.schools.domain import school_year_of
from tests.component.authorization.matrix import SITE
from tests.component.gateway.town import Town


async def opened(town: Town, child_ids: list[str]) -> dict[str, str]:
    """The school's code, its class with these children, and its change of classes that nobody started."""
    year = school_year_of(await town.booking.today())
    class_id = await school(town, SITE, year)
    for child_id in child_ids:
        for starts_on, place in ((date(year, 9, 1), class_id), (date(2050, 9, 1), None)):
            body = {"starts_on": str(starts_on), "level": "ce1", "school_code": SITE, "class_id": place}
            await call(town, "PUT", f"/children/{child_id}/schooling", body)
    return {"school": SITE, "school_class": class_id, "class_change": await prepared(town, SITE, year)}


async def school(town: Town, code: str, year: int) -> str:
    await call(town, "PUT", f"/schools/{code}", {"label": f"École {code}", "levels": ["ce1"]})
    return await school_class(town, code, year)


async def school_class(town: Town, code: str, year: int) -> str:
    body = {"school_year": year, "label": f"CE1 {uuid4().hex[:8]}", "levels": ["ce1"]}
    return str((await call(town, "POST", f"/schools/{code}/classes", body))["class_id"])


async def prepared(town: Town, code: str, year: int) -> str:
    answer = await call(town, "POST", f"/schools/{code}/class-changes", {"school_year": year})
    return str(answer["run_id"])


async def call(town: Town, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    family = town.services["family"]
    answer = await family.client.request(method, path, json=body, headers=family.as_system() | family.key())
    assert answer.is_success, answer.text
    return answer.json()
