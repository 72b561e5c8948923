"""What nobody who opens a file may miss: of its children, of the file itself, and of money."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from contracts.family.child_events import EntourageKind, InsuranceStatus
from contracts.family.models import Household
from contracts.family.protection_api import protect_address, show_address
from contracts.family.resources_api import change_quotient
from portal.agents.file.reading import Opened, value_of
from portal.agents.lifecycle.links import archive_notes
from portal.frame.errors import CONFIRMATION
from portal.frame.visit import Visit
from portal.kit.formats import money


@dataclass(frozen=True, slots=True)
class Warn:
    """What nobody who opens the file may miss, and where more of it stands."""

    kind: str
    icon: str
    text: str
    url: str = ""


def confirmation(step_up: str, back: str) -> str:
    """Where a proof is given before a part of a page is shown, and the way back."""
    return f"{CONFIRMATION}?{urlencode({'pour': step_up, 'retour': back})}"


def warns(visit: Visit, opened: Opened, today: date) -> Iterator[Warn]:
    """What nobody may miss: children first, then the file, then money."""
    yield from _of_health(visit, opened)
    yield from _of_custody(visit, opened, today)
    yield from _of_insurance(visit, opened)
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


def _of_insurance(visit: Visit, opened: Opened) -> Iterator[Warn]:
    """Children whose insurance is asked for and not known, or over. While that is not known, nothing is said: it is on the page of each child."""
    known = value_of(opened.insurances)
    for item in known.children if known else ():
        if item.status is not InsuranceStatus.VALID:
            name = opened.names.children.get(item.child_id, item.first_name)
            text = visit.portal.texts(f"agents.file.warn.insurance.{item.status}", name=name)
            yield Warn("warning", "document", text, f"/agents/enfants/{item.child_id}/assurance/{item.school_year}")


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
            f"{opened.path}/ressources#quotient" if visit.may(change_quotient) else people,
        )
    if any(account.invitation_refused_at for account in opened.known_accounts):
        yield Warn("warning", "mail", texts("agents.family.not_delivered"), people)
