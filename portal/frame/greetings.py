"""Who the header of a page names and its home page greets: by civility and name, as the household's file says, never by a user name."""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from contracts.family.api import my_household
from contracts.family.events import Adult, Organization
from contracts.family.models import Household
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


Looking = tuple[UUID, UUID | None]
"""A guardian, and the file that they chose to look at among several."""


@dataclass(frozen=True, slots=True)
class Salutation:
    """How somebody is greeted and named; no name where nobody can say it. `is_organization`: they look at the file of one, which is greeted."""

    greeting: str
    name: str = ""
    initials: str = ""
    is_organization: bool = False


class Greetings:
    """Salutations by guardian and by the file that they look at, each remembered for a minute."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._known: OrderedDict[Looking, tuple[float, Salutation]] = OrderedDict()

    def of(self, visitor: Visitor) -> Salutation:
        """Of whoever is signed in, as far as it is known. An agent is called by first and last name."""
        session = visitor.require_session()
        if session.kind is not ActorKind.PARENT:
            name = session.name or session.username
            return Salutation(name, name, initials(*name.split()))
        known = self._known.get(looking) if (looking := looking_of(visitor)) else None
        return known[1] if known else self._unnamed()

    def is_organization(self, visitor: Visitor) -> bool:
        """Whether whoever visits looks at the file of an organization, as far as it is known."""
        looking = looking_of(visitor)
        known = self._known.get(looking) if looking else None
        return known is not None and known[1].is_organization

    async def learn(self, visitor: Visitor, services: Services) -> None:
        """Ask who it is before a page is shown to them, unless that is known. No file, or one of several to be chosen, is asked for again."""
        looking = looking_of(visitor) if visitor.is_ready else None
        if looking is None or ((known := self._known.get(looking)) and time.monotonic() < known[0]):
            return
        try:
            household = await self._read(visitor, services)
        except Refused:
            return
        if household is None or not self.hear(visitor, household):
            self._remember(looking, self._unnamed(), UNKNOWN_SECONDS)

    def hear(self, visitor: Visitor, household: Household) -> bool:
        """Remember who somebody is, whose file a page read anyway; whether it names them."""
        looking = looking_of(visitor)
        guardian = next((adult for adult in household.adults if looking and adult.adult_id == looking[0]), None)
        if looking is None or guardian is None:
            return False
        self._remember(looking, self.salutation(guardian, household.organization), KNOWN_SECONDS)
        return True

    def _remember(self, looking: Looking, salutation: Salutation, seconds: float) -> None:
        self._known[looking] = (time.monotonic() + seconds, salutation)
        self._known.move_to_end(looking)
        while len(self._known) > GUARDIANS_MAX:
            self._known.popitem(last=False)

    async def _read(self, visitor: Visitor, services: Services) -> Household | None:
        try:
            async with asyncio.timeout(WAIT_SECONDS_MAX):
                return (await optional(services.call(visitor.caller, my_household))).value
        except TimeoutError:
            return None

    def _unnamed(self) -> Salutation:
        return Salutation(self._texts("session.hello"))

    def salutation(self, guardian: Adult, organization: Organization | None = None) -> Salutation:
        """ "Bonjour Monsieur TESTEUR", or with the first name for whoever gave no civility; an organization by its legal name."""
        if organization is not None:
            name = organization.legal_name
            greeting = self._texts("session.greeting_organization", legal_name=name)
            return Salutation(greeting, name, initials(*name.split()), is_organization=True)
        last_name = guardian.last_name.upper()
        name = f"{guardian.first_name} {guardian.last_name}"
        letters = initials(guardian.first_name, guardian.last_name)
        if guardian.civility is Civility.NONE:
            greeting = self._texts("session.greeting_plain", first_name=guardian.first_name, last_name=last_name)
            return Salutation(greeting, name, letters)
        civility = self._texts(f"home.civility.{guardian.civility}")
        greeting = self._texts("session.greeting", civility=civility, last_name=last_name)
        return Salutation(greeting, f"{civility} {name}", letters)


def looking_of(visitor: Visitor) -> Looking | None:
    """Who looks at which file; None for whoever is no parent."""
    session = visitor.session
    if session is None or session.kind is not ActorKind.PARENT or session.guardian_id is None:
        return None
    return session.guardian_id, visitor.household.household_id if visitor.household else None


def initials(*names: str) -> str:
    """The first letters of the first name and of the last one."""
    ends = (names[0], names[-1]) if len(names) > 1 else names
    return "".join(name[:1] for name in ends).upper()
