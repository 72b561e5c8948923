"""The file of a household as its head shows it: each part from the service that owns it, all at once, none waiting for another one's service."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final, ParamSpec, TypeVar
from uuid import UUID

from contracts.billing.api import list_tariffs, read_account
from contracts.billing.models import HouseholdAccount, Tariff
from contracts.booking.api import list_enrollments
from contracts.booking.models import Enrollment
from contracts.family.api import read_household
from contracts.family.circle import Circle, HealthFlags, HouseholdTimeline
from contracts.family.circle_api import health_flags, household_circle, household_timeline
from contracts.family.document_words import DocumentStatus
from contracts.family.documents import Document
from contracts.family.documents_api import list_documents
from contracts.family.insurance import Insurances
from contracts.family.insurance_api import household_insurances
from contracts.family.models import Household
from contracts.http import Page
from contracts.identity.api import list_accounts
from contracts.identity.models import Account
from contracts.operation import Operation
from gateway.composing import Part, if_proven
from portal.agents.file.names import Names, names_in
from portal.frame.visit import Visit

P = ParamSpec("P")
R = TypeVar("R")

PATH: Final = "/agents/familles/{household_id:uuid}"
HouseholdPart = asyncio.Task[Part[Household] | None]
"""The household while it is on its way: parts that need it wait for it, and for nothing else."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that somebody looks at. A part is None where it is not open to them. `accounts` are those of each adult, `to_decide` the
    documents that wait."""

    household_id: UUID
    household: Part[Household] | None
    enrollments: Part[Page[Enrollment]] | None
    account: Part[HouseholdAccount] | None
    years: Part[HouseholdTimeline] | None
    circle: Part[Circle] | None
    flags: Part[HealthFlags] | None
    tariffs: Part[Page[Tariff]] | None
    accounts: tuple[Part[Page[Account]] | None, ...]
    to_decide: Part[Page[Document]] | None
    insurances: Part[Insurances] | None

    @property
    def path(self) -> str:
        """Its first address."""
        return f"/agents/familles/{self.household_id}"

    @property
    def names(self) -> Names:
        """What its people are called."""
        return names_in(value_of(self.household), items_of(self.enrollments))

    @property
    def known_accounts(self) -> list[Account]:
        """The accounts of its adults, each once: one of several adults is answered for each of them."""
        known = {account.account_id: account for part in self.accounts for account in items_of(part)}
        return list(known.values())


def value_of(part: Part[R] | None) -> R | None:
    """What a part holds, if it is there."""
    return part.value if part else None


def items_of(part: Part[Page[Any]] | None) -> tuple[Any, ...]:
    """The rows of a part, none if it is not there."""
    return part.value.items if part and part.value else ()


async def part_of(visit: Visit, operation: Operation[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Part[R] | None:
    """A part of the screen; nothing, and no call, where the agent's work does not open it."""
    part = await if_proven(visit.call(operation, *args, **kwargs)) if visit.may(operation) else None
    if part and part.asks:
        # What is remembered of the session may be older than a proof that was given elsewhere.
        visit.sessions.forget(visit.visitor.session_token)
    return part


def household_of(visit: Visit, household_id: UUID) -> HouseholdPart:
    """The household, asked for now."""
    return asyncio.create_task(part_of(visit, read_household, household_id))


async def open_file(visit: Visit, household_id: UUID, household: HouseholdPart) -> Opened:
    """The file, for its head. Raises Refused: the household is not there, or nothing of it is open to whoever asks: an agent of a site who
    reads no files sees those of the children who come there."""
    (
        (known, years, circle, flags, insurances),
        (enrollments, account, tariffs, accounts, to_decide),
    ) = await asyncio.gather(
        asyncio.gather(
            household,
            part_of(visit, household_timeline, household_id),
            part_of(visit, household_circle, household_id),
            part_of(visit, health_flags, household_id),
            _insurances(visit, household_id),
        ),
        asyncio.gather(
            part_of(visit, list_enrollments, None, household_id),
            part_of(visit, read_account, household_id),
            _tariffs(visit),
            _accounts(visit, household),
            part_of(visit, list_documents, DocumentStatus.SENT, None, household_id),
        ),
    )
    opened = Opened(
        household_id, known, enrollments, account, years, circle, flags, tariffs, accounts, to_decide, insurances
    )
    if opened.household is None and (visit.may(read_household) or not opened.names.children):
        await visit.call(read_household, household_id)
    return opened


async def _tariffs(visit: Visit) -> Part[Page[Tariff]] | None:
    """The grids by which a quotient has a bracket: for whoever may see the quotient."""
    return await part_of(visit, list_tariffs) if visit.may(read_household) else None


async def _insurances(visit: Visit, household_id: UUID) -> Part[Insurances] | None:
    """Who insures the children, in a town that asks."""
    is_asked = visit.portal.town.asks_insurance
    return await part_of(visit, household_insurances, household_id) if is_asked else None


async def _accounts(visit: Visit, household: HouseholdPart) -> tuple[Part[Page[Account]] | None, ...]:
    known = value_of(await household)
    adults = known.adults if known else ()
    return tuple(await asyncio.gather(*(part_of(visit, list_accounts, adult.adult_id) for adult in adults)))
