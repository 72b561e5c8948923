"""What an adult asks for who wants another address, and the links that are mailed."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from joserfc.jwk import OKPKey

from chassis.sealing import unseal
from contracts.family.email_changes import MailedLink
from contracts.family.events import EmailLinkIssued, HouseholdState
from contracts.family.models import Household
from tests.support.services import RunningService

FORMER, NEW = "Eric.LeGoff@courriel.example", "neuf@courriel.example"
OTHERS: dict[str, Any] = {
    "guardian": {"first_name": "Paul", "email": "paul@courriel.example"},
    "children": [{"first_name": "Zoé", "last_name": "Petit", "birth_on": "2018-03-04"}],
}


class Changes:
    """What an adult asks for, and the links that are mailed."""

    def __init__(self, service: RunningService, secrets_dir: Path) -> None:
        self.service, self._secrets_dir = service, secrets_dir

    async def ask(self, adult_id: UUID, email: str = NEW) -> Any:
        headers = self.service.as_parent(adult_id)
        return await self.service.client.post("/me/email-change", json={"email": email}, headers=headers)

    async def own(self, adult_id: UUID) -> Any:
        answer = await self.service.client.get("/me/email-change", headers=self.service.as_parent(adult_id))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def withdraw(self, adult_id: UUID) -> Any:
        return await self.service.client.delete("/me/email-change", headers=self.service.as_parent(adult_id))

    async def links(self) -> list[MailedLink]:
        """Every link, opened as the notifications service does."""
        issued = [event for event in await self.service.outbox() if isinstance(event, EmailLinkIssued)]
        return [MailedLink.model_validate_json(self.opened(event.sealed)) for event in issued]

    def opened(self, sealed: str) -> str:
        key = OKPKey.import_key(json.loads((self._secrets_dir / "seal_private.json").read_text()))
        return unseal(sealed, key)

    async def asked(self, adult_id: UUID, email: str = NEW) -> str:
        """The secret of the link that was mailed for an address."""
        answer = await self.ask(adult_id, email)
        assert answer.status_code == 201, answer.text
        return (await self.links())[-1].token

    async def check(self, token: str) -> Any:
        return await self.service.client.post("/email-links", json={"token": token})

    async def confirm(self, token: str) -> Any:
        return await self.service.client.post("/email-confirmations", json={"token": token})

    async def email(self, household: Household) -> str | None:
        """What the household's newest state says of its first adult."""
        states = [event for event in await self.service.outbox() if isinstance(event, HouseholdState)]
        newest = next(state for state in reversed(states) if state.household_id == household.household_id)
        return newest.adults[0].email


def adult_of(household: Household) -> UUID:
    return household.adults[0].adult_id


def refusal(answer: Any, status: int) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json()["code"])


def faults(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def put_contact(service: RunningService, adult_id: UUID, headers: dict[str, str], **fields: Any) -> Any:
    """Correct an adult's details from what they are now."""
    path = f"/adults/{adult_id}/contact"
    known = (await service.client.get(path, headers=headers)).json()
    body = {"version": known["version"], "phone": known["phone"], **fields}
    return await service.client.put(path, json=body, headers=headers)
