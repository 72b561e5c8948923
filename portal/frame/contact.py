"""How an adult is reached, as a form: for the person themself and for agents, who may correct the e-mail address too.

Whoever has the form again after a refusal sees beside each field what is known by then: two who correct at once decide knowingly.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.api import change_contact, read_contact
from contracts.family.changes import PersonChange
from contracts.family.changes_api import list_changes
from contracts.family.child_events import ChangeStatus, FieldRule
from contracts.family.editing import EditedForm
from contracts.family.events import Address
from contracts.family.models import Contact, ContactChange, ContactHome
from contracts.identity.api import list_accounts
from contracts.telephones import shown_number
from contracts.types import AccountStatus, ActorKind
from gateway.calls import Refused, typed_as
from gateway.composing import permitted
from portal.frame.addresses import asked_back, asking, settled
from portal.frame.editing import Edited
from portal.frame.spaces import Screen, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

REQUESTS: Final = "/ma-famille"
"""Where a family follows what it asked for."""
AGAIN: Final = "demande"
"""The parameter of an address that names a refused request."""
HOME: Final = "foyer"
"""The parameter of the page's address that says whose address is corrected, where somebody has several homes."""
SHOWN: Final = "shown"
"""The first word of the hidden fields that say what the page showed, by field."""
TYPED_ADDRESS: Final = tuple(f"address.{name}" for name in ("street", "complement", "postal_code", "city", "country"))
CONTACT: Final = Form(ContactChange, "contact", ("version", "phone", "email", "address.household_id", *TYPED_ADDRESS))


async def show_contact(visit: Visit, adult_id: UUID, path: str, home_id: str) -> Response[Any]:
    """The form at an address, with a home of the adult's: the one that is named, or the only one."""
    contact = await visit.call(read_contact, adult_id)
    home = _home(contact, home_id)
    known = _known(contact, home)
    context: dict[str, Any] = {
        "contact": contact,
        "home": home,
        "known": known,
        "path": path,
        "is_town": visit.session.guardian_id is None,
        "editor": await Edited(EditedForm.CONTACT, adult_id).other_editor(visit),
        "what_follows": f"what_follows_{waits}" if (waits := await _waits(visit, adult_id)) else "what_follows",
    }
    refused = await _refused(visit)
    context["refused"] = refused
    form = visit.form(CONTACT, known | (_asked(refused) if refused else {}))
    form = replace(form, values={**known, **form.values})
    context["suggestions"] = await asked_back(visit, form)
    return visit.page("contact.html.j2", context, form=form)


async def correct_contact(visit: Visit, whose: UUID, page: Screen, back: str, **parameters: Any) -> Response[Any]:
    """Carry out what was typed in the form of a page, which shows it again when it is refused."""
    answer = await settled(visit, CONTACT.typed(visit.posted.values))
    typed = answer.typed
    home_id = typed.get("address.household_id")
    query = {HOME: home_id} if home_id else None
    edited = Edited(EditedForm.CONTACT, whose)
    if again := await edited.pressed(visit, FormState(_touched(visit, typed))):
        return await show_again(visit, page, again, query, **parameters)
    if answer.is_to_ask and _is_moved(visit, typed):
        return await show_again(visit, page, asking(visit, _touched(visit, typed)), query, **parameters)
    try:
        waits = await _waits(visit, whose)
        saved = await visit.call(change_contact, whose, typed_as(ContactChange, CONTACT.body(_to_send(visit, typed))))
    except Refused as refused:
        state = visit.refused(refused, _touched(visit, typed), CONTACT)
        return await show_again(visit, page, state, query, **parameters)
    await edited.leave(visit)
    if sent := _sent(visit, saved, typed):
        return visit.redirect(REQUESTS, FlashNotice("success", sent))
    is_moved = waits and bool(typed.get("email")) and "email" in _touched(visit, typed)
    return visit.redirect(back, FlashNotice("success", f"contact_saved_{waits}" if is_moved else "contact_saved"))


async def _waits(visit: Visit, adult_id: UUID) -> str:
    """Whether an agent corrects how somebody is reached who waits to open their space: `invited` where the invitation follows the address,
    `apart` where another adult keeps the former one, with what was sent to it."""
    if visit.session.kind is not ActorKind.AGENT:
        return ""
    part = await permitted(visit.call(list_accounts, adult_id))
    waiting = [
        account
        for account in (part.value.items if part and part.value else ())
        if account.status is AccountStatus.INVITED
        and (visit.portal.town.invites_at_once or account.invitation_expires_at is not None)
    ]
    if any(len(account.guardian_ids) > 1 for account in waiting):
        return "apart"
    return "invited" if waiting else ""


def _sent(visit: Visit, saved: Contact, typed: Mapping[str, str]) -> str:
    """What somebody is told of whom something waits for an agent, of whatever they touched; empty where nothing does."""
    names = _touched(visit, typed).keys() - {
        "address.household_id"
    }  # of which household the address is: nobody types it
    touched = {name.partition(".")[0] for name in names} & saved.rules.keys()
    waiting = {name for name in touched if saved.rules[name] is FieldRule.REQUEST}
    return ("change_sent_partly" if touched - waiting else "change_sent") if waiting else ""


async def _refused(visit: Visit) -> PersonChange | None:
    """The refused request that the address names, to be corrected and asked for again."""
    if not (named := visit.query(AGAIN)) or visit.session.guardian_id is None:
        return None
    own = (await visit.call(list_changes)).items
    return next((item for item in own if str(item.change_id) == named and item.status is ChangeStatus.REFUSED), None)


def _asked(change: PersonChange) -> dict[str, str]:
    """What a request asked for, by field as it would be typed."""
    after = change.after
    asked = {"email": after.email or "", "phone": shown_number(after.phone) if after.phone else ""}
    values = {name: value for name, value in asked.items() if name in change.fields}
    return values | (_address_typed(after.address) if after.address else {})


def _address_typed(address: Address) -> dict[str, str]:
    street, *complement = address.lines
    return {
        "address.street": street,
        "address.complement": " ".join(complement),
        "address.postal_code": address.postal_code,
        "address.city": address.city,
        "address.country": address.country or "",
    }


def _touched(visit: Visit, typed: Mapping[str, str]) -> dict[str, str]:
    """What somebody changed of what their page showed: the rest is shown as it is known by then, and not sent again as it was."""
    return {name: value for name, value in typed.items() if value != visit.posted.get(f"{SHOWN}.{name}")}


def _is_moved(visit: Visit, typed: Mapping[str, str]) -> bool:
    """Whether the address is another one than the page showed: nobody is asked about what they did not type."""
    return any(name in TYPED_ADDRESS for name in _touched(visit, typed))


def _to_send(visit: Visit, typed: Mapping[str, str]) -> dict[str, str]:
    """What is sent: no address where the page showed none, since it is protected, and none was typed."""
    was_shown = any(visit.posted.get(f"{SHOWN}.{name}").strip() for name in TYPED_ADDRESS)
    is_asked = was_shown or any(typed.get(name, "").strip() for name in TYPED_ADDRESS)
    return {name: value for name, value in typed.items() if is_asked or not name.startswith("address.")}


def _home(contact: Contact, home_id: str) -> ContactHome | None:
    if not home_id and len(contact.homes) == 1:
        return contact.homes[0]
    return next((home for home in contact.homes if str(home.household_id) == home_id), None)


def _known(contact: Contact, home: ContactHome | None) -> dict[str, str]:
    """What is known, by field."""
    known = {"phone": shown_number(contact.phone) if contact.phone else "", "email": contact.email or ""}
    if home is None:
        return known
    if home.address is None:
        return known | dict.fromkeys(TYPED_ADDRESS, "")
    return known | _address_typed(home.address)
