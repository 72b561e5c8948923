"""A protected address stands nowhere: in no answer, page, file, document, event, mail or row, whoever asks. The same looks find that of another home."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final
from uuid import UUID

import pytest

from contracts.types import SERVICES
from deploy.local.child import free_ports
from portal.account import ACCOUNT
from portal.agents import AGENTS
from portal.family import FAMILY, HELPING
from portal.frame.spaces import Space
from tests.component.gateway.asking import answers, parent
from tests.component.gateway.browser import Browser
from tests.component.gateway.home_addresses import filled
from tests.component.gateway.home_papers import sent_papers
from tests.component.gateway.home_plans import text_of
from tests.component.gateway.homes import Society, browser_of, settled, token
from tests.component.gateway.test_wall_between_homes import STEPFAMILY
from tests.component.gateway.town import Town, accept_terms, choose_credentials, running_town
from tests.component.identity.walk import town_file
from tests.component.notifications.mail_server import MailServer, part
from tests.support.databases import Postgres
from tests.support.roles import Role, agent_of
from tests.support.services import write_town

pytestmark = pytest.mark.anyio

WHY: Final = {"reason": "Ordonnance de protection", "starts_on": "2026-01-05"}
CARRIER: Final = "la cellule d’aide aux victimes"
COLUMNS_SQL: Final = """
select table_name, column_name from information_schema.columns
where table_schema = 'public' and data_type in ('text', 'jsonb', 'ARRAY', 'tsvector')
"""
ROLES: Final = ((Role.FRONT_DESK,), (Role.FINANCE,), (Role.SITE,), (Role.OPERATIONS,), tuple(Role))
TOLD_BEFORE: Final = frozenset({"family.idempotency_keys.response", "billing.invoices.payer_address"})
"""What was answered to whoever typed an address, for some days; and what an invoice was issued with, whose document does not say it."""


@dataclass
class Hidden:
    """A society of two homes, one of which is protected. `words` are those of the address of each, that it has and had."""

    society: Society
    words: dict[str, list[str]]
    mark: dict[str, int]

    @property
    def town(self) -> Town:
        return self.society.town

    def seen(self, home: str, text: str) -> list[str]:
        """Which words of a home's address stand in a text."""
        return [word for word in self.words[home] if word in text]


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
    """A town of its own, which says who carries letters."""
    folder = tmp_path_factory.mktemp("town")
    file = write_town(folder, base=town_file(folder, step_up={"asks": []}), town={"protected_mail": CARRIER})
    async with running_town(postgres, secrets_dir, file, {"smtp_port": str(mails.port)}) as running:
        yield running


@pytest.fixture(scope="module")
async def hidden(town: Town) -> Hidden:
    """Both homes moved since they were invoiced; then the address of the second one is protected."""
    society = await settled(town, STEPFAMILY)
    await sent_papers(society)
    known = Hidden(society, {}, {})
    for home in ("first", "second"):
        former = society.households[home].address
        assert former
        known.words[home] = [*former.lines, *await _moved(society, home)]
    family = town.services["family"]
    for name, service in town.services.items():
        known.mark[name], _ = await service.emitted()
    household_id = society.households["second"].household_id
    answer = await family.client.put(
        f"/households/{household_id}/protection", json=WHY, headers=family.as_agent(Role.DIRECTOR)
    )
    assert answer.status_code == 200, answer.text
    await town.settle()
    return known


async def _moved(society: Society, home: str) -> list[str]:
    """The words of the address that a parent gives the home."""
    family, adult = society.town.services["family"], society.plan.homes[home][0][0]
    headers, path = family.as_parent(society.adults[adult]), f"/adults/{society.adults[adult]}/contact"
    known = (await family.client.get(path, headers=headers)).json()
    street, complement, city = token(), token(), token().capitalize()
    address = {
        "household_id": str(society.households[home].household_id),
        "street": f"3 sente {street}",
        "complement": f"Chez {complement}",
        "postal_code": "B-4970",
        "city": city,
        "country": "Belgique",
    }
    body = {"version": known["version"], "phone": known["phone"], "address": address}
    answer = await family.client.put(path, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    await society.town.settle()
    return [street, complement, city]


async def test_no_answer_says_it(hidden: Hidden) -> None:
    """Every GET operation of every service, as every adult and every role."""
    random, leaking, controls = Random(42), set[str](), set[str]()
    actors = [parent(adult_id) for adult_id in hidden.society.adults.values()]
    for actor in (*actors, *(agent_of(*roles) for roles in ROLES)):
        async for where, answer in answers(hidden.society, actor, random, only={"GET"}):
            text = text_of(answer)
            leaking |= {where for _ in hidden.seen("second", text)}
            controls |= {where.split()[0] for _ in hidden.seen("first", text)}
    assert not leaking, "\n".join(sorted(leaking))
    assert controls >= {
        "family.read_household",
        "family.my_household",
        "family.find_households",
        "family.read_contact",
        "family.family_history",
        "billing.read_invoice_pdf",
    }, "the control"


@pytest.mark.parametrize("who", ["agent", "mother", "father", "delegate"])
async def test_no_page_says_it(hidden: Hidden, who: str) -> None:
    """Every page and file of agents, of both parents and of somebody whom the father entrusted a child to."""
    society = hidden.society
    browser, spaces = await _browser(hidden, who)
    leaking, controls, count = set[str](), set[str](), 0
    for path in _addresses(society, spaces):
        answer = await browser.get(path)
        assert answer.status_code != 500, path
        count += answer.status_code == 200
        leaking |= {path for _ in hidden.seen("second", text_of(answer))}
        controls |= {path for _ in hidden.seen("first", text_of(answer))}
    assert count > {"agent": 40, "delegate": 1}.get(who, 10), "pages were read"
    assert not leaking, "\n".join(sorted(leaking))
    if who in ("agent", "mother"):
        assert len(controls) > 2, "the control"
    else:
        assert not controls, "the wall"


async def _browser(hidden: Hidden, who: str) -> tuple[Browser, tuple[Space, ...]]:
    if who == "agent":
        return await hidden.town.agent(*Role), (AGENTS, ACCOUNT)
    if who == "delegate":
        return await _delegate(hidden), (HELPING, ACCOUNT)
    return await browser_of(hidden.society, who), (FAMILY, ACCOUNT)


async def _delegate(hidden: Hidden) -> Browser:
    """Somebody whom the father lets act, once they did the first steps."""
    society, town = hidden.society, hidden.town
    family, identity = town.services["family"], town.services["identity"].client
    body = {
        "household_id": str(society.households["second"].household_id),
        "first_name": "Jeanne",
        "last_name": "Lefort",
        "email": f"{token()}@aide.example",
        "child_ids": [str(society.children["half"])],
        "acts": ["calendar.read"],
        "ends_on": str(await town.booking.day(60)),
    }
    headers = family.as_parent(society.adults["father"]) | family.key()
    answer = await family.client.post("/delegations", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    await town.settle()
    mailed = await town.credential()
    assert (await identity.post("/activations", json={"token": mailed.activation_token})).status_code == 201
    browser = await town.signed_in(mailed.username, mailed.temporary_password)
    await choose_credentials(browser)
    await accept_terms(browser)
    return browser


def _addresses(society: Society, spaces: tuple[Space, ...]) -> Iterator[str]:
    """Where everything is that these spaces show of either home."""
    shown = [path for space in spaces for page in space.pages if page.method == "GET" for path in page.paths]
    for path in shown:
        for home, household in society.households.items():
            pools: dict[str, list[UUID]] = {
                **society.ids,
                "household_id": [household.household_id],
                "adult_id": [adult.adult_id for adult in household.adults],
                "child_id": [child.child_id for child in household.children],
            }
            yield from filled(path, pools, [household.household_id])
            if "{" not in path:
                yield f"{path}?recherche={household.reference}"
                yield f"{path}?foyer={household.household_id}"
                yield from (f"{path}?recherche={word}" for word in society.plan.homes[home][0])


async def test_no_event_and_no_row_says_it(hidden: Hidden, mails: MailServer) -> None:
    """What is published from the moment on, what every other service keeps, and what is mailed."""
    town = hidden.town
    await town.services["notifications"].run_job("send_messages")
    leaking, controls = list[str](), list[str]()
    for name in SERVICES:
        service = town.services[name]
        _, events = await service.emitted(hidden.mark[name])
        leaking += [event.event_type for event in events if hidden.seen("second", event.model_dump_json())]
        assert name != "family" or events, "the state without it"
        for table, column in await service.db.fetch(COLUMNS_SQL):
            where = f"{name}.{table}.{column}"
            if where in TOLD_BEFORE or table == "outbox":
                continue
            rows = await service.db.fetch(
                f'select "{column}"::text as text from "{table}" where "{column}" is not null'
            )
            leaking += [where for row in rows if hidden.seen("second", row["text"])]
            controls += [where for row in rows if hidden.seen("first", row["text"])]
    assert not leaking, "\n".join(sorted(set(leaking)))
    assert {"family.households.city", "billing.households.address_lines"} <= set(controls), "the control"
    assert mails.received
    for mail in mails.received:
        text = str(mail["Subject"]) + part(mail, "plain") + part(mail, "html")
        assert not hidden.seen("second", text), mail["Subject"]


async def test_no_answer_to_an_act_says_it(hidden: Hidden) -> None:
    """What adults try on everything that there is: but for asking to see the address, for which its own adults alone are answered."""
    random = Random(7)
    for adult, adult_id in hidden.society.adults.items():
        sayings = set[str]()
        spared = [paper.paper_id for paper in hidden.society.papers_of(adult)]
        async for where, answer in answers(hidden.society, parent(adult_id), random, spared=spared):
            sayings |= {where.split()[0] for _ in hidden.seen("second", text_of(answer))}
        is_own = adult in hidden.society.plan.homes["second"][0]
        assert sayings == ({"family.show_address"} if is_own else set()), adult
