"""An address that nobody may find, and an agent who protects it."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from contracts.family.models import Household
from tests.component.family.desk import Desk
from tests.support.roles import Role
from tests.support.services import RunningService

STREET: Final = "7 impasse du Phare-Perdu"
CITY: Final = "Ker-Ansquer"
SECRET: Final = {"street": STREET, "complement": "Chez Mme Hérisson", "postal_code": "29987", "city": CITY}
WORDS: Final = ("Phare-Perdu", "Hérisson", "29987", CITY)
"""What of it may stand nowhere."""
WHY: Final = {"reason": "Ordonnance de protection, TJ de Caen, 26/00042", "starts_on": "2026-08-20"}


def words_in(text: str) -> list[str]:
    """Which words of the address stand in a text."""
    return [word for word in WORDS if word in text]


COLUMNS_SQL = """
select table_name, column_name from information_schema.columns
where table_schema = current_schema() and (data_type in ('text', 'jsonb', 'ARRAY', 'tsvector')) and table_name not like 'history%'
"""
KEPT_ANSWERS: Final = "idempotency_keys"
"""What was answered to whoever typed an address, for a lost answer, is theirs for some days."""


async def tables_that_say(service: RunningService) -> list[str]:
    """The columns of this service's database in which a word of the address stands."""
    columns = []
    for table, column in await service.db.fetch(COLUMNS_SQL):
        texts = await service.db.fetch(f'select "{column}"::text as text from "{table}" where "{column}" is not null')
        columns += [f"{table}.{column}" for row in texts if words_in(row["text"])]
    return sorted(set(columns) - {f"{KEPT_ANSWERS}.response"})


class Guard:
    """An agent who may protect addresses."""

    def __init__(self, service: RunningService, desk: Desk) -> None:
        self.service, self.desk = service, desk
        self.headers = service.as_agent(Role.DIRECTOR)

    async def open(self, **changes: Any) -> Household:
        """The file of a household with the address."""
        return await self.desk.open(**{"address": SECRET, **changes})

    async def protect(self, household_id: UUID, **changes: Any) -> Any:
        """The answer to protecting its address."""
        path = f"/households/{household_id}/protection"
        return await self.service.client.put(path, json={**WHY, **changes}, headers=self.headers)

    async def protected(self, **changes: Any) -> Household:
        """A household whose address is protected."""
        household = await self.open(**changes)
        answer = await self.protect(household.household_id)
        assert answer.status_code == 200, answer.text
        return Household.model_validate_json(answer.content)

    async def end(self, household_id: UUID) -> Any:
        """The answer to protecting it no longer."""
        path = f"/households/{household_id}/protection/end"
        body = {"reason": "Levée à la demande de la famille"}
        return await self.service.client.post(path, json=body, headers=self.headers)

    async def see(self, household_id: UUID, headers: Mapping[str, str]) -> Any:
        """The answer to whoever asks to see it."""
        path = f"/households/{household_id}/protection/readings"
        return await self.service.client.post(path, headers=dict(headers))

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Any:
        return await self.service.client.get(path, headers=dict(headers or self.headers))
