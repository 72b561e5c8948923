"""Custody of a child at the counter: who answers for it, at which home it is when, on what that rests, and who pays what part of its days."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.billing.api import change_payer_shares, read_child_payers
from contracts.billing.payers import ChildPayers, PayerSharesChange
from contracts.family.api import (
    change_residence,
    change_responsibility,
    end_responsibility,
    read_custody,
    read_household,
)
from contracts.family.custody import ChildFile, HomeDaysChange, ResidenceChange, ResponsibilityChange, ResponsibilityEnd
from contracts.family.custody_api import change_home_days
from contracts.family.events import EvidenceKind
from contracts.types import Authority, ResidencePattern, ResponsibilityRole
from gateway.auth import WrongSpace
from gateway.calls import Refused, typed_as
from gateway.composing import permitted
from portal.agents.children.view import marks, weeks
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState
from portal.kit.amounts import count_typed

PATH: Final = "/agents/enfants/{child_id:uuid}/garde"
TIE: Final = "tie"
"""Of the form that ends a responsibility: the role and the adult, in one choice."""
SEPARATOR: Final = ":"
PERCENT_BASIS_POINTS: Final = 100
_EVIDENCE: Final = ("evidence_kind", "evidence_on", "evidence")
RESIDENCE: Final = Form(
    ResidenceChange,
    "agents.custody.residence",
    (
        "pattern",
        "household_ids.*",
        "anchor_on",
        "change_weekday",
        "change_hour",
        "second_home_days",
        "holidays_even_first_id",
        "starts_on",
        "ends_on",
        *_EVIDENCE,
    ),
)
DAYS: Final = Form(HomeDaysChange, "agents.custody.days", ("household_id", "starts_on", "ends_on"))
RESPONSIBILITY: Final = Form(
    ResponsibilityChange, "agents.custody.responsibility", ("role", "authority", "starts_on", "ends_on", *_EVIDENCE)
)
END: Final = Form(ResponsibilityEnd, "agents.custody.end", ("ends_on",))
SHARES: Final = Form(PayerSharesChange, "agents.custody.shares", ("starts_on", "ends_on"))


@page(PATH)
async def custody_page(visit: Visit, child_id: UUID) -> Response[Any]:
    """All that is known of a child's custody, and where it is in the weeks to come."""
    file, payers = await asyncio.gather(
        visit.call(read_custody, child_id), permitted(visit.call(read_child_payers, child_id))
    )
    context = {
        **_context(file),
        "payers": payers,
        "payer_names": _payer_names(payers.value if payers else None),
        "weeks": weeks(file.stays, marks(file)),
        "can_change": visit.may(change_residence),
        "can_share": visit.may(change_payer_shares),
    }
    return visit.page("agents/children/custody.html.j2", context, form=visit.form())


@page(f"{PATH}/residence")
async def residence_page(visit: Visit, child_id: UUID) -> Response[Any]:
    """The form of where a child lives."""
    file, texts = await visit.call(read_custody, child_id), visit.portal.texts
    context = {
        **_context(file),
        "patterns": [(item.value, texts(f"agents.custody.pattern.{item}")) for item in ResidencePattern],
        "weekdays": [(number, texts(f"agents.weekday.{number - 1}")) for number in range(1, 8)],
        "fortnight": [
            (number, texts(f"agents.custody.week_{number // 7 + 1}", day=texts(f"agents.weekday.{number % 7}")))
            for number in range(14)
        ],
        "evidences": _evidences(visit),
    }
    form = visit.form(RESIDENCE, {"starts_on": visit.portal.today().isoformat()})
    return visit.page("agents/children/residence.html.j2", context, form=form)


@action(f"{PATH}/residence")
async def save_residence(visit: Visit, child_id: UUID) -> Response[Any]:
    """Enter it."""
    days = visit.posted.all("second_home_days")
    typed: dict[str, Any] = {**RESIDENCE.typed(visit.posted.values), "second_home_days": days}
    body = RESIDENCE.body({name: value for name, value in typed.items() if not name.startswith("household_ids")})
    body["household_ids"] = [
        value for name, value in sorted(typed.items()) if name.startswith("household_ids") and value
    ]
    try:
        await visit.call(change_residence, child_id, typed_as(ResidenceChange, body))
    except Refused as refused:
        form = _by_group(visit.refused(refused, typed, RESIDENCE), "second_home_days")
        return await show_again(visit, residence_page, form, child_id=child_id)
    return visit.redirect(custody_page.address({"child_id": child_id}), FlashNotice("success", "residence_saved"))


@page(f"{PATH}/jours")
async def days_page(visit: Visit, child_id: UUID) -> Response[Any]:
    """The form of days by hand."""
    file = await visit.call(read_custody, child_id)
    return visit.page("agents/children/days.html.j2", _context(file), form=visit.form(DAYS))


@action(f"{PATH}/jours")
async def save_days(visit: Visit, child_id: UUID) -> Response[Any]:
    """Enter them, or have the pattern count again."""
    typed = DAYS.typed(visit.posted.values)
    try:
        await visit.call(change_home_days, child_id, typed_as(HomeDaysChange, DAYS.body(typed)))
    except Refused as refused:
        return await show_again(visit, days_page, visit.refused(refused, typed, DAYS), child_id=child_id)
    return visit.redirect(custody_page.address({"child_id": child_id}), FlashNotice("success", "home_days_saved"))


@page(f"{PATH}/responsables")
async def responsibilities_page(visit: Visit, child_id: UUID) -> Response[Any]:
    """The forms that enter and end what an adult is to a child."""
    file, texts = await visit.call(read_custody, child_id), visit.portal.texts
    roles = [(role.value, texts(f"agents.custody.role.{role}")) for role in ResponsibilityRole]
    names = dict(roles)
    context = {
        **_context(file),
        "adults": await _adults(visit, file),
        "roles": roles,
        "authorities": [(item.value, texts(f"agents.custody.authority.{item}")) for item in Authority],
        "ties": [
            (f"{item.role}{SEPARATOR}{item.adult_id}", f"{item.adult_name} · {names[item.role]}")
            for item in file.responsibilities
        ],
        "evidences": _evidences(visit),
    }
    form = visit.form(RESPONSIBILITY, {"starts_on": visit.portal.today().isoformat()})
    return visit.page("agents/children/responsibilities.html.j2", context, form=form)


@action(f"{PATH}/responsables")
async def save_responsibility(visit: Visit, child_id: UUID) -> Response[Any]:
    """Enter what an adult is to the child."""
    typed = RESPONSIBILITY.typed(visit.posted.values)
    adult_id = visit.posted.get("adult_id")
    try:
        body = typed_as(ResponsibilityChange, RESPONSIBILITY.body(typed))
        await visit.call(change_responsibility, child_id, _adult_named(adult_id), body)
    except Refused as refused:
        form = visit.refused(refused, {**typed, "adult_id": adult_id}, RESPONSIBILITY)
        return await show_again(visit, responsibilities_page, form, child_id=child_id)
    return visit.redirect(custody_page.address({"child_id": child_id}), FlashNotice("success", "responsibility_saved"))


@action(f"{PATH}/responsables/fin")
async def stop_responsibility(visit: Visit, child_id: UUID) -> Response[Any]:
    """Enter the last day on which an adult is this to the child."""
    typed = END.typed(visit.posted.values)
    role, _, adult_id = visit.posted.get(TIE).partition(SEPARATOR)
    try:
        body = typed_as(ResponsibilityEnd, {**END.body(typed), "role": role})
        await visit.call(end_responsibility, child_id, _adult_named(adult_id), body)
    except Refused as refused:
        form = visit.refused(refused, {**typed, TIE: visit.posted.get(TIE)}, END)
        return await show_again(visit, responsibilities_page, form, child_id=child_id)
    return visit.redirect(custody_page.address({"child_id": child_id}), FlashNotice("success", "responsibility_saved"))


@page(f"{PATH}/parts")
async def shares_page(visit: Visit, child_id: UUID) -> Response[Any]:
    """The form of who pays what part of a child's days."""
    file, payers = await asyncio.gather(visit.call(read_custody, child_id), visit.call(read_child_payers, child_id))
    context = {**_context(file), "payers": payers.payers, "payer_names": _payer_names(payers)}
    form = visit.form(SHARES, {"starts_on": visit.portal.today().isoformat()})
    return visit.page("agents/children/shares.html.j2", context, form=form)


@action(f"{PATH}/parts")
async def save_shares(visit: Visit, child_id: UUID) -> Response[Any]:
    """Enter it; without any part, the home where the child is pays again."""
    typed = SHARES.typed(visit.posted.values)
    parts = {name: value for name, value in visit.posted.values.items() if name.startswith("part.") and value.strip()}
    shares = [
        {
            "payer_id": name.removeprefix("part."),
            "share_basis_points": points * PERCENT_BASIS_POINTS
            if isinstance(points := count_typed(value), int)
            else points,
        }
        for name, value in parts.items()
    ]
    try:
        await visit.call(
            change_payer_shares, child_id, typed_as(PayerSharesChange, {**SHARES.body(typed), "shares": shares})
        )
    except Refused as refused:
        return await show_again(
            visit, shares_page, visit.refused(refused, {**typed, **parts}, SHARES), child_id=child_id
        )
    return visit.redirect(custody_page.address({"child_id": child_id}), FlashNotice("success", "shares_saved"))


def _context(file: ChildFile) -> dict[str, Any]:
    homes = marks(file)
    return {
        "file": file,
        "homes": homes,
        "home_options": [(str(home.household_id), home.name) for home in homes.values()],
        "url": custody_page.address({"child_id": file.child_id}),
    }


def _evidences(visit: Visit) -> list[tuple[str, str]]:
    return [(item.value, visit.portal.texts(f"agents.custody.evidence_of.{item}")) for item in EvidenceKind]


async def _adults(visit: Visit, file: ChildFile) -> list[tuple[str, str]]:
    """Whom a responsibility may be entered of: the adults of the child's homes, and those who have one already."""
    homes = await asyncio.gather(*(visit.call(read_household, household_id) for household_id in marks(file)))
    known = {str(item.adult_id): item.adult_name for item in file.responsibilities}
    known |= {str(adult.adult_id): f"{adult.first_name} {adult.last_name}" for home in homes for adult in home.adults}
    return sorted(known.items(), key=lambda item: item[1])


def _adult_named(text: str) -> UUID:
    """The adult whom a choice of the form names. Raises WrongSpace: it is none that the form has."""
    try:
        return UUID(text)
    except ValueError:
        raise WrongSpace from None


def _payer_names(payers: ChildPayers | None) -> Mapping[UUID, str]:
    return {payer.payer_id: payer.name or "" for payer in payers.payers} if payers else {}


def _by_group(form: FormState, group: str) -> FormState:
    """A form whose choices are one field: what is wrong with one of them is wrong with the group."""
    errors = {
        name.partition(".")[0] if name.startswith(f"{group}.") else name: text for name, text in form.errors.items()
    }
    return replace(form, errors=errors)


PAGES = [
    custody_page,
    residence_page,
    save_residence,
    days_page,
    save_days,
    responsibilities_page,
    save_responsibility,
    stop_responsibility,
    shares_page,
    save_shares,
]
