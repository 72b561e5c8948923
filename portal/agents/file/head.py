"""The head of a file: whom it is about, its facts, what nobody may miss, the acts that an agent may do for the family, and the tabs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from litestar.exceptions import NotFoundException, PermissionDeniedException

from contracts.billing.api import billing_history, list_invoices, read_account
from contracts.billing.models import Tariff
from contracts.booking.api import (
    booking_history,
    change_bookings,
    household_calendar,
    list_enrollments,
    request_enrollment,
)
from contracts.family.api import change_kind, family_history, read_household
from contracts.family.documents_api import list_documents
from contracts.family.entourage_api import read_entourage
from contracts.family.events import Quotient
from contracts.family.protection_api import protect_address
from contracts.family.requests_api import enter_paper_request
from contracts.family.resources_api import change_quotient
from contracts.identity.api import identity_history, issue_service_key
from contracts.notifications.api import list_messages
from contracts.operation import Operation
from contracts.types import EnrollmentStatus
from portal.agents.file.crumb import file_crumb, subject_of
from portal.agents.file.reading import Opened, items_of, value_of
from portal.agents.file.warns import warns
from portal.agents.lifecycle.links import lifecycle_links
from portal.frame.certificates import certifies
from portal.frame.visit import Visit
from portal.kit.formats import date_words, money, time_words

LIVE: Final = frozenset({EnrollmentStatus.REQUESTED, EnrollmentStatus.VALIDATED})


@dataclass(frozen=True, slots=True)
class Tab:
    """A part of the file with an address of its own; `count` is said beside its name."""

    name: str
    url: str
    count: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """An act for the family, on a page of its own."""

    key: str
    url: str
    icon: str = ""


TABS: Final[Sequence[tuple[str, str, tuple[Operation[..., Any], ...]]]] = (
    ("overview", "", (read_household, list_enrollments, household_calendar)),
    ("people", "/personnes", (read_household,)),
    ("resources", "/ressources", (change_quotient,)),
    ("enrollments", "/inscriptions", (list_enrollments,)),
    ("bookings", "/reservations", (household_calendar,)),
    ("invoices", "/factures", (list_invoices, read_account)),
    ("documents", "/documents", (list_documents,)),
    ("messages", "/messages", (list_messages,)),
    ("history", "/historique", (family_history, booking_history, billing_history, identity_history)),
    ("timeline", "/frise", (read_household,)),
)
"""Each tab: its name, its address below the file's, and the operations of which one opens it."""


def head_of(visit: Visit, opened: Opened, current: str) -> dict[str, Any]:
    """What the frame of a file's tabs is given. Raises PermissionDeniedException: it is not of the agent's work; NotFoundException: nor of an organization."""
    shown = list(tabs(visit, opened, current))
    if not any(tab.is_current for tab in shown):
        operations = next(operations for key, _, operations in TABS if key == current)
        raise NotFoundException if any(map(visit.may, operations)) else PermissionDeniedException
    household, today = value_of(opened.household), visit.portal.today()
    first, others = deeds(visit, opened)
    return {
        "opened": opened,
        "household": household,
        "names": opened.names,
        "subject": subject_of(visit, opened),
        "crumb": file_crumb(household) if household else None,
        "is_overview": current == "overview",
        "facts": list(facts(visit, opened)),
        "warns": list(warns(visit, opened, today)),
        "deeds": first,
        "other_deeds": others,
        "tabs": shown,
        "tab_title": visit.portal.texts(f"agents.file.tabs.{current}"),
        "today": today,
    }


def facts(visit: Visit, opened: Opened) -> Iterator[tuple[str, str]]:
    """Label and value, each where it is known and open to whoever looks."""
    texts, household = visit.portal.texts, value_of(opened.household)
    if household and not household.organization and household.quotient:
        yield texts("agents.file.fact.quotient"), quotient_words(visit, opened, household.quotient)
    accounts = opened.known_accounts
    if household and accounts:
        own = [account for account in accounts if household.payer_adult_id in account.guardian_ids] or accounts
        seen, zone = own[0].last_sign_in_at, visit.portal.town.town.zone
        when = (
            texts("agents.file.seen", day=date_words(seen, zone), time=time_words(seen, zone))
            if seen
            else texts("agents.file.never_seen")
        )
        yield texts("agents.file.fact.account"), f"{texts(f'agents.file.account.{own[0].status}')}, {when}"
    if household and household.payer_adult_id and (payer := opened.names.adults.get(household.payer_adult_id)):
        yield texts("agents.file.fact.payer"), payer


def quotient_words(visit: Visit, opened: Opened, quotient: Quotient) -> str:
    """The quotient that counts, its bracket where every grid says the same, and until when it counts if that is known."""
    texts, today, years = visit.portal.texts, visit.portal.today(), value_of(opened.years)
    later = [row.effective_on for row in years.quotients if row.effective_on > today] if years else []
    brackets = _brackets(items_of(opened.tariffs), quotient.value_cents, today)
    parts = [
        money(quotient.value_cents),
        *([texts("agents.file.bracket", label=brackets[0])] if len(brackets) == 1 else []),
    ]
    until = (
        texts("agents.file.next_quotient", day=date_words(min(later)))
        if later
        else texts("agents.file.since", day=date_words(quotient.effective_on))
    )
    return ", ".join([*parts, until])


def _brackets(tariffs: Sequence[Tariff], cents: int, today: date) -> list[str]:
    """The names of the bracket that a quotient falls in, in the grids in force."""
    grids = {
        tariff.tariff_code: tariff
        for tariff in sorted(tariffs, key=lambda grid: grid.effective_on)
        if tariff.effective_on <= today
    }
    labels = {
        bracket.label
        for grid in grids.values()
        for bracket in grid.brackets
        if bracket.quotient_min_cents <= cents
        and (bracket.quotient_max_cents is None or cents < bracket.quotient_max_cents)
    }
    return sorted(labels)


def deeds(visit: Visit, opened: Opened) -> tuple[list[Deed], list[Deed]]:
    """What an agent may do for this family: what is done each day, and the rest."""
    household, path = value_of(opened.household), opened.path
    is_of_children = household is None or household.organization is None
    first = [
        Deed("book", f"{path}/reservations", "calendar") if is_of_children and visit.may(change_bookings) else None,
        Deed("enroll", f"{path}/inscrire", "plus") if is_of_children and visit.may(request_enrollment) else None,
    ]
    if household is None:
        return [deed for deed in first if deed], []
    has_keys = any(account.services for account in opened.known_accounts)
    others = [
        Deed("quotient", f"{path}/ressources#quotient") if is_of_children and visit.may(change_quotient) else None,
        Deed("entourage", f"{path}/entourage") if household.children and visit.may(read_entourage) else None,
        Deed("paper", f"{path}/demarche") if visit.may(enter_paper_request) else None,
        Deed("certificates", f"{path}/attestations") if certifies(visit) else None,
        Deed("keys", f"{path}/cles") if has_keys and visit.may(issue_service_key) else None,
        Deed("kind", f"{path}/type") if visit.may(change_kind) and len(visit.portal.town.kinds) > 1 else None,
        Deed("protection", f"{path}/protection") if visit.may(protect_address) else None,
        *(Deed(key, url) for key, url in lifecycle_links(visit, household)),
        Deed("accounts", f"{path}/personnes#comptes") if opened.known_accounts else None,
    ]
    return [deed for deed in first if deed], [deed for deed in others if deed]


def tabs(visit: Visit, opened: Opened, current: str) -> Iterator[Tab]:
    """The tabs that are open to whoever looks."""
    household = value_of(opened.household)
    is_of_organization = household is not None and household.organization is not None
    for key, place, operations in TABS:
        if is_of_organization and key in ("resources", "enrollments", "bookings"):
            continue
        if any(visit.may(operation) for operation in operations):
            yield Tab(
                visit.portal.texts(f"agents.file.tabs.{key}"),
                f"{opened.path}{place}",
                _count(visit, opened, key),
                key == current,
            )


def _count(visit: Visit, opened: Opened, key: str) -> str:
    household, account = value_of(opened.household), value_of(opened.account)
    if key == "people" and household:
        return str(len(household.adults) + len(household.children))
    if key == "enrollments" and opened.enrollments and opened.enrollments.value:
        return str(sum(row.status in LIVE for row in opened.enrollments.value.items))
    if key == "invoices" and account:
        due = sum(payer.unpaid_count for payer in (account.payer, *account.others) if payer)
        return visit.portal.texts("agents.file.tabs.due", count=due) if due else ""
    if key == "documents" and (waiting := items_of(opened.to_decide)):
        return visit.portal.texts("agents.file.tabs.to_decide", count=len(waiting))
    return ""
