"""The replicas in the database: the newest state wins, an erased aggregate leaves nothing."""

from uuid import UUID

from chassis.comparing import Person, first_names_apart
from chassis.data.database import Transaction
from contracts.booking.events import ActivityState
from contracts.family.events import HouseholdState
from contracts.identity.events import AccountState

TAKE_HOUSEHOLD_SQL = """
insert into households as known (household_id, payer_guardian_id, version) values ($1, $2, $3)
on conflict (household_id) do update
set payer_guardian_id = excluded.payer_guardian_id, version = excluded.version where known.version < excluded.version
returning true
"""

FORGET_GUARDIANS_SQL = "delete from guardians where household_id = $1"

ADD_GUARDIANS_SQL = """
insert into guardians (guardian_id, household_id, civility, first_name, last_name, email, is_invited)
select guardian_id, $1, civility, first_name, last_name, email, is_invited
from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[])
    as g(guardian_id, civility, first_name, last_name, email, is_invited)
"""

FORGET_CHILDREN_SQL = "delete from children where household_id = $1"

ADD_CHILDREN_SQL = """
insert into children (child_id, household_id, first_name)
select child_id, $1, first_name from unnest($2::uuid[], $3::text[]) as c(child_id, first_name)
"""


def child_names(state: HouseholdState) -> dict[UUID, str]:
    """The names of a household's children as mails say them: first names, told apart where two are equal."""
    return first_names_apart(
        {child.child_id: Person(child.first_name, child.last_name, child.birth_on) for child in state.children}
    )


async def keep_household(tx: Transaction, state: HouseholdState, version: int) -> None:
    """Replace what is known of a household, unless something newer is."""
    if not await tx.fetchval(TAKE_HOUSEHOLD_SQL, state.household_id, state.payer_guardian_id, version):
        return
    await tx.execute(FORGET_GUARDIANS_SQL, state.household_id)
    await tx.execute(
        ADD_GUARDIANS_SQL,
        state.household_id,
        [guardian.guardian_id for guardian in state.guardians],
        [guardian.civility for guardian in state.guardians],
        [guardian.first_name for guardian in state.guardians],
        [guardian.last_name for guardian in state.guardians],
        [guardian.email for guardian in state.guardians],
        [guardian.is_invited for guardian in state.guardians],
    )
    names = child_names(state)
    await tx.execute(FORGET_CHILDREN_SQL, state.household_id)
    await tx.execute(
        ADD_CHILDREN_SQL,
        state.household_id,
        [child.child_id for child in state.children],
        [names[child.child_id] for child in state.children],
    )


ERASE_HOUSEHOLD_SQL = "delete from households where household_id = $1"


async def erase_household(tx: Transaction, household_id: UUID) -> None:
    """Forget a household and its people."""
    await tx.execute(ERASE_HOUSEHOLD_SQL, household_id)


KEEP_ACCOUNT_SQL = """
insert into accounts as known (account_id, guardian_id, email, version) values ($1, $2, $3, $4)
on conflict (account_id) do update
set guardian_id = excluded.guardian_id, email = excluded.email, version = excluded.version
where known.version < excluded.version
"""


async def keep_account(tx: Transaction, state: AccountState, version: int) -> None:
    """Replace what is known of an account, unless something newer is."""
    await tx.execute(KEEP_ACCOUNT_SQL, state.account_id, state.guardian_id, state.email, version)


ERASE_ACCOUNT_SQL = "delete from accounts where account_id = $1"


async def erase_account(tx: Transaction, account_id: UUID) -> None:
    """Forget an account."""
    await tx.execute(ERASE_ACCOUNT_SQL, account_id)


KEEP_ACTIVITY_SQL = """
insert into activities as known (activity_id, label, site_label, version) values ($1, $2, $3, $4)
on conflict (activity_id) do update
set label = excluded.label, site_label = excluded.site_label, version = excluded.version
where known.version < excluded.version
"""


async def keep_activity(tx: Transaction, state: ActivityState, version: int) -> None:
    """Replace what is known of an activity, unless something newer is."""
    await tx.execute(KEEP_ACTIVITY_SQL, state.activity_id, state.label, state.site_label, version)


ERASE_ACTIVITY_SQL = "delete from activities where activity_id = $1"


async def erase_activity(tx: Transaction, activity_id: UUID) -> None:
    """Forget an activity."""
    await tx.execute(ERASE_ACTIVITY_SQL, activity_id)
