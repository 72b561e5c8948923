"""P11: a family found among 120,000 households of four people, whatever somebody says at the counter, against a bare trigram query.

Ours is `GET /households?search=` of `python -m services.family`, asked by one agent after the other over a kept connection: token, permission, the steps of the
search, the row of each file found with its children and what of it answers. Asked for are whole names, in any spelling; names with a typing error; telephone numbers; births of
children. The peer is one prepared query beside the same rows: a text for each household (names, telephone numbers, births), its trigrams in an array under a GIN index, all
trigrams of the question in it, 25 in the order of names. It is `pg_trgm`'s `like`, without its extension, which the server's package does not have. It knows
no spelling: it is asked for the name as it is stored, rightly spelled, where ours is asked for a wrong one.
"""

import asyncio
import json
import math
import random
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import httpx2
from joserfc.jwk import OKPKey

from chassis.actor import Actor, sign_actor
from chassis.comparing import comparable
from chassis.data.database import Database
from chassis.identifiers import new_id
from contracts.family.permissions import FamilyPermission
from contracts.types import ActorKind
from deploy.local.stack import Stack

from .harness import Goal, InvariantBroken, Outcome, Setting
from .search_town import Family, fill, invented, trigrams
from .servers import opened, running_stack

HOUSEHOLDS: Final = 120_000
QUICK_PART: Final = 20
ASKED_OF_EACH: Final = 100
SEED: Final = 20_260_911
LIMIT_SECONDS: Final = 60.0
LIFETIME: Final = timedelta(hours=6)
KINDS: Final = ("name", "typing_error", "phone", "birth")

PEER_SQL = "select household_id from bench_texts where trigrams @> $1::text[] order by payer_key, household_id limit 26"


@dataclass(frozen=True, slots=True)
class Question:
    """What an agent types, what the peer is asked instead, and the reference of a file that is to be among the answers."""

    typed: str
    stored: str
    reference: str


class Searches:
    """An agent at the counter asks for one family after the other."""

    id = "P11"
    title = "A family found among 120,000 households, in any spelling, against a bare trigram query"
    goals = (
        Goal("search_ms", "ms", is_more_better=False, release=2.0, product=None),
        Goal("p95_ms", "ms", is_more_better=False, release=100.0, product=30.0, is_absolute=True),
        *(Goal(f"{kind}_ms", "ms", is_more_better=False, release=None, product=None) for kind in KINDS),
        *(Goal(f"{kind}_p95_ms", "ms", is_more_better=False, release=None, product=None) for kind in KINDS),
    )

    @asynccontextmanager
    async def prepare(self, setting: Setting) -> AsyncIterator["Counter"]:
        """A family service with its files, and the texts of the peer beside them."""
        count = HOUSEHOLDS // QUICK_PART if setting.is_quick else HOUSEHOLDS
        chance = random.Random(SEED)
        families = invented(chance, count)
        async with running_stack(setting.folder, {"family": "api"}) as stack, opened(stack, "family") as db:
            await fill(stack.dsn("family"), families)
            counter = Counter(stack, db, families, ASKED_OF_EACH // (5 if setting.is_quick else 1))
            await counter.ours()
            await counter.peer()
            yield counter


class Counter:
    """Both sides; each round asks for other families."""

    def __init__(self, stack: Stack, db: Database, families: Sequence[Family], count: int) -> None:
        self._url = stack.url("family")
        self._token = _token(stack)
        self._db = db
        self._families = families
        self._count = count
        self._chance = random.Random(SEED)
        self._missed: list[str] = []
        self._asked = 0

    async def ours(self) -> Outcome:
        """Ask the service."""
        questions = self._questions()
        headers = {"Authorization": f"Bearer {self._token}"}
        async with httpx2.AsyncClient(base_url=self._url, headers=headers, timeout=LIMIT_SECONDS) as client:

            async def ask(question: Question) -> None:
                answer = await client.get("/households", params={"search": question.typed})
                answer.raise_for_status()
                page = answer.json()
                references = {item["reference"] for item in page["items"]}
                # A common name has more than a page of families.
                if question.reference not in references and page["next_cursor"] is None:
                    self._missed.append(f"{question.reference} by {question.typed!r}")
                self._asked += 1

            return await _timed(questions, ask)

    async def peer(self) -> Outcome:
        """Ask the bare query."""

        async def ask(question: Question) -> None:
            await self._db.fetch(PEER_SQL, trigrams(question.stored))

        return await _timed(self._questions(), ask)

    async def check(self) -> None:
        """Whoever was asked for was found."""
        if self._missed:
            raise InvariantBroken(f"{len(self._missed)} of {self._asked} searches missed: {self._missed[:5]}")

    def _questions(self) -> dict[str, list[Question]]:
        chosen = {kind: self._chance.sample(self._families, self._count) for kind in KINDS}
        ask = {"name": _by_name, "typing_error": _by_wrong_name, "phone": _by_phone, "birth": _by_birth}
        return {kind: [ask[kind](self._chance, family) for family in families] for kind, families in chosen.items()}


async def _timed(questions: dict[str, list[Question]], ask: Callable[[Question], Awaitable[None]]) -> Outcome:
    """Ask everything, one after the other, the kinds mixed."""
    durations: dict[str, list[float]] = {kind: [] for kind in questions}
    for asked in zip(*questions.values(), strict=True):
        for kind, question in zip(questions, asked, strict=True):
            began = time.perf_counter()
            await ask(question)
            durations[kind].append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0)
    durations_of_all = [duration for part in durations.values() for duration in part]
    figures = {"search_ms": statistics.fmean(durations_of_all), "p95_ms": _p95(durations_of_all)}
    figures |= {f"{kind}_ms": statistics.median(part) for kind, part in durations.items()}
    figures |= {f"{kind}_p95_ms": _p95(part) for kind, part in durations.items()}
    return Outcome(figures, {"searches": len(durations_of_all), "slowest_ms": max(durations_of_all)})


def _p95(durations: Sequence[float]) -> float:
    return sorted(durations)[math.ceil(len(durations) * 0.95) - 1]


def _by_name(chance: random.Random, family: Family) -> Question:
    """An adult's name, as it is said: glued, without accents, or in the other order."""
    adult = family.file.adults[0]
    words = comparable(adult.last_name)
    typed = chance.choice((words, words.replace(" ", ""), words.upper()))
    return Question(
        f"{typed} {comparable(adult.first_name)}", f"{adult.last_name} {adult.first_name}", family.file.reference
    )


def _by_wrong_name(chance: random.Random, family: Family) -> Question:
    """The same with two neighbouring letters turned round, or one missing, of a name that has letters enough."""
    adult = family.file.adults[0]
    name = comparable(adult.last_name).replace(" ", "")
    place = chance.randrange(1, len(name) - 1)
    wrong = chance.choice(
        (name[:place] + name[place + 1] + name[place] + name[place + 2 :], name[:place] + name[place + 1 :])
    )
    return Question(
        f"{wrong} {comparable(adult.first_name)}", f"{adult.last_name} {adult.first_name}", family.file.reference
    )


def _by_phone(_chance: random.Random, family: Family) -> Question:
    phone = str(family.file.adults[0].phone)
    return Question(f"0{phone[3:]}", phone, family.file.reference)


def _by_birth(_chance: random.Random, family: Family) -> Question:
    birth_on = family.file.children[0].birth_on
    return Question(f"{birth_on:%d/%m/%Y}", f"{birth_on:%d%m%Y}", family.file.reference)


def _token(stack: Stack) -> str:
    agent = Actor(new_id(), ActorKind.AGENT, None, frozenset({FamilyPermission.READ_HOUSEHOLDS}), sites=None)
    key = OKPKey.import_key(json.loads((stack.secrets_dir / "actor_private.json").read_text()))
    return sign_actor(agent, key, LIFETIME)[0]
