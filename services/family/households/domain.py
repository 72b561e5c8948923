"""What makes a household's file acceptable, and by which words it is found."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from chassis.clock import age_on
from chassis.comparing import comparable, comparable_name
from chassis.refusal import FieldRefusal, Invalid, Refusal
from contracts.event import Event
from contracts.family.events import (
    Address,
    Child,
    ChildAdded,
    Guardian,
    HouseholdCreated,
    HouseholdState,
    Quotient,
    QuotientState,
)

from ..errors import HouseholdAlreadyExists
from ..quotients.domain import AcceptedDays, day_fault

MAJORITY_YEARS = 18
GUARDIAN_POINTERS = ("/guardian", "/co_guardian")
ADDRESS_POINTERS = ("/address/street", "/address/complement")
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class KnownFiles:
    """What the town's files already say about the people of a new one.

    `references` gives the file in which an invited address stands, by `comparable_email`; `twin` is the reference of a
    file where the same guardian has the same child.
    """

    references: Mapping[str, str]
    twin: str | None


@dataclass(frozen=True, slots=True)
class HouseholdOpening:
    """A file that may be opened: its state, and the events that say so, states first."""

    state: HouseholdState
    events: tuple[Event, ...]


def open_household(
    draft: HouseholdState, quotient: Quotient | None, known: KnownFiles, today: date, quotient_days: AcceptedDays
) -> HouseholdOpening | Refusal:
    """Decide on a new file. Names are kept as typed but for spaces; `draft.guardians` starts with the payer."""
    faults = [*_text_faults(draft), *_email_faults(draft, known), *_child_faults(draft, today)]
    if quotient and (fault := day_fault(quotient, quotient_days, "/quotient")):
        faults.append(fault)
    if faults:
        return Invalid(*faults)
    if known.twin is not None:
        return HouseholdAlreadyExists(reference=known.twin)
    state = _with_single_spaces(draft)
    household_id, at = state.household_id, state.created_at
    quotients = [QuotientState(household_id=household_id, quotients=(quotient,))] if quotient else []
    children = [ChildAdded(household_id=household_id, child_id=child.child_id, added_at=at) for child in state.children]
    return HouseholdOpening(
        state, (state, *quotients, HouseholdCreated(household_id=household_id, created_at=at), *children)
    )


def comparable_email(email: str) -> str:
    """An address as it is compared: mail providers do not tell case apart."""
    return email.casefold()


def search_words(state: HouseholdState) -> list[str]:
    """Every word by which an agent finds the file, sorted: names, addresses, the reference and its bare number."""
    texts = [state.reference, state.reference.rpartition("-")[2].lstrip("0")]
    people: tuple[Guardian | Child, ...] = (*state.guardians, *state.children)
    for person in people:
        texts += [person.first_name, person.last_name]
    texts += [guardian.email for guardian in state.guardians if guardian.email]
    return sorted({word for text in texts for word in comparable(text).split()})


def _with_single_spaces(draft: HouseholdState) -> HouseholdState:
    def named(person: Guardian | Child) -> dict[str, str]:
        return {"first_name": _single_spaced(person.first_name), "last_name": _single_spaced(person.last_name)}

    address = Address(
        lines=tuple(_single_spaced(line) for line in draft.address.lines),
        postal_code=draft.address.postal_code,
        city=_single_spaced(draft.address.city),
    )
    return draft.model_copy(
        update={
            "address": address,
            "guardians": tuple(guardian.model_copy(update=named(guardian)) for guardian in draft.guardians),
            "children": tuple(child.model_copy(update=named(child)) for child in draft.children),
        }
    )


def _single_spaced(text: str) -> str:
    return " ".join(text.split())


def _text_faults(draft: HouseholdState) -> Iterator[FieldRefusal]:
    for pointer, text in _typed_texts(draft):
        if any(unicodedata.category(char) in _UNPRINTABLE for char in text):
            yield FieldRefusal(pointer, "unprintable_character")
        elif pointer.endswith(("name", "city")) and not any(char.isalpha() for char in text):
            yield FieldRefusal(pointer, "no_letter")


def _typed_texts(draft: HouseholdState) -> Iterator[tuple[str, str]]:
    for pointer, guardian in zip(GUARDIAN_POINTERS, draft.guardians, strict=False):
        yield f"{pointer}/first_name", guardian.first_name
        yield f"{pointer}/last_name", guardian.last_name
        if guardian.email is not None:
            yield f"{pointer}/email", guardian.email
    yield from zip(ADDRESS_POINTERS, draft.address.lines, strict=False)
    yield "/address/city", draft.address.city
    for position, child in enumerate(draft.children):
        yield f"/children/{position}/first_name", child.first_name
        yield f"/children/{position}/last_name", child.last_name


def _email_faults(draft: HouseholdState, known: KnownFiles) -> Iterator[FieldRefusal]:
    seen: dict[str, str] = {}
    for pointer, guardian in zip(GUARDIAN_POINTERS, draft.guardians, strict=False):
        if guardian.email is None:
            continue
        email = comparable_email(guardian.email)
        if email in known.references:
            yield FieldRefusal(f"{pointer}/email", "email_already_used", (("reference", known.references[email]),))
        elif email in seen:
            yield FieldRefusal(f"{pointer}/email", "email_repeated")
        seen[email] = pointer


def _child_faults(draft: HouseholdState, today: date) -> Iterator[FieldRefusal]:
    seen: set[tuple[str, date]] = set()
    for position, child in enumerate(draft.children):
        identity = (comparable_name(child.first_name, child.last_name), child.birth_on)
        if child.birth_on > today:
            yield FieldRefusal(f"/children/{position}/birth_on", "birth_in_future")
        elif age_on(child.birth_on, today) >= MAJORITY_YEARS:
            yield FieldRefusal(f"/children/{position}/birth_on", "child_of_age", (("years", MAJORITY_YEARS),))
        elif identity in seen:
            yield FieldRefusal(f"/children/{position}/first_name", "child_repeated")
        seen.add(identity)
