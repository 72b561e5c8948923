"""What is owed for a day, and by whom: whatever the order of events, and after it was invoiced."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from contracts.types import Attendance, ChargeStatus
from services.billing.charges.domain import (
    Charge,
    Facts,
    PricedPart,
    Source,
    compared,
    decided_lines,
    next_correction,
    standing,
)
from services.billing.payers.domain import Part
from services.billing.tariffs.domain import Price, ServiceDay

MOMENT = datetime(2026, 9, 2, tzinfo=UTC)
HOUSEHOLD = uuid4()
SOURCE = Source(uuid4(), True, uuid4(), ServiceDay(HOUSEHOLD, uuid4(), date(2026, 9, 2)))
MARKS = st.sampled_from(Attendance)


def invoiced_day() -> Charge:
    """A day that is on an issued invoice."""
    return Charge(uuid4(), SOURCE, Part(HOUSEHOLD, uuid4()), ChargeStatus.INVOICED, price_of(920))


def price_of(cents: int) -> Price:
    """A price by some grid."""
    return Price(cents, "t", "Tarif", 1, "T2", None)


def marked(mark: Attendance) -> Facts:
    """What is known once the day's mark is this one."""
    return Facts(attendance=mark, attendance_at=MOMENT)


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
        facts = marked(mark)
        before = {line.charge_id: line for line in lines if line.charge_id in frozen}
        if correction := next_correction(lines, facts, frozen):
            assert correction.charge_id not in frozen
            lines = applied(lines, correction)
        assert next_correction(lines, facts, frozen) is None
        assert net_cents(lines) == (0 if standing(facts) is ChargeStatus.VOID else 920)
        assert {line.charge_id: line for line in lines if line.charge_id in frozen} == before
        if is_invoiced_then:
            frozen |= {line.charge_id for line in lines if line.status is ChargeStatus.DUE}
            lines = [
                replace(line, status=ChargeStatus.INVOICED) if line.status is ChargeStatus.DUE else line
                for line in lines
            ]


def test_a_correction_gives_the_invoiced_price_back() -> None:
    day = invoiced_day()
    correction = next_correction([day], marked(Attendance.ABSENT_EXCUSED), {day.charge_id})
    assert correction is not None
    assert (correction.status, correction.quantity, correction.amount_cents) == (ChargeStatus.DUE, -1, -920)
    assert (correction.price, correction.part, correction.correction) == (day.price, day.part, 1)


def test_a_void_line_adds_nothing_and_an_unpriced_one_is_unknown() -> None:
    day = invoiced_day()
    assert replace(day, status=ChargeStatus.VOID).amount_cents == 0
    assert replace(day, price=None).amount_cents is None


PAYERS = [Part(uuid4(), uuid4()) for _ in range(3)]
NOBODY = Part(HOUSEHOLD, None)
STATUSES = st.sampled_from([ChargeStatus.PLANNED, ChargeStatus.DUE, ChargeStatus.VOID])


@st.composite
def priced_parts(draw: st.DrawFn) -> list[PricedPart]:
    """Who pays a day: nobody, one, or several by shares, each by a price of their own; or no price is known."""
    payers = draw(st.permutations(PAYERS).map(lambda order: order[: draw(st.integers(0, 3))]))
    if not payers:
        return [(NOBODY, price_of(draw(st.integers(0, 5_000))))]
    cuts = sorted(
        draw(st.lists(st.integers(1, 9_999), min_size=len(payers) - 1, max_size=len(payers) - 1, unique=True))
    )
    shares = [end - begin for begin, end in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    is_priced = draw(st.booleans())
    return [
        (replace(payer, share_basis_points=share), price_of(draw(st.integers(0, 5_000))) if is_priced else None)
        for payer, share in zip(payers, shares, strict=True)
    ]


@given(st.lists(st.tuples(STATUSES, priced_parts()), min_size=1, max_size=8))
def test_a_day_decided_again_from_the_same_is_left_as_it_is(
    decisions: list[tuple[ChargeStatus, list[PricedPart]]],
) -> None:
    """Whatever stood there before: the lines are those of the last decision, and the second time nothing is written or told."""
    known: list[Charge] = []
    for status, parts in decisions:
        wanted = decided_lines(SOURCE, status, parts, known)
        changes = compared(known, wanted)
        kept = {line.charge_id for line in known} - {line.charge_id for line in changes.gone}
        assert kept | {line.charge_id for line in changes.written} == {line.charge_id for line in wanted}
        assert {line.charge_id for line in changes.published} >= {
            line.charge_id for line in changes.gone if line.amount_cents
        }
        assert [line.part for line in wanted] == [part for part, _ in parts]
        again = decided_lines(SOURCE, status, parts, wanted)
        assert again == wanted
        assert compared(wanted, again).written == compared(wanted, again).published == ()
        known = wanted
    assert len({line.charge_id for line in known}) == len(known)


@given(priced_parts(), priced_parts())
def test_who_comes_back_has_the_line_that_they_had(first: list[PricedPart], second: list[PricedPart]) -> None:
    before = decided_lines(SOURCE, ChargeStatus.DUE, first, ())
    between = decided_lines(SOURCE, ChargeStatus.DUE, second, before)
    after = decided_lines(SOURCE, ChargeStatus.DUE, first, between)
    assert [line.charge_id for line in after] == [line.charge_id for line in before]


def test_another_payer_replaces_a_line_and_both_are_told() -> None:
    """The former payer's line is void, the new one's stands; a draft that held the former holds neither."""
    first, second, _ = PAYERS
    (held,) = decided_lines(SOURCE, ChargeStatus.DUE, [(first, price_of(415))], ())
    held = replace(held, run_id=uuid4())
    changes = compared([held], decided_lines(SOURCE, ChargeStatus.DUE, [(second, price_of(415))], [held]))
    assert changes.gone == (held,)
    assert [(line.part, line.status, line.run_id) for line in changes.written] == [(second, ChargeStatus.DUE, None)]
    assert [(line.part, line.amount_cents) for line in changes.published] == [(first, 0), (second, 415)]


def test_a_line_keeps_its_price_when_no_grid_is_known_any_more() -> None:
    (line,) = decided_lines(SOURCE, ChargeStatus.DUE, [(PAYERS[0], price_of(415))], ())
    assert decided_lines(SOURCE, ChargeStatus.DUE, [(PAYERS[0], None)], [line]) == [line]
