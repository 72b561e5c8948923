"""The invariants that run in production: a town that was lived in violates none, and each planted violation is listed."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import pytest

from chassis.invariants import Invariant
from contracts.types import SERVICES
from tests.component.authorization.world import World
from tests.support.planting import plant
from tests.support.roles import Role
from tools.invariants.nightly import checking_of

pytestmark = pytest.mark.anyio

# What is done to the rows of a service, and where the first of the keys that are then listed comes from.
UNGUARDED: Final = "alter table pools drop constraint pools_never_oversold; "
POOLS: Final = "select 'pool ' || id from pools where taken > 0"
TWICE: Final = """
alter table bookings drop constraint bookings_one_place;
insert into bookings (id, service_on, basket_id, household_id, child_id, activity_id, slot_id, span, status, booked_by, confirmed_at)
select gen_random_uuid(), service_on, basket_id, household_id, child_id, activity_id, slot_id, span, status, booked_by, confirmed_at
from bookings where status = 'confirmed'"""
UNBOOKED_ELSEWHERE: Final = """
alter table slots drop constraint slots_group_id_service_on_unit_code_key;
insert into slots (id, activity_id, site_code, group_id, unit_code, service_on, pool_ids, lock_ids)
select gen_random_uuid(), activity_id, site_code, group_id, unit_code, service_on, pool_ids, lock_ids
from slots where id in (select slot_id from bookings where status = 'confirmed');
insert into attendances (slot_id, service_on, child_id, household_id, mark, marked_by, marked_at, device_mark_ids, version)
select distinct on (b.child_id, s.id) s.id, b.service_on, b.child_id, b.household_id, 'unbooked', b.booked_by, now(), '{}'::uuid[], 1
from bookings b join slots booked on booked.id = b.slot_id
join slots s on (s.group_id, s.service_on, s.unit_code) = (booked.group_id, booked.service_on, booked.unit_code) and s.id <> booked.id
where b.status = 'confirmed'"""
PLANTED: Final[Mapping[tuple[str, str], tuple[tuple[str, str], ...]]] = {
    ("booking", "I1"): (
        (f"{UNGUARDED}update pools set taken = taken + 1 where taken > 0", POOLS),
        (f"{UNGUARDED}update pools set capacity = 0 where taken > 0", POOLS),
        (TWICE, "select 'child ' || child_id || ' on ' || service_on from bookings where status = 'confirmed'"),
        (UNBOOKED_ELSEWHERE, "select 'child ' || child_id || ' on ' || service_on from bookings where status = 'confirmed'"),
    ),
    ("booking", "I11"): (
        ("delete from outbox_keys where topic = 'booking.activities'", "select 'booking.activities ' || id || ' lacks events' from activities"),
        ("delete from enrollments", "select 'booking.enrollments ' || key || ' lacks its change' from outbox_keys where topic = 'booking.enrollments'"),
        (
            "update outbox_keys set sequence = 1 where topic = 'booking.bookings'",
            "select 'booking.bookings ' || household_id || ' lacks events' from bookings",
        ),
    ),
    ("billing", "I4"): (
        ("update ledger_postings set amount_cents = amount_cents + 1 where position = 1", "select 'transaction ' || transaction_id from ledger_postings"),
        ("alter table invoice_lines drop constraint invoice_lines_check; update invoice_lines set amount_cents = amount_cents + 1", "select 'invoice ' || invoice_id from invoice_lines"),
        ("update invoices set total_cents = total_cents + 1", "select 'payer ' || payer_id from invoices"),
    ),
    ("billing", "I8"): (),  # planted where a payment comes in: component/billing/test_invariants.py
    ("billing", "I11"): (
        ("delete from outbox_keys where topic = 'billing.invoices'", "select 'billing.invoices ' || household_id || ' lacks events' from invoices"),
        ("delete from outbox_keys where topic = 'billing.charges'", "select 'billing.charges ' || household_id || ' lacks events' from charges"),
    ),
    ("billing", "I14"): (
        ("update numbers set last_number = last_number + 1", "select concat_ws(' ', series, regie, year) from numbers"),
        ("delete from invoices where number like '%000001'", "select concat_ws(' ', series, regie, year) from numbers where series = 'invoice'"),
        ("delete from numbers", "select concat_ws(' ', 'invoice', regie, left(number, 4)) from invoices"),
    ),
    ("family", "I11"): (
        ("delete from outbox_keys where topic = 'family.households'", "select 'family.households ' || household_id || ' lacks events' from households"),
        ("delete from outbox_keys where topic = 'family.responsibilities'", "select 'family.responsibilities ' || child_id || ' lacks events' from responsibilities"),
    ),
    ("identity", "I11"): (
        ("delete from outbox_keys where topic = 'identity.accounts'", "select 'identity.accounts ' || account_id || ' lacks events' from accounts"),
        (
            "update outbox_keys set sequence = 1 where topic = 'identity.account_facts'",
            "select 'identity.account_facts ' || account_id || ' lacks events' from terms_acceptances",
        ),
    ),
    ("identity", "I18"): (
        ("delete from account_persons", "select 'account ' || account_id || ' stands for nobody' from accounts where kind = 'parent' and not is_disabled"),
        ("delete from account_persons", "select 'guardian ' || guardian_id || ' has no account' from invited_guardians"),
        ("delete from sessions; update accounts set is_disabled = true where kind = 'parent'", "select 'account ' || account_id || ' is closed, and somebody is invited' from account_persons"),
        ("update accounts set is_disabled = true where kind = 'parent'", "select 'session ' || session_id || ' is of a closed account' from sessions join accounts using (account_id) where kind = 'parent'"),
    ),
    ("notifications", "I11"): (
        ("update messages set status = 'sent'", "select 'notifications.messages ' || recipient_id || ' lacks events' from messages"),
    ),
}  # fmt: skip


ALL: Final = [(service, invariant) for service in SERVICES for invariant in checking_of(service).invariants]
NAMES: Final = [f"{service}-{invariant.code}" for service, invariant in ALL]


@pytest.mark.parametrize(("service", "invariant"), ALL, ids=NAMES)
async def test_a_lived_in_town_violates_none_and_a_planted_violation_is_listed(
    world: World, service: str, invariant: Invariant
) -> None:
    db = world.town.services[service].db
    assert await db.fetch(invariant.check_sql) == []
    for statement, key_sql in PLANTED[service, invariant.code]:
        assert await plant(db, invariant, statement, key_sql) == (True, True), statement


async def test_an_operator_has_a_violation_looked_for_and_reads_which_it_is(world: World) -> None:
    booking = world.town.services["booking"]
    operator = booking.as_agent(Role.OPERATIONS)
    pool_id = await booking.db.fetchval("select pool_ids[1] from slots where id = $1", UUID(world.shared["slot"]))
    constraint = "constraint pools_never_oversold"
    await booking.alter(f"alter table pools drop {constraint}")
    await booking.db.execute("update pools set taken = taken + 1 where id = $1", pool_id)
    try:
        await asked(world)
        checks = (await booking.client.get("/invariants", headers=operator)).json()["items"]
    finally:
        await booking.db.execute("update pools set taken = taken - 1 where id = $1", pool_id)
        await booking.alter(f"alter table pools add {constraint} check (taken between 0 and capacity)")
    listed = {check["code"]: (check["violation_count"], check["keys"]) for check in checks}
    assert listed == {"I1": (1, [f"pool {pool_id}"]), "I11": (0, [])}
    await asked(world)
    checks = (await booking.client.get("/invariants", headers=operator)).json()["items"]
    assert [(check["violation_count"], check["is_asked"], check["failure"]) for check in checks] == [
        (0, False, None)
    ] * 2


async def asked(world: World) -> None:
    """An operator asks, and the job looks."""
    booking = world.town.services["booking"]
    answer = await booking.client.post("/invariants/checks", headers=booking.as_agent(Role.OPERATIONS))
    assert answer.status_code == 204, answer.text
    await booking.run_job("invariants")
