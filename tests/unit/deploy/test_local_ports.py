"""The port plan: what a person can remember, and room for replicas."""

import pytest

from deploy.local.ports import PortPlan


def test_the_fixed_plan_is_the_one_that_the_documentation_gives() -> None:
    plan = PortPlan.fixed()
    assert {name: plan[name] for name in ("gateway", "identity", "notifications", "mail", "postgres", "kafka")} == {
        "gateway": 8000,
        "identity": 8101,
        "notifications": 8105,
        "mail": 8202,
        "postgres": 8301,
        "kafka": 8302,
    }


def test_a_base_shifts_every_port() -> None:
    usual, shifted = PortPlan.fixed(8000), PortPlan.fixed(9000)
    assert {name: port + 1000 for name, port in usual.ports.items()} == dict(shifted.ports)


@pytest.mark.parametrize("plan_of", [lambda r: PortPlan.fixed(8000, r), PortPlan.free])
def test_no_two_processes_share_a_port(plan_of: object) -> None:
    assert callable(plan_of)
    ports = plan_of(dict.fromkeys(("identity", "family", "booking", "billing", "notifications"), 9)).ports
    assert "booking-9" in ports
    assert len(set(ports.values())) == len(ports)


def test_a_tenth_replica_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 9"):
        PortPlan.fixed(8000, {"booking": 10})
