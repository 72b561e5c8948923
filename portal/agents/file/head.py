"""The head of a file: whom it is about, its facts, what nobody may miss, the acts that an agent may do for the family, and the tabs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

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
from contracts.family.api import change_kind, change_quotient, family_history, read_household
from contracts.family.child_events import EntourageKind
from contracts.family.documents_api import list_documents
from contracts.family.entourage_api import read_entourage
from contracts.family.events import Quotient
from contracts.family.models import Household
from contracts.family.protection_api import protect_address, show_address
from contracts.identity.api import identity_history, issue_service_key
from contracts.notifications.api import list_messages
from contracts.operation import Operation
from contracts.types import EnrollmentStatus
from portal.agents.file.reading import Opened, items_of, value_of
from portal.agents.lifecycle.links import archive_notes, lifecycle_links
from portal.frame.certificates import certifies
from portal.frame.errors import CONFIRMATION
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
class Warn:
    """What nobody who opens the file may miss, and where more of it stands."""

    kind: str
    icon: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """An act for the family, on a page of its own."""

    key: str
    url: str
    icon: str = ""


TABS: Final[Sequence[tuple[str, str, tuple[Operation[..., Any], ...]]]] = (
    ("overview", "", (read_household, list_enrollments, household_calendar)),
    ("people", "/personnes", (read_household,)),
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
        "subject": _subject(visit, opened),
        "facts": list(facts(visit, opened)),
        "warns": list(warns(visit, opened, today)),
        "deeds": first,
        "other_deeds": others,
        "tabs": shown,
        "tab_title": visit.portal.texts(f"agents.file.tabs.{current}"),
        "today": today,
    }


def confirmation(step_up: str, back: str) -> str:
    """Where a proof is given before a part of a page is shown, and the way back."""
    return f"{CONFIRMATION}?{urlencode({'pour': step_up, 'retour': back})}"


def _subject(visit: Visit, opened: Opened) -> str:
    """Whose file it is, in a title."""
    texts, household = visit.portal.texts, value_of(opened.household)
    if household is None:
        return texts("agents.file.subject_children", names=", ".join(opened.names.children.values()) or "–")
    if household.organization:
        return household.organization.legal_name
    adults = sorted(household.adults, key=lambda adult: adult.adult_id != household.payer_adult_id)
    return (
        texts("agents.family.title", name=adults[0].last_name.upper())
        if adults
        else texts("agents.file.subject_nobody")
    )


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


def warns(visit: Visit, opened: Opened, today: date) -> Iterator[Warn]:
    """What nobody may miss: children first, then the file, then money."""
    yield from _of_health(visit, opened)
    yield from _of_custody(visit, opened, today)
    texts, household, account = visit.portal.texts, value_of(opened.household), value_of(opened.account)
    if household and household.is_address_protected:
        may_see = visit.may(protect_address) or visit.may(show_address)
        url = f"{opened.path}/protection" if may_see else ""
        yield Warn("error", "lock", texts("protection.badge"), url)
    if household:
        yield from (Warn("info", "folder", *note) for note in archive_notes(visit, household))
        yield from _missing(visit, opened, household)
    owed = [payer for payer in (account.payer, *account.others) if payer] if account else []
    if due := sum(payer.balance_cents + payer.credit_cents for payer in owed if payer.unpaid_count):
        text = texts("agents.file.warn.unpaid", count=sum(payer.unpaid_count for payer in owed), amount=money(due))
        yield Warn("warning", "invoice", text, f"{opened.path}/factures")


def _of_health(visit: Visit, opened: Opened) -> Iterator[Warn]:
    texts, flags = visit.portal.texts, opened.flags
    if flags is None:
        return
    if flags.value is None:
        yield _not_shown(visit, opened, "health", flags.asks)
        return
    for flag in flags.value.children:
        name, url = opened.names.children.get(flag.child_id, ""), f"/agents/enfants/{flag.child_id}/sante"
        if flag.has_pai:
            yield Warn("error", "health", texts("agents.file.warn.pai", name=name), url)
        if flag.has_allergies:
            yield Warn("error", "health", texts("agents.file.warn.allergy", name=name), url)


def _of_custody(visit: Visit, opened: Opened, today: date) -> Iterator[Warn]:
    texts, circle = visit.portal.texts, opened.circle
    if circle is None:
        return
    if circle.value is None:
        yield _not_shown(visit, opened, "custody", circle.asks)
        return
    for person in circle.value.people:
        is_over = person.ends_on is not None and person.ends_on < today
        if person.kind is EntourageKind.FORBIDDEN and not is_over:
            name = f"{person.first_name} {person.last_name.upper()}"
            text = texts("agents.file.warn.forbidden", children=opened.names.of(person.child_ids), name=name)
            yield Warn("error", "warning", text, f"{opened.path}/entourage")
    for child in circle.value.children:
        if len({home.household_id for home in child.homes}) > 1:
            text = texts("agents.file.warn.two_homes", name=opened.names.children.get(child.child_id, child.first_name))
            yield Warn("info", "home", text, f"/agents/enfants/{child.child_id}/garde")


def _not_shown(visit: Visit, opened: Opened, what: str, asks: str) -> Warn:
    """In the place of warnings that are not known: for want of a proof, or of an answer."""
    texts = visit.portal.texts
    if asks:
        return Warn("neutral", "lock", texts(f"agents.file.warn.{what}_locked"), confirmation(asks, opened.path))
    return Warn("warning", "warning", texts(f"agents.file.warn.{what}_silent"), opened.path)


def _missing(visit: Visit, opened: Opened, household: Household) -> Iterator[Warn]:
    texts, people = visit.portal.texts, f"{opened.path}/personnes"
    if household.payer_adult_id is None and not household.organization:
        yield Warn("warning", "user", texts("agents.file.warn.no_payer"), people)
    if household.quotient is None and not household.organization:
        yield Warn(
            "warning",
            "edit",
            texts("agents.file.warn.no_quotient"),
            f"{people}#quotient" if visit.may(change_quotient) else people,
        )
    if any(account.invitation_refused_at for account in opened.known_accounts):
        yield Warn("warning", "mail", texts("agents.family.not_delivered"), people)


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
        Deed("quotient", f"{path}/personnes#quotient") if is_of_children and visit.may(change_quotient) else None,
        Deed("entourage", f"{path}/entourage") if household.children and visit.may(read_entourage) else None,
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
        if is_of_organization and key in ("enrollments", "bookings"):
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
    return ""
