"""Storage of the replicas: the newest state wins, an erased aggregate leaves nothing."""

from chassis.data.database import Transaction
from chassis.data.ranges import stored_memberships, stored_range
from chassis.data.replicas import Replica
from chassis.days import DateRange
from contracts.booking.events import ActivityState
from contracts.event import Envelope
from contracts.family.events import HouseholdState
from contracts.identity.events import AccountState

HOUSEHOLDS = Replica("households", "household_id")
ACCOUNTS = Replica("accounts", "account_id", ("guardian_id", "email"))
ACTIVITIES = Replica("activities", "activity_id", ("label", "site_label"))

KEEP_ADULTS_SQL = """
with gone as (delete from household_adults where household_id = $1 and adult_id <> all($2::uuid[]))
insert into household_adults (household_id, adult_id, civility, first_name, last_name, email, is_invited, days, paying_days)
select $1, a.adult_id, a.civility, a.first_name, a.last_name, a.email, a.is_invited, m.days, coalesce(p.days, '{}')
from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[])
    as a(adult_id, civility, first_name, last_name, email, is_invited)
join (select person_id, range_agg(during) as days from unnest($8::uuid[], $9::daterange[]) as m(person_id, during)
      group by person_id) m on m.person_id = a.adult_id
left join (select adult_id, range_agg(during) as days from unnest($10::uuid[], $11::daterange[]) as p(adult_id, during)
      group by adult_id) p on p.adult_id = a.adult_id
on conflict (household_id, adult_id) do update
set civility = excluded.civility, first_name = excluded.first_name, last_name = excluded.last_name,
    email = excluded.email, is_invited = excluded.is_invited, days = excluded.days, paying_days = excluded.paying_days
"""

KEEP_CHILDREN_SQL = """
with gone as (delete from household_children where household_id = $1 and child_id <> all($2::uuid[]))
insert into household_children (household_id, child_id, name, days)
select $1, child_id, min(name), range_agg(during)
from unnest($2::uuid[], $3::daterange[], $4::text[]) as m(child_id, during, name) group by child_id
on conflict (household_id, child_id) do update set name = excluded.name, days = excluded.days
"""


async def keep_household(tx: Transaction, state: HouseholdState, envelope: Envelope) -> None:
    """Replace what is known of a household, unless something newer is."""
    if not await HOUSEHOLDS.keep(tx, state.household_id, envelope.sequence):
        return
    adults, children = state.adults, state.child_members
    await tx.execute(
        KEEP_ADULTS_SQL,
        state.household_id,
        [adult.adult_id for adult in adults],
        [adult.civility for adult in adults],
        [adult.first_name for adult in adults],
        [adult.last_name for adult in adults],
        [adult.email for adult in adults],
        [adult.is_invited for adult in adults],
        *stored_memberships(state.adult_members),
        [payer.adult_id for payer in state.payers],
        [stored_range(DateRange.between(payer.starts_on, payer.ends_on)) for payer in state.payers],
    )
    await tx.execute(
        KEEP_CHILDREN_SQL, state.household_id, *stored_memberships(children), [child.name for child in children]
    )


async def keep_account(tx: Transaction, state: AccountState, envelope: Envelope) -> None:
    """Replace what is known of an account, unless something newer is."""
    await ACCOUNTS.keep(tx, state.account_id, envelope.sequence, state.guardian_id, state.email)


async def keep_activity(tx: Transaction, state: ActivityState, envelope: Envelope) -> None:
    """Replace what is known of an activity, unless something newer is."""
    await ACTIVITIES.keep(tx, state.activity_id, envelope.sequence, state.label, state.site_label)
