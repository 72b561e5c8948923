"""Lists of households that an agent invites, and what becomes of their runs."""

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx2

from contracts.family.events import Adult, HouseholdState
from contracts.identity.events import CredentialIssued
from contracts.notifications.events import MessageFailed, MessageSent
from tests.component.identity.walk import Walk
from tests.factories.households import household_state
from tests.support.roles import Role
from tests.support.services import RunningService


@dataclass
class Desk:
    """An agent who invites, and the households of the town, by number."""

    service: RunningService
    walk: Walk
    households: dict[int, UUID] = field(default_factory=dict)

    async def household(self, number: int, *adults: Adult) -> HouseholdState:
        """A household whose file has this number."""
        household_id = self.households.setdefault(number, uuid4())
        state = household_state(household_id, adults, [], reference=reference(number))
        await self.service.deliver(state)
        return state

    async def propose(self, content: str | bytes = b"", choice: str = "file", **headers: str) -> httpx2.Response:
        """Send a list, or a choice without one."""
        octets = content.encode() if isinstance(content, str) else content
        body = {"label": "Rentrée", "choice": choice, "content": b64encode(octets).decode()}
        who = self.service.as_agent(Role.DIRECTOR) | self.service.key() | headers
        return await self.service.client.post("/invitation-runs", json=body, headers=who)

    async def proposed(self, content: str | bytes = b"", choice: str = "file") -> dict[str, Any]:
        """The run of a list."""
        answer = await self.propose(content, choice)
        assert answer.status_code == 201, answer.text
        run: dict[str, Any] = answer.json()
        return run

    async def confirm(self, run: dict[str, Any]) -> httpx2.Response:
        """Confirm a run."""
        path = f"/invitation-runs/{run['run_id']}/confirmation"
        return await self.service.client.post(path, headers=self.service.as_agent(Role.DIRECTOR))

    async def confirmed(self, *lines: int) -> dict[str, Any]:
        """A run of the files with these numbers that was confirmed."""
        run = await self.proposed("\n".join(map(reference, lines)))
        answer = await self.confirm(run)
        assert answer.status_code == 200, answer.text
        return run

    async def work(self) -> None:
        """Run the job of runs once, and the one that makes the secrets."""
        await self.service.run_job("invitation_runs")
        await self.service.run_job("issue_credentials")

    async def run(self, run: dict[str, Any]) -> dict[str, Any]:
        """A run as it is now."""
        headers = self.service.as_agent(Role.DIRECTOR)
        answer = await self.service.client.get(f"/invitation-runs/{run['run_id']}", headers=headers)
        assert answer.status_code == 200, answer.text
        read: dict[str, Any] = answer.json()
        return read

    async def report(self, run: dict[str, Any], **query: str) -> list[dict[str, Any]]:
        """The lines of a run's report."""
        path, headers = f"/invitation-runs/{run['run_id']}/lines", self.service.as_agent(Role.DIRECTOR)
        answer = await self.service.client.get(path, params={"limit": "100", **query}, headers=headers)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def findings(self, run: dict[str, Any]) -> list[tuple[int, str]]:
        """The number of each line of a report, and what it comes to."""
        return [(line["line_number"], line["finding"]) for line in await self.report(run)]

    async def issued(self) -> list[CredentialIssued]:
        """Every credential that was made so far."""
        return [event for event in await self.service.outbox() if isinstance(event, CredentialIssued)]

    async def delivered(self, *credentials: CredentialIssued) -> None:
        """The mail server takes these mails."""
        for credential in credentials:
            now = await self.service.db.now()
            await self.service.deliver(
                MessageSent(
                    message_id=uuid4(),
                    recipient_id=credential.account_id,
                    template="welcome",
                    sent_at=now,
                    credential_id=credential.credential_id,
                )
            )

    async def given_up(self, credential: CredentialIssued, cause: str) -> None:
        """A mail is given up."""
        now = await self.service.db.now()
        await self.service.deliver(
            MessageFailed(
                message_id=uuid4(),
                recipient_id=credential.account_id,
                template="welcome",
                cause=cause,
                failed_at=now,
                credential_id=credential.credential_id,
            )
        )


def reference(number: int) -> str:
    """The reference of a household's file."""
    return f"F-{number:06}"
