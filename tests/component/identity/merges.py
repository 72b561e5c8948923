"""Two accounts of one human, and what agents do with them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2

from contracts.family.events import Adult
from contracts.identity.models import SessionOpened
from tests.component.identity.walk import PERSONAL_PASSWORD, PERSONAL_USERNAME, Walk, guardian
from tests.support.roles import Role
from tests.support.services import RunningService

PHONE = "06 12 34 56 78"
FIRST, SECOND = "dominique@famille.example", "dominique@travail.example"


def twice(**second: Any) -> tuple[Adult, Adult]:
    """The same human, typed twice: under two addresses, spelled a little differently."""
    one = guardian(FIRST, first_name="Jean-Pierre", last_name="Le Goff", phone=PHONE)
    values = {"first_name": "jean pierre", "last_name": "LEGOFF", "phone": "+33612345678", **second}
    return one, guardian(SECOND, **values)


@dataclass
class Desk:
    """An agent who merges accounts."""

    walk: Walk

    @property
    def service(self) -> RunningService:
        return self.walk.service

    @property
    def headers(self) -> dict[str, str]:
        return self.service.as_agent(Role.DIRECTOR)

    async def account_of(self, person: Adult) -> UUID:
        """The account that stands for an adult."""
        account_id: UUID = await self.service.db.fetchval(
            "select account_id from account_persons where guardian_id = $1", person.adult_id
        )
        return account_id

    async def duplicates(self, account_id: UUID) -> dict[str, Any]:
        answer = await self.service.client.get(f"/accounts/{account_id}/duplicates", headers=self.headers)
        assert answer.status_code == 200, answer.text
        answered: dict[str, Any] = answer.json()
        return answered

    async def preview(self, kept: UUID, merged: UUID) -> httpx2.Response:
        return await self.service.client.get(f"/accounts/{kept}/duplicates/{merged}", headers=self.headers)

    async def merge(self, kept: UUID, merged: UUID, fingerprint: str | None = None) -> httpx2.Response:
        """Merge as previewed, or as somebody previewed it before."""
        if fingerprint is None:
            fingerprint = (await self.preview(kept, merged)).json().get("fingerprint", "0" * 64)
        body = {"merged_account_id": str(merged), "fingerprint": fingerprint}
        return await self.service.client.post(f"/accounts/{kept}/merges", json=body, headers=self.headers)

    async def undo(self, merge_id: str) -> httpx2.Response:
        return await self.service.client.post(f"/account-merges/{merge_id}/undoing", headers=self.headers)

    async def settled(self, *people: Adult) -> list[str]:
        """Open accounts for people, each with a file of their own, to the end; their sessions."""
        sessions = []
        for number, person in enumerate(people):
            mailed = await self.walk.invited(person)
            await self.walk.activate(mailed.activation_token)
            token = await self.walk.signed_in(mailed.username, mailed.temporary_password)
            chosen = await self.walk.choose(token, username=f"{PERSONAL_USERNAME}{number or ''}")
            opened = SessionOpened.model_validate_json(chosen.content).session_token
            if (await self.walk.session(opened)).stage == "enter_keys":
                keys = {code: service["key"] or "" for code, service in (await self.walk.own_services(opened)).items()}
                await self.walk.enter_keys(opened, **keys)
            assert (await self.walk.accept(opened)).status_code == 200
            sessions.append(opened)
        return sessions

    async def can_sign_in(self, login: str) -> int:
        """The status of a sign-in with the right password."""
        return (await self.walk.sign_in(login, PERSONAL_PASSWORD)).status_code
