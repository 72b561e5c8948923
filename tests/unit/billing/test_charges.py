"""What a booked day is owed: whatever the order of events, and after it was invoiced."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from contracts.types import Attendance, ChargeStatus
from services.billing.charges.domain import Charge, Facts, next_correction, standing
from services.billing.tariffs.domain import Price, ServiceDay

MOMENT = datetime(2026, 9, 2, tzinfo=UTC)
BOOKING_ID = uuid4()
MARKS = st.sampled_from(Attendance)


def invoiced_day() -> Charge:
    """A day that is on an issued invoice."""
    return Charge(
        charge_id=uuid4(),
        source_id=BOOKING_ID,
        booking_id=BOOKING_ID,
        attendance_id=None,
        correction=0,
        day=ServiceDay(uuid4(), uuid4(), date(2026, 9, 2)),
        child_id=uuid4(),
        status=ChargeStatus.INVOICED,
        quantity=1,
        price=Price(920, "t", "Tarif", 1, "T2", None),
        facts=Facts(attendance=Attendance.PRESENT, attendance_at=MOMENT),
    )


def marked(lines: list[Charge], mark: Attendance) -> list[Charge]:
    """The lines after the day's mark was corrected."""
    return [replace(lines[0], facts=Facts(attendance=mark, attendance_at=MOMENT)), *lines[1:]]


def applied(lines: list[Charge], correction: Charge) -> list[Charge]:
    """The lines with a correction added, or replaced."""
    kept = [line for line in lines if line.charge_id != correction.charge_id]
    return sorted([*kept, correction], key=lambda line: line.correction)


def net_cents(lines: list[Charge]) -> int:
    """What the lines come to."""
    return sum(line.amount_cents or 0 for line in lines)


@given(st.lists(st.tuples(MARKS, st.booleans()), max_size=12))
def test_corrections_always_come_to_what_is_owed(changes: list[tuple[Attendance, bool]]) -> None:
    """However often a mark is corrected, and whether or not the last correction was invoiced meanwhile."""
    lines = [invoiced_day()]
    frozen: set[UUID] = {lines[0].charge_id}
    for mark, is_invoiced_then in changes:
        lines = marked(lines, mark)
        before = {line.charge_id: line for line in lines if line.charge_id in frozen}
        if correction := next_correction(lines, frozen):
            assert correction.charge_id not in frozen
            lines = applied(lines, correction)
        assert next_correction(lines, frozen) is None
        assert net_cents(lines) == (0 if standing(lines[0].facts) is ChargeStatus.VOID else 920)
        assert {line.charge_id: line for line in lines if line.charge_id in frozen} == before
        if is_invoiced_then:
            frozen |= {line.charge_id for line in lines if line.status is ChargeStatus.DUE}
            lines = [
                replace(line, status=ChargeStatus.INVOICED) if line.status is ChargeStatus.DUE else line
                for line in lines
            ]


def test_a_correction_gives_the_invoiced_price_back() -> None:
    lines = marked([invoiced_day()], Attendance.ABSENT_EXCUSED)
    correction = next_correction(lines, {lines[0].charge_id})
    assert correction is not None
    assert (correction.status, correction.quantity, correction.amount_cents) == (ChargeStatus.DUE, -1, -920)
    assert (correction.price, correction.booking_id, correction.correction) == (lines[0].price, lines[0].booking_id, 1)


def test_a_void_line_adds_nothing_and_an_unpriced_one_is_unknown() -> None:
    day = invoiced_day()
    assert replace(day, status=ChargeStatus.VOID).amount_cents == 0
    assert replace(day, price=None).amount_cents is None
