"""What a parent signed on paper, entered by an agent: it counts as theirs, beside what the other parent says, and the history says who entered it."""

from typing import Any

import httpx2
import pytest

from tests.component.family.child_files import File
from tests.component.family.delegating import OTHERS, codes, opened
from tests.component.family.desk import Desk
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


class Paper(File):
    """A child's file, and the papers of its parents."""

    async def enter(
        self, adult_id: Any, role: Role = Role.FRONT_DESK, year: int = 2026, **answers: Any
    ) -> httpx2.Response:
        path = f"/children/{self.child_id}/authorizations/{year}/paper"
        body = {"adult_id": str(adult_id), **answers}
        return await self.service.client.put(path, json=body, headers=self.service.as_agent(role))


@pytest.fixture
async def paper(service: RunningService, desk: Desk) -> Paper:
    return Paper(await opened(service, desk))


async def test_a_paper_counts_as_its_parent_s_word(paper: Paper) -> None:
    """A picture needs both: one says so online, the other one signed; a no is a no, whoever wrote it down."""
    assert (await paper.answer(paper.father, image="given", swimming="given")).status_code == 200
    assert await paper.outcome("image", paper.mother) == "awaited"
    entered = await paper.enter(paper.home.mother_id, image="given", leaving_alone="given", leaves_from="16:30")
    assert entered.status_code == 200, entered.text
    assert {parent["adult_id"] for parent in entered.json()["parents"]} == {
        str(paper.home.father_id),
        str(paper.home.mother_id),
    }
    assert await paper.outcome("image", paper.father) == "given"
    own = (await paper.authorizations(paper.mother))["own"]
    assert (own["image"], own["leaves_from"]) == ("given", "16:30:00")
    assert (await paper.enter(paper.home.mother_id, image="given", swimming="refused")).status_code == 200
    assert await paper.outcome("swimming", paper.father) == "refused"
    looks = [item for item in await paper.looks(paper.father) if item["action"] == "authorizations_answered"]
    assert [item["actor_kind"] for item in looks] == ["agent", "agent", "parent"]


async def test_only_who_exercises_authority_signs(paper: Paper, desk: Desk) -> None:
    stranger = (await desk.open(**OTHERS)).adults[0].adult_id
    assert codes(await paper.enter(stranger, image="given")) == [("/adult_id", "adult_without_authority")]
    assert codes(await paper.enter(paper.home.father_id, leaving_alone="given")) == [("/leaves_from", "hour_missing")]
    assert codes(await paper.enter(paper.home.father_id, year=2029, image="given")) == [
        ("/school_year", "school_year_closed")
    ]
    assert (await paper.enter(paper.home.father_id, role=Role.FINANCE, image="given")).status_code == 403
    assert await paper.outcome("image", paper.mother) == "unanswered"
