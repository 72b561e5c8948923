"""What the gateway adds: P8, a screen of three calls against its slowest one, and P16, the public API against the service itself.

Both run on the whole portal with the demonstration's families, through their processes as `make up` starts them. One client asks for
one thing at a time: the gateway's answer, then the services' own answers to the same questions, then again. Both sides of a round are
of the same turns, so that a busy moment meets both; what is compared are the medians.

What explains the difference is in the raw results, as medians too: `calls_together` are the screen's calls, asked at once by the client
itself, which is what a gateway cannot be faster than; `page_without_calls` has admission, template and answer alone; `no_page` is the
least that the gateway answers. `cpu_ms_each` is the processor time of one screen, by process.
"""

import json
import statistics
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from joserfc.jwk import OKPKey

from chassis.actor import Actor, sign_actor
from contracts.types import ActorKind
from deploy.local.stack import Stack, StackPlan
from tools.seed.town import Seed

from .exchange import Probe, in_turns
from .harness import Goal, Outcome, Setting, Side, Sides
from .procfs import cpu_seconds
from .servers import one_thread

LOGIN = b'{"login": "famille.testeur", "password": "tilleuls-lina-4"}'
API = "/api/v1"
SESSION_COOKIE = "__Host-session"
TOKEN_LIFETIME = timedelta(hours=2)
TURNS = 400
QUICK_TURNS = 40
WARM_UP_TURNS = 30
QUOTED_DAYS = 4
SCREEN = "/mon-accueil"
SCREEN_RATIO_MAX = 1.3
SCREEN_ADDED_MS_MAX = 0.3
CALLS = {
    "household": ("family", "/me/household"),
    "invoices": ("billing", "/invoices"),
    "enrollments": ("booking", "/enrollments"),
}


class Screen:
    """A family's own home: three services at once, then a template."""

    id = "P8"
    title = f"The screen {SCREEN} of three calls, against its slowest call, one visitor"
    goals = (
        Goal("p50", "ms", is_more_better=False, release=None, product=None),
        Goal("added", "ms", is_more_better=False, release=None, product=None, is_absolute=True),
        Goal("beyond_limit", "ms", is_more_better=False, release=0.0, product=None, is_absolute=True),
    )

    @asynccontextmanager
    async def prepare(self, setting: Setting) -> AsyncIterator[Sides]:
        """The portal, its demonstration's families, and a parent who has opened the screen before."""
        async with _portal(setting.folder) as stack:
            with _Parent.signed_in(stack) as parent:
                calls = {name: parent.direct(*call) for name, call in CALLS.items()}
                asked = {
                    "screen": [parent.page(SCREEN)],
                    **{name: [call] for name, call in calls.items()},
                    "calls_together": [parent.direct(*call) for call in CALLS.values()],
                    "page_without_calls": [parent.page("/")],
                    "no_page": [parent.page("/health/live")],
                }
                turns = _Turns(stack, asked, QUICK_TURNS if setting.is_quick else TURNS, "screen")
                turns.warm_up()
                yield _Screens(turns)


class Forwarder:
    """A GET and a POST of the public API, and the same operations asked of their services."""

    id = "P16"
    title = "Public API against the service's own answer: GET /enrollments, POST /quotes, one caller"
    goals = (
        Goal("get_p50", "ms", is_more_better=False, release=None, product=None),
        Goal("post_p50", "ms", is_more_better=False, release=None, product=None),
        Goal("get_added", "ms", is_more_better=False, release=None, product=None, is_absolute=True),
        Goal("post_added", "ms", is_more_better=False, release=None, product=None, is_absolute=True),
    )

    @asynccontextmanager
    async def prepare(self, setting: Setting) -> AsyncIterator[Sides]:
        """The portal, its demonstration's families, and a parent who wants to know what some days cost."""
        async with _portal(setting.folder) as stack:
            with _Parent.signed_in(stack) as parent:
                body = parent.quote_request()
                asked = {
                    "get": [parent.public("/enrollments")],
                    "get_direct": [parent.direct("booking", "/enrollments")],
                    "post": [parent.public("/quotes", body)],
                    "post_direct": [parent.direct("billing", "/quotes", body)],
                    "no_page": [parent.page("/health/live")],
                }
                turns = _Turns(stack, asked, QUICK_TURNS if setting.is_quick else TURNS, "get")
                turns.warm_up()
                yield _Forwards(turns)


@dataclass(slots=True)
class _Turns:
    """The turns of a round, taken when the first of its sides asks for them. `costed` is what the processor time is told of."""

    stack: Stack
    asked: Mapping[str, Sequence[Probe]]
    count: int
    costed: str
    _medians: dict[str, float] = field(default_factory=dict, init=False)
    _read_by: set[Side] = field(default_factory=set, init=False)

    def warm_up(self) -> None:
        """Connections, statements and caches are as after a while of service."""
        in_turns(self.asked, WARM_UP_TURNS)

    def medians(self, side: Side) -> Mapping[str, float]:
        """Milliseconds by name; both sides of a round read the same turns."""
        if not self._medians or side in self._read_by:
            self._medians = {
                name: statistics.median(seconds) * 1000 for name, seconds in in_turns(self.asked, self.count).items()
            }
            self._read_by.clear()
        self._read_by.add(side)
        return self._medians

    def cpu_ms_each(self) -> dict[str, float]:
        """Processor milliseconds of one answer, by process; those that took none are left out."""
        before = self._cpu_seconds()
        in_turns({self.costed: self.asked[self.costed]}, self.count)
        used = {name: seconds - before[name] for name, seconds in self._cpu_seconds().items()}
        return {name: round(seconds * 1000 / self.count, 2) for name, seconds in used.items() if seconds}

    def _cpu_seconds(self) -> dict[str, float]:
        return {name: cpu_seconds(process.pid or 0) for name, process in self.stack.processes.items()}


@dataclass(slots=True)
class _Screens:
    turns: _Turns

    async def ours(self) -> Outcome:
        """The screen, and what it takes beyond its slowest call."""
        medians = self.turns.medians(Side.OURS)
        slowest = max(medians[name] for name in CALLS)
        figures = {
            "p50": medians["screen"],
            "added": medians["screen"] - slowest,
            "beyond_limit": medians["screen"] - SCREEN_RATIO_MAX * slowest - SCREEN_ADDED_MS_MAX,
        }
        return Outcome(figures, {"p50_ms": dict(medians), "cpu_ms_each": self.turns.cpu_ms_each()})

    async def peer(self) -> Outcome:
        """The slowest of its calls."""
        medians = self.turns.medians(Side.PEER)
        slowest = max(CALLS, key=medians.__getitem__)
        return Outcome({"p50": medians[slowest]}, {"slowest": slowest})

    async def check(self) -> None:
        """Every answer was a good one, or its turn had ended the round."""


@dataclass(slots=True)
class _Forwards:
    turns: _Turns

    async def ours(self) -> Outcome:
        """By the public API."""
        medians = self.turns.medians(Side.OURS)
        figures: dict[str, float] = {}
        for name in ("get", "post"):
            figures |= {f"{name}_p50": medians[name], f"{name}_added": medians[name] - medians[f"{name}_direct"]}
        return Outcome(figures, {"p50_ms": dict(medians), "cpu_ms_each": self.turns.cpu_ms_each()})

    async def peer(self) -> Outcome:
        """By the services."""
        medians = self.turns.medians(Side.PEER)
        return Outcome({f"{name}_p50": medians[f"{name}_direct"] for name in ("get", "post")})

    async def check(self) -> None:
        """Every answer was a good one, or its turn had ended the round."""


@asynccontextmanager
async def _portal(folder: Path) -> AsyncIterator[Stack]:
    """The whole portal, with the demonstration's families."""
    stack = Stack(StackPlan(folder / "stack"))
    async with one_thread() as run:
        await run(stack.start)
        try:
            async with Seed.open(stack.tool_env()) as seed:
                await seed.run()
            yield stack
        finally:
            await run(stack.stop)


@dataclass(slots=True)
class _Parent:
    """A parent of the demonstration, at the gateway and, with a token of the same person, at the services."""

    stack: Stack
    session_token: str
    actor_token: str = ""
    _probes: list[Probe] = field(default_factory=list, init=False)

    @classmethod
    @contextmanager
    def signed_in(cls, stack: Stack) -> Iterator["_Parent"]:
        """Sign in; connections are closed in the end."""
        opening = Probe(stack.url("gateway") + API + "/sessions", body=LOGIN)
        parent = cls(stack, json.loads(opening.ask())["session_token"])
        opening.close()
        session = parent.read("/sessions/current")
        key = OKPKey.import_key(json.loads((stack.secrets_dir / "actor_private.json").read_text()))
        actor = Actor(UUID(session["account_id"]), ActorKind.PARENT, guardian_id=UUID(session["guardian_id"]))
        parent.actor_token = sign_actor(actor, key, TOKEN_LIFETIME)[0]
        try:
            yield parent
        finally:
            for probe in parent._probes:
                probe.close()

    def page(self, path: str) -> Probe:
        """A page of the portal, in a browser with the session's cookie."""
        return self._probe(self.stack.url("gateway") + path, {"cookie": f"{SESSION_COOKIE}={self.session_token}"})

    def public(self, path: str, body: bytes | None = None) -> Probe:
        """An operation of the public API."""
        headers = {"authorization": f"Bearer {self.session_token}"}
        return self._probe(self.stack.url("gateway") + API + path, headers, body)

    def direct(self, service: str, path: str, body: bytes | None = None) -> Probe:
        """An operation of a service, asked as the gateway asks it."""
        headers = {"authorization": f"Bearer {self.actor_token}"}
        return self._probe(self.stack.url(service) + path, headers, body)

    def read(self, path: str) -> Any:
        """What the public API answers."""
        return json.loads(self.public(path).ask())

    def quote_request(self) -> bytes:
        """Some days of a child in an activity."""
        child, activity = self.read("/household")["children"][0], self.read("/activities")["items"][0]
        first: date = datetime.now(UTC).date()
        lines = [
            {
                "child_id": child["child_id"],
                "activity_id": activity["activity_id"],
                "service_on": str(first + timedelta(days=day)),
            }
            for day in range(QUOTED_DAYS)
        ]
        return json.dumps({"lines": lines}).encode()

    def _probe(self, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Probe:
        self._probes.append(Probe(url, headers, body))
        return self._probes[-1]
