"""What is known of a child's health, as a form: for its family, and for agents on behalf of one.

Whoever has the form again after a refusal sees beside each field what is known by then, and keeps what they changed: two parents who change it
at once decide knowingly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.child_events import Allergen, Diet
from contracts.family.children_api import change_health, read_health
from contracts.family.editing import EditedForm
from contracts.family.health import Health, HealthChange
from gateway.calls import Refused, typed_as
from portal.frame.editing import Edited
from portal.frame.spaces import Screen, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

SHOWN: Final = "shown"
"""The first word of the hidden fields that say what the page showed, by field."""
SEPARATOR: Final = ","
HEALTH: Final = Form(
    HealthChange,
    "health",
    (
        *("allergens", "other_allergies", "has_pai", "pai_ends_on", "conduct", "treatments", "diet", "has_own_lunch"),
        *("doctor_name", "doctor_phone"),
    ),
)
Value = str | Sequence[str]


async def show_health_form(visit: Visit, child_id: UUID, path: str, *, is_town: bool) -> Response[Any]:
    """The form at an address, with what is known now."""
    health = await visit.call(read_health, child_id)
    known, texts = values_of(health), visit.portal.texts
    edited = Edited(EditedForm.HEALTH, child_id)
    context = {
        "health": health,
        "known": {name: flat(value) for name, value in known.items()},
        "path": path,
        "is_town": is_town,
        "editor": await edited.other_editor(visit),
        "allergens": [(item.value, texts(f"health.allergen.{item}")) for item in Allergen],
        "diets": [(item.value, texts(f"health.diets.{item}")) for item in Diet],
    }
    form = visit.form(HEALTH, known)
    return visit.page("health_form.html.j2", context, form=replace(form, values={**known, **form.values}))


async def save_health(visit: Visit, child_id: UUID, page: Screen, back: str) -> Response[Any]:
    """Carry out what was typed in the form of a page, which shows it again when it is refused."""
    typed: dict[str, Value] = {
        name: visit.posted.all(name) if name == "allergens" else visit.posted.get(name) for name in HEALTH.fields
    }
    edited = Edited(EditedForm.HEALTH, child_id)
    if again := await edited.pressed(visit, FormState(_touched(visit, typed))):
        return await show_again(visit, page, again, child_id=child_id)
    try:
        body = HEALTH.body(typed) | {"revision": visit.posted.get("revision")}
        await visit.call(change_health, child_id, typed_as(HealthChange, body))
    except Refused as refused:
        state = visit.refused(refused, {}, HEALTH)
        return await show_again(visit, page, replace(state, values=_touched(visit, typed)), child_id=child_id)
    await edited.leave(visit)
    return visit.redirect(back, FlashNotice("success", "health_saved"))


def _touched(visit: Visit, typed: Mapping[str, Value]) -> dict[str, Value]:
    """What somebody changed of what their page showed; the rest is shown as it is known by then."""
    return {name: value for name, value in typed.items() if flat(value) != flat(visit.posted.get(f"{SHOWN}.{name}"))}


def flat(value: Value) -> str:
    """A value as one text, whichever way a browser ends its lines."""
    text = value if isinstance(value, str) else SEPARATOR.join(value)
    return text.replace("\r\n", "\n").strip()


def values_of(health: Health) -> dict[str, Value]:
    """What is known, by field, as it would be typed."""
    return {
        "allergens": [item.value for item in health.allergens],
        "other_allergies": health.other_allergies,
        "has_pai": "1" if health.has_pai else "0",
        "pai_ends_on": health.pai_ends_on.isoformat() if health.pai_ends_on else "",
        "conduct": health.conduct,
        "treatments": health.treatments,
        "diet": health.diet.value,
        "has_own_lunch": "1" if health.has_own_lunch else "",
        "doctor_name": health.doctor_name,
        "doctor_phone": health.doctor_phone or "",
    }
