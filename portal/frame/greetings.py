"""How a family is greeted on each of its pages: by civility and name, as the household's file says, never by a user name."""

import asyncio
import time
from collections import OrderedDict
from typing import Final
from uuid import UUID

from contracts.family.api import my_household
from contracts.family.events import Adult
from contracts.identity.models import CurrentSession
from contracts.types import ActorKind, Civility
from gateway.auth import Visitor
from gateway.calls import Refused, Services
from gateway.composing import optional
from portal.kit import Texts

KNOWN_SECONDS: Final = 60.0
UNKNOWN_SECONDS: Final = 10.0
"""How long a page is not kept waiting again for a name that could not be had."""
WAIT_SECONDS_MAX: Final = 0.3
"""A greeting is worth no longer a wait."""
GUARDIANS_MAX: Final = 20_000


class Greetings:
    """Greetings by guardian, each remembered for a minute."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._known: OrderedDict[UUID, tuple[float, str]] = OrderedDict()

    def of(self, session: CurrentSession) -> str:
        """The greeting of whoever is signed in, as far as it is known. An agent is called by first and last name."""
        if session.kind is not ActorKind.PARENT:
            return session.name or session.username
        known = self._known.get(session.guardian_id) if session.guardian_id else None
        return known[1] if known else self._texts("session.hello")

    async def learn(self, visitor: Visitor, services: Services) -> None:
        """Ask who it is before a page is shown to them, unless that is known. No file, or one of several to be chosen, is asked for again."""
        guardian_id = visitor.session.guardian_id if visitor.session and visitor.is_ready else None
        if guardian_id is None or ((known := self._known.get(guardian_id)) and time.monotonic() < known[0]):
            return
        try:
            guardian = await self._read(guardian_id, visitor, services)
        except Refused:
            return
        seconds = KNOWN_SECONDS if guardian else UNKNOWN_SECONDS
        words = self.words(guardian) if guardian else self._texts("session.hello")
        self._known[guardian_id] = (time.monotonic() + seconds, words)
        self._known.move_to_end(guardian_id)
        while len(self._known) > GUARDIANS_MAX:
            self._known.popitem(last=False)

    async def _read(self, guardian_id: UUID, visitor: Visitor, services: Services) -> Adult | None:
        try:
            async with asyncio.timeout(WAIT_SECONDS_MAX):
                household = await optional(services.call(visitor.caller, my_household))
        except TimeoutError:
            return None
        guardians = household.value.adults if household.value else ()
        return next((guardian for guardian in guardians if guardian.adult_id == guardian_id), None)

    def words(self, guardian: Adult) -> str:
        """ "Bonjour Monsieur TESTEUR", or with the first name for whoever gave no civility."""
        last_name = guardian.last_name.upper()
        if guardian.civility is Civility.NONE:
            return self._texts("session.greeting_plain", first_name=guardian.first_name, last_name=last_name)
        civility = self._texts(f"home.civility.{guardian.civility}")
        return self._texts("session.greeting", civility=civility, last_name=last_name)
