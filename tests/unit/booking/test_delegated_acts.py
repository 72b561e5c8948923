"""What a delegation lets do, whatever it says: nothing that its parent may not do, nothing that it does not name, nothing once it ended."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from chassis.refusal import NotFound
from services.booking.delegations.domain import DelegatedAct, Delegation, refusal
from services.booking.errors import ActNotDelegated, DelegationOver

TODAY = date(2026, 11, 29)
IDS = st.integers(0, 3).map(lambda number: UUID(int=number))
ACTS = st.frozensets(st.sampled_from([*(act.value for act in DelegatedAct), "invoices.read", "delegations.give"]))
DELEGATIONS = st.builds(
    Delegation,
    delegation_id=IDS,
    household_id=IDS,
    parent_id=IDS,
    delegate_id=IDS,
    child_ids=st.frozensets(IDS),
    acts=ACTS,
    begins_on=st.just(TODAY),
    ends_on=st.integers(-2, 2).map(lambda days: TODAY + timedelta(days=days)),
    ending=st.none() | st.sampled_from(["revoked", "given_up", "a reason of tomorrow"]),
)


@given(DELEGATIONS | st.none(), IDS, st.sampled_from(DelegatedAct))
def test_an_act_is_allowed_only_by_all_of_its_conditions(
    delegation: Delegation | None, person_id: UUID, act: DelegatedAct
) -> None:
    refused = refusal(delegation, person_id, act, TODAY)
    if delegation is None or delegation.delegate_id != person_id:
        assert isinstance(refused, NotFound), "somebody else's is not there, whatever it says"
        return
    is_over = delegation.ending is not None or delegation.ends_on < TODAY or not delegation.child_ids
    if is_over:
        assert isinstance(refused, DelegationOver)
        assert refused.params["end"] == (
            delegation.ending or ("expired" if delegation.ends_on < TODAY else "authority_lost")
        )
    elif act.value not in delegation.acts:
        assert isinstance(refused, ActNotDelegated)
        assert refused.params == {"act": act.value}
    else:
        assert refused is None
