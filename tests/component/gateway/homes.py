"""Families whose children have two homes, drawn at random, every word of which is unlike any other: what one home reads of another has leaked."""

import json
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any, Final, cast
from uuid import UUID, uuid4

import httpx2
from joserfc.jwk import OKPKey

from chassis.sealing import unseal
from contracts.billing.payers import payer_id_of
from contracts.family.models import Household
from contracts.identity.events import CredentialIssued
from contracts.identity.models import Credential
from tests.component.billing.families import Booked, activity, invoice_month, publish_tariff
from tests.component.billing.families import Family as Billed
from tests.component.gateway.browser import Browser
from tests.component.gateway.home_plans import HomePaper, Plan, is_in, spelled, text_of
from tests.component.gateway.town import Town, accept_terms, choose_credentials, family_of, paying_since
from tests.support.roles import Role

MONTHS: Final = count(1)
"""Of 2025: a month is invoiced once in a town."""
SINCE: Final = "2024-01-01"
TARIFF: Final = "of_two_homes"
PRICES: Final = (104_729, 122_949, 137_273, 150_889, 163_841, 179_426, 193_939, 200_183)
LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")


def token() -> str:
    """A word like no other."""
    return uuid4().hex[:10].translate(LETTERS)


@dataclass
class Society:
    """A plan that became true. `canaries` are the words of each home, by what they are; `paid` those of each payer; `read` are the operations that told
    somebody of a paper of theirs."""

    town: Town
    plan: Plan
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    adults: dict[str, UUID] = field(default_factory=dict)
    children: dict[str, UUID] = field(default_factory=dict)
    households: dict[str, Household] = field(default_factory=dict)
    canaries: dict[str, dict[str, str]] = field(default_factory=dict)
    paid: dict[str, dict[str, str]] = field(default_factory=dict)
    ids: dict[str, list[UUID]] = field(default_factory=dict)
    papers: list[HomePaper] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    shared_activity: UUID = field(default_factory=uuid4)

    def foreign(self, adult: str) -> dict[str, str]:
        """What this adult may read nowhere, by the word: of homes that they do not belong to, but for what they paid themselves."""
        own = self.plan.homes_of(adult)
        open_words = {word for home in own for word in self.canaries[home]} | set(self.paid.get(adult, ()))
        open_words |= {
            self.people[adult]["email"],
            self.people[adult]["last_name"],
            *_written(self.people[adult]["phone"]),
        }
        words = {
            word: f"{what} of {home}"
            for home, canaries in self.canaries.items()
            if home not in own
            for word, what in canaries.items()
        }
        for paper in self.papers:
            if not paper.is_for(self.plan, adult):  # at home, a history may say that there is one
                hidden = paper.words if paper.home in own else (str(paper.paper_id), *paper.words)
                words |= dict.fromkeys(hidden, f"{paper.what} of {paper.home}")
        return {word: what for word, what in words.items() if word not in open_words}

    def papers_of(self, adult: str) -> list[HomePaper]:
        """The papers that this adult may read."""
        return [paper for paper in self.papers if paper.is_for(self.plan, adult)]

    def leaks(self, adult: str, response: httpx2.Response, where: str) -> list[str]:
        """What an answer tells this adult that it must not."""
        text = text_of(response)
        return [f"{where}, for {adult}: {what}" for word, what in self.foreign(adult).items() if is_in(word, text)]


async def settled(town: Town, plan: Plan) -> Society:
    """Open the files of a plan, book, attend and invoice, and let everybody hear of it."""
    society = Society(town, plan)
    for number, name in enumerate(plan.homes):
        await _open(society, name, number)
    await _say_where_children_live(society)
    await _book_and_invoice(society)
    await _say_who_decides(society)
    await _leave(society)
    await town.settle()
    return society


async def _open(society: Society, name: str, number: int) -> None:
    adults, children = society.plan.homes[name]
    for adult in adults:
        last_name = f"Z{token()}"
        society.people.setdefault(
            adult,
            {
                "civility": "none",
                "first_name": adult.capitalize(),
                "last_name": last_name,
                "email": f"{last_name.lower()}@famille.example",
                "phone": f"06{uuid4().int % 10**8:08}",
            },
        )
    street, quotient = f"{number + 1} rue {token()}", 10_007 + 20_000 * number
    new = [child for child in children if child not in society.children]
    words = {child: token().capitalize() for child in new}
    body: dict[str, Any] = {
        "guardian": society.people[adults[0]],
        "co_guardian": society.people[adults[1]] if len(adults) > 1 else None,
        "address": {"street": street, "postal_code": "14000", "city": "Valmont-sur-Orne"},
        "children": [
            {"first_name": words[child], "last_name": society.people[adults[0]]["last_name"], "birth_on": "2019-03-04"}
            for child in new
        ],
        "known_child_ids": [str(society.children[child]) for child in children if child in society.children],
        "quotient": {"value_cents": quotient, "effective_on": "2026-01-01"},
    }
    family = society.town.services["family"]
    answer = await family.client.post("/households", json=body, headers=family.as_agent(Role.FRONT_DESK) | family.key())
    assert answer.status_code == 201, answer.text
    household = Household.model_validate_json(answer.content)
    society.households[name] = household
    society.adults |= dict(zip(adults, (adult.adult_id for adult in household.adults), strict=True))
    by_word = {child.first_name: child.child_id for child in household.children}
    society.children |= {child: by_word[word] for child, word in words.items()}
    people = [society.people[adult] for adult in adults]
    shared = {child for other, (_, of) in society.plan.homes.items() if other != name for child in of}
    society.canaries[name] = {
        street: "address",
        household.reference: "reference",
        str(household.household_id): "id",
        **dict.fromkeys(spelled(quotient), "quotient"),
        **{word: "phone" for person in people for word in _written(person["phone"])},
        **{person["email"]: "e-mail" for person in people},
        **{person["last_name"]: "name" for person in people if person["last_name"] not in _names_of(society, shared)},
        **{
            person["last_name"].upper(): "name"
            for person in people
            if person["last_name"] not in _names_of(society, shared)
        },
        **{word: "other child" for child, word in words.items() if child not in shared},
    }


def _names_of(society: Society, children: set[str]) -> set[str]:
    """The last names of the children who have two homes: both know these."""
    first_parents = {child: adults[0] for adults, of in reversed(society.plan.homes.values()) for child in of}
    return {
        society.people[first_parents[child]]["last_name"]
        for child in children
        if first_parents[child] in society.people
    }


def _written(phone: str) -> tuple[str, str, str]:
    """A number as it may be typed, shown and kept."""
    grouped = " ".join(phone[place : place + 2] for place in range(0, 10, 2))
    return phone, grouped, f"+33{phone[1:]}"


async def _say_where_children_live(society: Society) -> None:
    """By turns, since long ago."""
    family = society.town.services["family"]
    headers = family.as_agent(Role.FRONT_DESK)
    for household in society.households.values():
        await paying_since(society.town, household, SINCE)
        society.ids.setdefault("household_id", []).append(household.household_id)
    for child, child_id in society.children.items():
        homes = [home for home, (_, of) in society.plan.homes.items() if child in of]
        if len(homes) == 2:
            ids = [str(society.households[home].household_id) for home in homes]
            body = {"pattern": "alternating", "household_ids": ids, "anchor_on": "2024-01-01", "starts_on": SINCE}
            body |= {"evidence_kind": "judgment", "evidence": "RG 24/04711"}
            answer = await family.client.put(f"/children/{child_id}/residence", json=body, headers=headers)
            assert answer.status_code == 200, answer.text
    await society.town.settle()


async def _say_who_decides(society: Society) -> None:
    """Who answers for whom, from today on."""
    family, today = society.town.services["family"], str(await society.town.services["family"].db.today())
    headers = family.as_agent(Role.FRONT_DESK)
    for adult, child in society.plan.kept_out | society.plan.bystanders | society.plan.carers:
        path = f"/children/{society.children[child]}/responsibilities/{society.adults[adult]}"
        body = {"role": "guardian", "authority": "none", "starts_on": today}
        answer = await family.client.put(path, json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        if (adult, child) in society.plan.carers:
            care = {"role": "caretaker", "authority": "joint", "starts_on": today}
            assert (await family.client.put(path, json=care, headers=headers)).status_code == 200
    await society.town.settle()


async def _book_and_invoice(society: Society) -> None:
    """Days of every child: two weeks of November at either home, invoiced, and some to come; each home has a price of its own."""
    town, billing = society.town, society.town.services["billing"]
    brackets = [
        {
            "label": f"Tranche {token()}",
            "quotient_min_cents": 20_000 * number,
            "quotient_max_cents": 20_000 * (number + 1) if number < len(PRICES) - 1 else None,
            "price_cents": price,
        }
        for number, price in enumerate(PRICES)
    ]
    await publish_tariff(billing, TARIFF, effective_on=SINCE, brackets=brackets)
    for number, (name, household) in enumerate(society.households.items()):
        quotient = {"value_cents": 10_007 + 20_000 * number, "effective_on": "2023-01-01"}
        family = town.services["family"]
        path = f"/households/{household.household_id}/quotient"
        assert (await family.client.put(path, json=quotient, headers=family.as_system())).status_code == 200, name
        label = {brackets[number]["label"]: "bracket"}
        society.canaries[name] |= {**dict.fromkeys(spelled(PRICES[number]), "price"), **label}
    await town.settle()
    activity_id = await town.booking.activity(tariff_code=TARIFF)
    society.shared_activity = activity_id
    await town.settle()
    await billing.deliver(activity(activity_id, TARIFF))
    slots = await town.booking.open(activity_id, *range(20, 40))
    days, month = iter(slots), next(MONTHS)
    for name, household in society.households.items():
        known = family_of(household)
        enrollment = await town.booking.enroll(known, activity_id)
        society.ids.setdefault("enrollment_id", []).append(enrollment)
        body = {
            "lines": [{"child_id": str(child_id), "slot_id": str(next(days))} for child_id in known.child_ids],
            "household_id": str(household.household_id),
        }
        headers = town.services["booking"].as_agent(Role.FRONT_DESK) | town.services["booking"].key()
        booked = await town.booking.client.post("/bookings", json=body, headers=headers)
        assert booked.status_code == 201, (name, booked.text)
        society.ids.setdefault("booking_id", []).append(UUID(booked.json()["bookings"][0]["booking_id"]))
        for child_id in known.child_ids:
            for day_of_month in (8, 15):
                of = Billed(household.household_id, household.adults[0].adult_id, child_id)
                day = Booked(of, activity_id, date(2025, month, day_of_month))
                await billing.deliver(day.confirmed(), day.attended())
    await town.settle()
    await town.give_up_drafts()
    await invoice_month(billing, f"2025-{month:02}")
    for name, household in society.households.items():
        query = {"household_id": str(household.household_id)}
        answer = await billing.client.get("/invoices", params=query, headers=billing.as_agent(Role.FINANCE))
        payer = society.plan.homes[name][0][0]
        for invoice in answer.json()["items"]:
            words = {invoice["number"]: "invoice", invoice["invoice_id"]: "invoice"}
            words[str(payer_id_of(household.household_id, society.adults[payer]))] = "payer"
            society.canaries[name] |= words
            society.paid.setdefault(payer, {}).update(words)
            society.ids.setdefault("invoice_id", []).append(UUID(invoice["invoice_id"]))
    await town.settle()


async def _leave(society: Society) -> None:
    """Whoever leaves belonged to the home until yesterday."""
    family = society.town.services["family"]
    yesterday = str(date.fromordinal((await family.db.today()).toordinal() - 1))
    for adult, home in society.plan.left:
        path = f"/households/{society.households[home].household_id}/members/{society.adults[adult]}/end"
        answer = await family.client.post(path, json={"ends_on": yesterday}, headers=family.as_agent(Role.FRONT_DESK))
        assert answer.status_code == 200, answer.text


async def browser_of(society: Society, adult: str) -> Browser:
    """The browser of an adult after the first steps."""
    town, identity = society.town, society.town.services["identity"]
    query = {"guardian_id": str(society.adults[adult])}
    headers = identity.as_agent(Role.DIRECTOR)
    (account,) = (await identity.client.get("/accounts", params=query, headers=headers)).json()["items"]
    key = OKPKey.import_key(json.loads((town.secrets_dir / "seal_private.json").read_text()))
    _, issued = await identity.emitted(kind=CredentialIssued)
    opened = [Credential.model_validate_json(unseal(cast("CredentialIssued", event).sealed, key)) for event in issued]
    credential = next(item for item in opened if item.username == account["username"])
    answer = await identity.client.post("/activations", json={"token": credential.activation_token})
    assert answer.status_code == 201, answer.text
    browser = await town.signed_in(credential.username, credential.temporary_password)
    await choose_credentials(browser)
    await accept_terms(browser)
    return browser
