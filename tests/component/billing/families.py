"""Families, activities and bookings as the other services would publish them to billing."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from contracts.billing.payers import payer_id_of
from contracts.booking.events import (
    ActivitySite,
    ActivityState,
    ActivityUnit,
    AttendanceRecorded,
    BookingCancelled,
    BookingConfirmed,
)
from contracts.event import Envelope
from contracts.family.events import HouseholdState, Quotient, QuotientState
from contracts.types import ActivityKind, Attendance, QuotientSource
from tests.factories.households import KnownChild, adult, household_state
from tests.support.roles import Role
from tests.support.services import RunningService

WEDNESDAY = date(2026, 9, 2)
MOMENT = datetime(2026, 8, 20, 10, tzinfo=UTC)

LEISURE_GRID: dict[str, Any] = {
    "label": "Centre de loisirs, journée",
    "effective_on": "2026-01-01",
    "brackets": [
        {"label": "Tranche 1", "quotient_min_cents": 0, "quotient_max_cents": 60_000, "price_cents": 450},
        {"label": "Tranche 2", "quotient_min_cents": 60_000, "quotient_max_cents": 120_000, "price_cents": 920},
        {"label": "Tranche 3", "quotient_min_cents": 120_000, "quotient_max_cents": None, "price_cents": 1480},
    ],
}


@dataclass
class Family:
    """A household with one child, and the booked days of that child."""

    household_id: UUID = field(default_factory=uuid4)
    guardian_id: UUID = field(default_factory=uuid4)
    child_id: UUID = field(default_factory=uuid4)
    email: str | None = "camille.martin@example.org"
    last_name: str = "Martin"
    child_first_name: str = "Lina"

    @property
    def payer_id(self) -> UUID:
        """The guardian as who pays for the household."""
        return payer_id_of(self.household_id, self.guardian_id)

    def state(self) -> HouseholdState:
        """The household's state."""
        payer = adult(self.guardian_id, last_name=self.last_name, email=self.email)
        child = KnownChild(self.child_id, self.child_first_name, self.last_name)
        return household_state(self.household_id, [payer], [child])

    def quotient(self, value_cents: int, effective_on: date = date(2026, 1, 1)) -> QuotientState:
        """The household's only quotient."""
        quotient = Quotient(value_cents=value_cents, effective_on=effective_on, source=QuotientSource.CAF)
        return QuotientState(household_id=self.household_id, quotients=(quotient,))


@dataclass
class Booked:
    """A booked day and the events of its life."""

    family: Family
    activity_id: UUID
    service_on: date = WEDNESDAY
    booking_id: UUID = field(default_factory=uuid4)
    slot_id: UUID = field(default_factory=uuid4)
    attendance_id: UUID = field(default_factory=uuid4)

    def _common(self) -> dict[str, Any]:
        return {
            "booking_id": self.booking_id,
            "household_id": self.family.household_id,
            "child_id": self.family.child_id,
            "activity_id": self.activity_id,
            "unit_code": "day",
            "slot_id": self.slot_id,
            "service_on": self.service_on,
        }

    def confirmed(self) -> BookingConfirmed:
        """The place was taken."""
        return BookingConfirmed(**self._common(), basket_id=uuid4(), confirmed_at=MOMENT)

    def cancelled(self, *, is_chargeable: bool = False) -> BookingCancelled:
        """The place was given back, in time or not."""
        return BookingCancelled(**self._common(), is_chargeable=is_chargeable, cancelled_at=MOMENT)

    def attended(self, attendance: str = Attendance.PRESENT, recorded_at: datetime = MOMENT) -> AttendanceRecorded:
        """The sheet was closed."""
        return self._recorded(attendance, recorded_at, self._common())

    def unbooked(self, attendance: str = Attendance.UNBOOKED, recorded_at: datetime = MOMENT) -> AttendanceRecorded:
        """The sheet was closed on which the child stood who had come without the booking."""
        return self._recorded(attendance, recorded_at, self._common() | {"booking_id": None})

    def taken_back(self, recorded_at: datetime = MOMENT) -> AttendanceRecorded:
        """The sheet was closed again: the child who had come without a booking is booked by now."""
        return self.unbooked(Attendance.ABSENT_EXCUSED, recorded_at)

    def _recorded(self, attendance: str, recorded_at: datetime, fields: dict[str, Any]) -> AttendanceRecorded:
        return AttendanceRecorded(
            **fields,
            attendance_id=self.attendance_id,
            attendance=attendance,
            arrived_at=None,
            left_at=None,
            recorded_at=recorded_at,
        )


def activity(activity_id: UUID, tariff_code: str = "leisure", kind: str = ActivityKind.LEISURE) -> ActivityState:
    """A leisure centre priced by a tariff."""
    return ActivityState(
        activity_id=activity_id,
        kind=kind,
        label="Mercredis du centre de loisirs",
        sites=(ActivitySite(code="verne", label="Centre Jules-Verne"),),
        units=(ActivityUnit(code="day", label="Journée"),),
        tariff_code=tariff_code,
    )


def erased(service: RunningService, family: Family) -> Envelope:
    """The tombstone of a household."""
    envelope = service.envelope(family.state())
    return type(envelope)(**{name: getattr(envelope, name) for name in envelope.__slots__} | {"payload": None})


async def publish_tariff(service: RunningService, code: str = "leisure", **changes: Any) -> None:
    """Publish a grid through the service's own route."""
    answer = await service.client.put(
        f"/tariffs/{code}", json=LEISURE_GRID | changes, headers=service.as_agent(Role.FINANCE)
    )
    assert answer.status_code == 200, answer.text


async def issued_invoice(service: RunningService, family: Family, day_count: int = 1) -> dict[str, Any]:
    """Have a family invoiced for some days at 9.20 euros each; the invoice as the family sees it."""
    centre = uuid4()
    days = [Booked(family, centre) for _ in range(day_count)]
    await publish_tariff(service)
    await service.deliver(activity(centre), family.state(), family.quotient(75_000))
    await service.deliver(*(day.confirmed() for day in days), *(day.attended() for day in days))
    await invoice_month(service)
    return await only_invoice(service, family)


async def only_invoice(service: RunningService, family: Family) -> dict[str, Any]:
    """The one invoice of a family, whole."""
    parent = service.as_parent(family.guardian_id)
    (summary,) = (await service.client.get("/invoices", headers=parent)).json()["items"]
    invoice: dict[str, Any] = (await service.client.get(f"/invoices/{summary['invoice_id']}", headers=parent)).json()
    return invoice


async def drafted_run(service: RunningService, period: str = "2026-09") -> str:
    """Open the run of a month, and have the job draft it; its id."""
    finance = service.as_agent(Role.FINANCE)
    await service.run_job("price_charges")
    answer = await service.client.post("/invoice-runs", json={"period": period}, headers=finance | service.key())
    assert answer.status_code == 201, answer.text
    await service.run_job("invoice_runs")
    run_id: str = answer.json()["run_id"]
    return run_id


async def advance_run(service: RunningService, run_id: str, *steps: str) -> None:
    """Review or issue a run; the open days that it shows are confirmed."""
    finance = service.as_agent(Role.FINANCE)
    for step in steps:
        run = (await service.client.get(f"/invoice-runs/{run_id}", headers=finance)).json()
        body = {"confirmed": run["open_days"]} if step == "review" else None
        answer = await service.client.post(f"/invoice-runs/{run_id}/{step}", json=body, headers=finance)
        assert answer.status_code == 200, answer.text


async def issued_run(service: RunningService, run_id: str) -> dict[str, Any]:
    """Review and issue a drafted run; the run in the end."""
    await advance_run(service, run_id, "review", "issue")
    await service.run_job("invoice_runs")
    answer = await service.client.get(f"/invoice-runs/{run_id}", headers=service.as_agent(Role.FINANCE))
    run: dict[str, Any] = answer.json()
    return run


async def invoice_month(service: RunningService, period: str = "2026-09") -> dict[str, Any]:
    """Open, draft, review and issue the run of a month; the run in the end."""
    return await issued_run(service, await drafted_run(service, period))
