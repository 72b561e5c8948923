"""Which permissions two persons give is the town's to say, but for managing the accounts of agents."""

import pytest
from pydantic import ValidationError

from services.identity.settings import AgentsSection

MANAGE = "identity.agents.manage"


def test_a_town_guards_more() -> None:
    section = AgentsSection.model_validate({"two_person_permissions": [MANAGE, "billing.runs.issue"]})
    assert section.two_person_permissions == (MANAGE, "billing.runs.issue")
    assert AgentsSection().two_person_permissions == (MANAGE,)


@pytest.mark.parametrize("names", [[], ["billing.runs.issue"], [MANAGE, "billing.runs.isue"]])
def test_no_town_guards_less_or_what_does_not_exist(names: list[str]) -> None:
    with pytest.raises(ValidationError):
        AgentsSection.model_validate({"two_person_permissions": names})
