"""The first steps as a path: which of them the town has somebody go through, and where they are on it."""

from collections.abc import Mapping
from typing import Any, Final

from contracts.types import SessionStage
from portal.frame.visit import Visit

GROUPS: Final = {
    SessionStage.CHOOSE_CREDENTIALS: "credentials",
    SessionStage.ENTER_KEYS: "services",
    SessionStage.ACCEPT_TERMS: "terms",
}
"""The group of texts of each step."""


def steps_at(visit: Visit, stage: SessionStage) -> Mapping[str, Any]:
    """What the layout of a path is told of a step."""
    stages = visit.session.first_steps
    labels = [visit.portal.texts(f"first_steps.{GROUPS[known]}.step") for known in stages]
    return {"steps": labels, "step": stages.index(stage) + 1}
