"""Erasing a file: what stands against it, from which act its time counts, and that nothing goes before the accounts' last word."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.billing.events import AccountsJudged, InvoiceIssued, InvoicePaid
from contracts.booking.events import EnrollmentValidated
from contracts.family.erasure import ErasureStage, ErasureStanding
from contracts.family.erasure_events import ErasureAsked, HouseholdErased
from contracts.family.erasure_words import ErasureObstacleKind
from services.family.erasure.domain import years_after
from tests.component.family.desk import Desk
from tests.component.family.test_archives import MOMENT, Shelf
from tests.component.family.test_memberships import CHILDREN, CO_GUARDIAN
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

THREE_YEARS = {"days": 3 * 366}


class Shredder(Shelf):
    """A file of two adults and two children that is to be erased."""

    @property
    def director(self) -> dict[str, str]:
        return self.service.as_agent(Role.DIRECTOR)

    async def erasure(self) -> ErasureStanding:
        answer = await self.get(f"/households/{self.household_id}/erasure", self.director)
        assert answer.status_code == 200, answer.text
        return ErasureStanding.model_validate_json(answer.content)

    async def against(self) -> list[ErasureObstacleKind]:
        return [obstacle.kind for obstacle in (await self.erasure()).obstacles]

    async def ask(self, confirmation: str = "") -> Any:
        body = {"confirmation": confirmation or self.file.reference}
        path = f"/households/{self.household_id}/erasure"
        return await self.service.client.post(path, json=body, headers=self.director)

    async def asked(self) -> ErasureAsked:
        """The file is put aside, kept for its time, and its erasure is asked for; what the accounts are told."""
        await self.archived()
        self.service.advance(**THREE_YEARS)
        answer = await self.ask()
        assert answer.status_code == 200, answer.text
        assert answer.json()["stage"] == ErasureStage.ASKED
        return (await self.events(ErasureAsked))[-1]

    async def events(self, kind: type[Any]) -> list[Any]:
        return [event for event in await self.service.outbox() if isinstance(event, kind)]

    def invoice(self, cents: int = 830, household_id: UUID | None = None) -> InvoiceIssued:
        return InvoiceIssued(
            invoice_id=uuid4(),
            payer_id=uuid4(),
            household_id=household_id or self.household_id,
            number="2026-1",
            regie="centrale",
            period="2026-09",
            total_cents=cents,
            credit_cents=0,
            due_on=date(2026, 10, 31),
            issued_at=MOMENT,
        )

    def judged(self, asked: ErasureAsked, **objections: int) -> AccountsJudged:
        nothing = dict.fromkeys(
            (
                "unpaid_count",
                "unpaid_cents",
                "uninvoiced_count",
                "uninvoiced_cents",
                "credit_cents",
                "payment_count",
            ),
            0,
        )
        ids = {"erasure_id": asked.erasure_id, "household_id": asked.household_id}
        return AccountsJudged.model_validate({**ids, **nothing, **objections, "judged_at": MOMENT})


@pytest.fixture
async def shredder(service: RunningService, desk: Desk) -> Shredder:
    file = await desk.open(co_guardian=CO_GUARDIAN, children=CHILDREN)
    service.advance(days=1)
    return Shredder(service, desk, file)


async def test_what_is_owed_is_said_before_anything_else(shredder: Shredder) -> None:
    issued = shredder.invoice(830)
    await shredder.service.deliver(issued)
    refused = await shredder.ask("something else")
    assert refused.status_code == 409
    assert refused.json()["code"] == "household_owes"
    assert refused.json()["params"] == {"reference": shredder.file.reference, "amount_cents": 830, "count": 1}
    paid = {name: getattr(issued, name) for name in ("invoice_id", "payer_id", "household_id", "number", "total_cents")}
    await shredder.service.deliver(InvoicePaid(**paid, paid_at=MOMENT))
    assert (await shredder.ask()).json()["code"] == "household_still_used"
    assert await shredder.against() == [ErasureObstacleKind.IN_USE, ErasureObstacleKind.RETENTION]
    await shredder.archived()
    refused = await shredder.ask()
    assert refused.json()["code"] == "household_kept"
    assert await shredder.events(ErasureAsked) == [], "nobody is asked what was refused"


async def test_the_time_counts_from_the_last_act_and_not_from_the_archive(shredder: Shredder) -> None:
    service, opened_on = shredder.service, await shredder.service.db.today() - timedelta(days=1)
    assert (await shredder.erasure()).kept_until_on == years_after(opened_on, 3)
    last = opened_on + timedelta(days=200)
    enrollment = shredder.enrollment(EnrollmentValidated, uuid4(), last, validated_at=MOMENT)
    await service.deliver(enrollment)
    assert ErasureObstacleKind.ENROLLMENT in await shredder.against()
    service.advance(days=800)
    active_on = (await shredder.standing()).last_active_on
    assert (await shredder.archived()).last_active_on == active_on, "to put a file aside is no act of the family's"
    standing = await shredder.erasure()
    assert (standing.last_act_on, standing.kept_until_on) == (last, years_after(last, 3))
    service.advance(days=(years_after(last, 3) - await service.db.today()).days)
    assert (await shredder.ask()).json()["code"] == "household_kept", "its last day counts"
    service.advance(days=1)
    assert (await shredder.ask()).status_code == 200


async def test_another_reference_erases_nothing(shredder: Shredder) -> None:
    await shredder.archived()
    shredder.service.advance(**THREE_YEARS)
    refused = await shredder.ask("F-999999")
    assert refused.status_code == 422
    assert "reference_differs" in refused.text
    assert (await shredder.ask(f" {shredder.file.reference.lower()} ")).status_code == 200


async def test_it_is_erased_once_the_accounts_have_nothing_against_it(shredder: Shredder) -> None:
    """Asked twice, or answered twice, it is done once; of what is left nobody is named."""
    asked = await shredder.asked()
    assert (await shredder.ask()).json()["stage"] == ErasureStage.ASKED
    assert len(await shredder.events(ErasureAsked)) == 1
    assert (await shredder.get(f"/households/{shredder.household_id}")).status_code == 200, "nothing went before"
    await shredder.service.deliver(shredder.judged(asked), shredder.judged(asked))
    assert (await shredder.get(f"/households/{shredder.household_id}")).status_code == 404
    (erased,) = await shredder.events(HouseholdErased)
    assert erased.household_ids == (shredder.household_id,)
    standing = await shredder.erasure()
    assert (standing.stage, standing.reference, standing.people) == (ErasureStage.ERASED, None, ())
    again = await shredder.ask()
    assert (again.status_code, again.json()["stage"]) == (200, ErasureStage.ERASED)
    acts = await shredder.service.db.fetch("select action from history where action = 'household_erasure_asked'")
    assert len(acts) == 1


@pytest.mark.parametrize(
    ("objections", "kind", "amount_cents"),
    [
        ({"unpaid_count": 1, "unpaid_cents": 830}, ErasureObstacleKind.UNPAID, 830),
        ({"uninvoiced_count": 2, "uninvoiced_cents": 0}, ErasureObstacleKind.UNINVOICED, 0),
        ({"credit_cents": 1200}, ErasureObstacleKind.CREDIT, 1200),
        ({"payment_count": 1}, ErasureObstacleKind.PAYMENT, None),
    ],
)
async def test_what_the_accounts_have_against_it_keeps_the_file_whole(
    shredder: Shredder, objections: dict[str, int], kind: ErasureObstacleKind, amount_cents: int | None
) -> None:
    asked = await shredder.asked()
    await shredder.service.deliver(shredder.judged(asked, **objections))
    standing = await shredder.erasure()
    assert standing.stage is ErasureStage.REFUSED
    assert [(item.kind, item.amount_cents) for item in standing.objections] == [(kind, amount_cents)]
    assert len(standing.people) == 4
    late = shredder.judged(asked)
    await shredder.service.deliver(late)
    assert (await shredder.erasure()).stage is ErasureStage.REFUSED, "a word is the last one of its erasure"
    answer = await shredder.ask()
    assert answer.json()["stage"] == ErasureStage.ASKED
    assert answer.json()["objections"] == []
    await shredder.service.deliver(shredder.judged((await shredder.events(ErasureAsked))[-1]))
    assert (await shredder.erasure()).stage is ErasureStage.ERASED


async def test_what_arises_between_asking_and_the_last_word_is_not_lost(shredder: Shredder) -> None:
    """An invoice is told before the word that follows it, and counts; so does a file that was taken up again."""
    asked = await shredder.asked()
    await shredder.service.deliver(shredder.invoice(440), shredder.judged(asked))
    standing = await shredder.erasure()
    assert standing.stage is ErasureStage.REFUSED
    assert [(item.kind, item.amount_cents) for item in standing.obstacles if item.amount_cents] == [
        (ErasureObstacleKind.UNPAID, 440)
    ]


async def test_a_file_that_is_taken_up_meanwhile_stays(shredder: Shredder) -> None:
    asked = await shredder.asked()
    await shredder.reopened()
    await shredder.service.deliver(shredder.judged(asked))
    assert (await shredder.erasure()).stage is ErasureStage.REFUSED
    assert (await shredder.get(f"/households/{shredder.household_id}")).status_code == 200


async def test_a_child_of_another_home_stays_there(shredder: Shredder) -> None:
    child = shredder.file.children[0]
    other = await shredder.desk.open(
        guardian={"first_name": "Paul", "last_name": "Autre", "email": "paul@courriel.example"},
        children=[],
        known_child_ids=[str(child.child_id)],
    )
    ended = {"ends_on": str(await shredder.service.db.today() - timedelta(days=1))}
    path = f"/households/{shredder.household_id}/members/{child.child_id}/end"
    answer = await shredder.service.client.post(path, json=ended, headers=shredder.headers)
    assert answer.status_code == 200, answer.text
    people = (await shredder.erasure()).people
    kept = {person.first_name for person in people if person.is_kept}
    assert kept == {child.first_name, *(adult.first_name for adult in shredder.file.adults)}, (
        "who answers for it does, too"
    )
    asked = await shredder.asked()
    await shredder.service.deliver(shredder.judged(asked))
    stays = (await shredder.get(f"/households/{other.household_id}")).json()
    assert [item["child_id"] for item in stays["children"]] == [str(child.child_id)]
