"""The wall between the homes of a child: whatever an adult asks, of any service, nothing of a home that is not theirs comes back."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, Final
from uuid import UUID

import pytest

from deploy.local.child import free_ports
from portal.account import ACCOUNT
from portal.family import FAMILY
from services.family.households import queries as household_queries
from tests.component.gateway.asking import answers, parent
from tests.component.gateway.browser import Browser, words
from tests.component.gateway.home_addresses import filled
from tests.component.gateway.home_papers import sent_papers
from tests.component.gateway.home_plans import Plan, drawn, is_in, text_of
from tests.component.gateway.homes import Society, browser_of, settled
from tests.component.gateway.town import Town, running_town
from tests.component.identity.walk import town_file
from tests.component.notifications.mail_server import MailServer, part
from tests.support.databases import Postgres

pytestmark = pytest.mark.anyio

SEEDS: Final = range(4)


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


PAPERS_READ: Final = frozenset(
    {
        "family.own_documents",
        "family.read_document",
        "family.read_document_page",
        "family.read_whole_document",
        "family.own_requests",
        "family.read_request",
        "family.own_resources",
        "family.own_exports",
        "family.read_export",
        *(
            f"{service}.{name}_certificate{s}"
            for service in ("family", "booking", "billing")
            for name, s in (("list", "s"), ("read", ""))
        ),
    }
)


async def leaks(society: Society, adult: str, random: Random) -> list[str]:
    """Everything that an adult is told and must not be, or does to a paper that is not theirs. Their own papers stay, and they read them."""
    faults, count = [], 0
    own = society.papers_of(adult)
    kept = {str(paper.paper_id) for paper in society.papers if paper not in own}
    spared = [paper.paper_id for paper in own]
    async for where, answer in answers(society, parent(society.adults[adult]), random, spared=spared):
        count += 1
        faults += society.leaks(adult, answer, where)
        if answer.is_success and any(paper_id in str(answer.request.url) for paper_id in kept):
            faults.append(f"{where}, for {adult}: it was done")
        text = text_of(answer)
        society.read |= {
            where.split()[0] for paper in own for word in (str(paper.paper_id), *paper.words) if is_in(word, text)
        }
    assert count > 60, "the operations were asked"
    return faults


@pytest.mark.parametrize("seed", SEEDS)
async def test_no_answer_tells_one_home_of_another(town: Town, mails: MailServer, seed: int) -> None:
    """Families at random; each adult asks everything, and reads their mail."""
    random = Random(seed)
    society = await settled(town, drawn(random))
    await sent_papers(society)
    faults = [leak for adult in society.plan.adults for leak in await leaks(society, adult, random)]
    assert not faults, "\n".join(sorted(set(faults)))
    assert society.read >= PAPERS_READ, "the control"
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
    await sent_papers(society)
    pools = {**society.ids, "child_id": list(society.children.values())}
    ids = [value for values in pools.values() for value in values]
    for adult in ("mother", "father"):
        browser, faults, count = await browser_of(society, adult), list[str](), 0
        paths = [path for screen in (*FAMILY.pages, *ACCOUNT.pages) if screen.method == "GET" for path in screen.paths]
        for path in paths:
            for address in filled(path, pools, ids):
                answer = await browser.get(address)
                assert answer.status_code != 500, address
                count += answer.status_code == 200
                faults += society.leaks(adult, answer, address)
        assert count > 10, "pages were read"
        assert not faults, "\n".join(faults)
        await _exported(society, adult, browser)
        calendar = words(await browser.get("/calendrier"))
        assert ("est chez vous" in calendar) != ("est à son autre domicile" in calendar)


async def _exported(society: Society, adult: str, browser: Browser) -> None:
    """What somebody takes away says nothing of the other home either."""
    await browser.submit("/mes-donnees")
    await society.town.services["family"].run_job("make_exports")
    paths = set(re.findall(r'href="(/mes-donnees/[0-9a-f-]{36})"', (await browser.get("/mes-donnees")).text))
    assert len(paths) == 2
    for path in paths:
        archive = await browser.get(path)
        assert archive.status_code == 200
        assert not (faults := society.leaks(adult, archive, path)), faults
        (document, *_) = society.papers_of(adult)
        assert document.words[1] in text_of(archive), "its documents are in it"


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
