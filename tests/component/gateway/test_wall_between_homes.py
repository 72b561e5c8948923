"""The wall between the homes of a child: whatever an adult asks, of any service, nothing of a home that is not theirs comes back."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, Final
from uuid import UUID, uuid4

import httpx2
import pytest

from contracts.operation import REQUIRED, Operation, Place
from contracts.types import SERVICES, ActorKind
from deploy.local.child import free_ports
from portal.account import ACCOUNT
from portal.family import FAMILY
from services.family.households import queries as household_queries
from tests.component.gateway.browser import words
from tests.component.gateway.home_plans import Plan, drawn, is_in
from tests.component.gateway.homes import Society, browser_of, settled
from tests.component.gateway.town import Town, running_town
from tests.component.identity.walk import town_file
from tests.component.notifications.mail_server import MailServer, part
from tests.support.databases import Postgres
from tools.contracts.openapi_documents import operations

pytestmark = pytest.mark.anyio

SEEDS: Final = range(4)
ALIASES: Final = {
    "guardian_id": "adult_id",
    "person_id": "adult_id",
    "recipient_id": "adult_id",
    "parent_id": "adult_id",
}
SKIPPED: Final = frozenset({"leave", "sign_out"})


@pytest.fixture(scope="module")
def mails() -> Iterator[MailServer]:
    """Every letter that leaves the town."""
    server = MailServer(free_ports(1)[0])
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
async def town(
    postgres: Postgres, secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory, mails: MailServer
) -> AsyncIterator[Town]:
    """A town of its own: what it mails is read."""
    file = town_file(tmp_path_factory.mktemp("town"), step_up={"asks": []})
    async with running_town(postgres, secrets_dir, file, {"smtp_port": str(mails.port)}) as running:
        yield running


async def answers(society: Society, adult: str, random: Random) -> AsyncIterator[tuple[str, httpx2.Response]]:
    """What every operation that is open to families says to an adult who names, one after the other, everything that there is."""
    today = await society.town.services["family"].db.today()
    days = {"from_on": today, "to_on": today + timedelta(days=60), "starts_on": today, "ends_on": today}
    pools: dict[str, list[UUID]] = {
        **society.ids,
        "adult_id": list(society.adults.values()),
        "child_id": list(society.children.values()),
        "activity_id": [society.shared_activity],
    }
    for service in SERVICES:
        running = society.town.services[service]
        headers = running.as_parent(society.adults[adult])
        for operation in operations(service):
            if not operation.access.allows(ActorKind.PARENT, frozenset()) or operation.name in SKIPPED:
                continue
            for given in _given(operation, pools, days, random):
                path = operation.path
                for parameter in operation.at(Place.PATH):
                    path = path.replace(f"{{{parameter.name}}}", given.pop(parameter.name))
                body = None if operation.is_safe else _body(operation, pools, random)
                answer = await running.client.request(
                    operation.method, path, params=given, json=body, headers=headers | running.key()
                )
                assert answer.status_code != 500, (operation.name, answer.text)
                yield f"{service}.{operation.name} {given or path}", answer


def _given(
    operation: Operation[..., Any], pools: dict[str, list[UUID]], days: dict[str, Any], random: Random
) -> Iterator[dict[str, str]]:
    """Each thing that an operation can name, in turn; what is not to be left out beside it, at random."""
    named = [item for item in (*operation.at(Place.PATH), *operation.at(Place.QUERY)) if item.name != "cursor"]
    if not operation.is_safe and not operation.at(Place.PATH) and operation.name not in BODIES:
        return  # About oneself: there is nothing of others to name.
    rest = {item.name: str(days[item.name]) for item in named if item.name in days}
    asked = [item for item in named if _pool(item.name) in pools]
    rest |= {
        item.name: uuid4().hex
        for item in named
        if item.place is Place.PATH and item not in asked and item.name not in days
    }
    if all(item.default is not REQUIRED for item in asked):
        yield dict(rest)
    for item in asked:
        others = {other.name: str(random.choice(pools[_pool(other.name)])) for other in asked if other is not item}
        for value in pools[_pool(item.name)]:
            yield {**rest, **others, item.name: str(value)}


def _pool(name: str) -> str:
    return ALIASES.get(name, name)


def _body(operation: Operation[..., Any], pools: dict[str, list[UUID]], random: Random) -> Any:
    return BODIES[operation.name](pools, random) if operation.name in BODIES else {}


def _quote(pools: dict[str, list[UUID]], random: Random) -> Any:
    line = {"activity_id": str(pools["activity_id"][0]), "service_on": "2026-11-04"}
    return {"lines": [{**line, "child_id": str(random.choice(pools["child_id"]))}]}


def _return(pools: dict[str, list[UUID]], random: Random) -> Any:
    booking_id = str(random.choice(pools["booking_id"]))
    return {"lines": [], "cancellations": [{"booking_id": booking_id, "service_on": "2027-01-05"}]}


BODIES: Final = {"quote": _quote, "change_bookings": _return}


async def leaks(society: Society, adult: str, random: Random) -> list[str]:
    """Everything that an adult is told and must not be."""
    faults, count = [], 0
    async for where, answer in answers(society, adult, random):
        count += 1
        faults += society.leaks(adult, answer, where)
    assert count > 60, "the operations were asked"
    return faults


@pytest.mark.parametrize("seed", SEEDS)
async def test_no_answer_tells_one_home_of_another(town: Town, mails: MailServer, seed: int) -> None:
    """Families at random; each adult asks everything, and reads their mail."""
    random = Random(seed)
    society = await settled(town, drawn(random))
    faults = [leak for adult in society.plan.adults for leak in await leaks(society, adult, random)]
    assert not faults, "\n".join(sorted(set(faults)))
    await town.services["notifications"].run_job("send_messages")
    addresses = {person["email"]: adult for adult, person in society.people.items()}
    by_address = [(mail["To"].addresses[0].addr_spec, mail) for mail in mails.received]
    letters = [(addresses[address], mail) for address, mail in by_address if address in addresses]
    assert letters
    leaking = [
        f"{mail['Subject']}, for {adult}: {what}"
        for adult, mail in letters
        for word, what in society.foreign(adult).items()
        if is_in(word, str(mail["Subject"]) + part(mail, "plain") + part(mail, "html"))
    ]
    assert not leaking, "\n".join(leaking)


STEPFAMILY: Final = Plan(
    {"first": (("mother", "grandmother"), ("shared", "step")), "second": (("father", "partner"), ("shared", "half"))},
    bystanders=frozenset({("grandmother", "shared"), ("grandmother", "step"), ("partner", "shared")}),
)
BLOCKED: Final = Plan(
    {"first": (("mother",), ("shared",)), "second": (("father",), ("shared", "half"))},
    kept_out=frozenset({("father", "shared")}),
)


async def test_no_page_tells_one_home_of_another(town: Town) -> None:
    """Every page of families, about everything that there is; both parents read whose days the child's are."""
    society = await settled(town, STEPFAMILY)
    ids = [value for values in society.ids.values() for value in values] + list(society.children.values())
    for adult in ("mother", "father"):
        browser, faults, count = await browser_of(society, adult), list[str](), 0
        paths = [path for screen in (*FAMILY.pages, *ACCOUNT.pages) if screen.method == "GET" for path in screen.paths]
        for path in paths:
            named = re.findall(r"{(\w+):", path)
            for value in ids if named else ids[:1]:
                address = re.sub(r"{[^}]*}", str(value), path)
                answer = await browser.get(address)
                assert answer.status_code != 500, address
                count += answer.status_code == 200
                faults += society.leaks(adult, answer, address)
        assert count > 10, "pages were read"
        assert not faults, "\n".join(faults)
        calendar = words(await browser.get("/calendrier"))
        assert ("est chez vous" in calendar) != ("est à son autre domicile" in calendar)


@pytest.mark.parametrize(
    ("plan", "adult", "child"), [(STEPFAMILY, "grandmother", "step"), (BLOCKED, "father", "shared")]
)
async def test_who_does_not_answer_for_a_child_reads_nothing_of_its_days(
    town: Town, plan: Plan, adult: str, child: str
) -> None:
    """Not there, and in no list, count or calendar; who answers for the child finds all of it."""
    society = await settled(town, plan)
    booking, family = town.services["booking"], town.services["family"]
    child_id, today = society.children[child], await town.booking.today()
    (home,) = plan.homes_of(adult)
    days = f"from_on={today}&to_on={today + timedelta(days=60)}"
    lists = ("/enrollments", f"/calendar?{days}", f"/bookings?{days}")

    async def read(name: str, home: str) -> list[bool]:
        headers = booking.as_parent(society.adults[name])
        offers = await booking.client.get(f"/children/{child_id}/activities", headers=headers)
        seen = [offers.status_code == 200]
        query = f"household_id={society.households[home].household_id}"
        for path in lists:
            answer = await booking.client.get(f"{path}{'&' if '?' in path else '?'}{query}", headers=headers)
            seen.append(str(child_id) in answer.text)
        turns = await family.client.get(f"/children-in-turns?{query}", headers=family.as_parent(society.adults[name]))
        return [*seen, str(child_id) in turns.text]

    assert await read(adult, home) == [False] * 5
    control = await read("mother", "first")
    assert control[:4] == [True] * 4, "the control: whoever answers for the child"


async def test_a_missing_wall_is_seen(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a service that takes whoever asks for one of the household."""
    random = Random(0)
    society = await settled(
        town, Plan({"first": (("mother",), ("shared",)), "second": (("father",), ("shared", "half"))})
    )
    assert await leaks(society, "mother", random) == []

    async def anybodys(_db: Any, _actor: Any, household_id: UUID | None, _today: Any) -> UUID:
        return household_id or society.households["second"].household_id

    monkeypatch.setattr(household_queries, "household_id_for", anybodys)
    seen = await leaks(society, "mother", random)
    assert {leak.rpartition(": ")[2] for leak in seen} >= {
        f"{what} of second" for what in ("address", "phone", "e-mail", "quotient", "other child", "reference")
    }
