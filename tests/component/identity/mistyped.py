"""A file that was written with a wrong address, and the stranger who reads it."""

from typing import Any
from uuid import uuid4

from tests.component.identity.walk import Walk, guardian

TYPED, RIGHT = "typed@famille.example", "right@famille.example"


class File:
    """The file of one adult, who was written with a wrong address; whoever reads that one opened the account."""

    def __init__(self, walk: Walk) -> None:
        self.walk, self.household_id, self.person = walk, uuid4(), guardian(TYPED)

    async def opened(self) -> str:
        """The stranger's session."""
        await self.walk.service.deliver(self.state())
        mailed = await self.walk.issued()
        await self.walk.activate(mailed.activation_token)
        chosen = await self.walk.choose(await self.walk.signed_in(mailed.username, mailed.temporary_password))
        return str(chosen.json()["session_token"])

    def state(self, **fields: Any) -> Any:
        """What the file says from now on."""
        self.person = self.person.model_copy(update={**fields, "revision": self.person.revision + len(fields)})
        return self.walk.household(self.person, household_id=self.household_id)

    async def corrected(self, email: str = RIGHT) -> None:
        """An agent wrote another address."""
        await self.walk.service.deliver(self.state(email=email, is_email_confirmed=False))

    async def ask_reset(self, email: str) -> None:
        body = {"email": email}
        asked = await self.walk.service.client.post("/password-resets", json=body, headers=self.walk.browser)
        assert asked.status_code == 202, asked.text
