"""P1 and P2: bookings over HTTP against pgbench, spread over 10,000 days (P1) and all on one (P2).

Ours is `python -m services.booking`: processes with the role `api`, one with `relay`, Kafka behind it. What a request costs
is all in it: the actor's token, the rules, the idempotency key, the events and their publishing. P1 has two processes that
answer, as many as there are processors, which the peer has as well; P2 has one, which decides in the order of arrival.
"""

import statistics
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from .booking_load import Answers
from .booking_peer import PeerRun, run_peer
from .booking_servers import BookingServers
from .booking_town import FAMILIES, SLOTS
from .harness import Goal, InvariantBroken, Outcome, Setting

CONNECTIONS = 64
PEER_CLIENTS = 32
ROUND_SECONDS = 8
BOOKED, REFUSED = 201, 409


class HttpBookings:
    """Every wish is of another family for another day."""

    id = "P1"
    title = "Bookings over HTTP on 10,000 slots, 64 connections, against pgbench writing the same rows with 32 clients"
    goals = (
        Goal("bookings_per_second", "1/s", is_more_better=True, release=0.25, product=0.35),
        Goal("bookings_per_cpu_second", "1/s", is_more_better=True, release=None, product=None),
    )

    @asynccontextmanager
    async def prepare(self, setting: Setting) -> AsyncIterator["WideRace"]:
        """Servers, processes, and a first short run of both sides."""
        async with _running(setting.folder, apis=2) as servers:
            race = WideRace(servers, setting.folder, 2 if setting.is_quick else ROUND_SECONDS)
            await race.warm_up()
            yield race


class WideRace:
    """Both sides of P1."""

    def __init__(self, servers: BookingServers, folder: Path, seconds: int) -> None:
        self._servers = servers
        self._folder = folder
        self._seconds = seconds
        self._accepted = 0

    async def warm_up(self) -> None:
        """Statements and caches of both sides are as after a minute of service: each family came by once."""
        await self._servers.load(connections=CONNECTIONS, count=FAMILIES)
        await run_peer(self._servers.peer, self._servers.sample, PeerRun(PEER_CLIENTS, seconds=2), self._folder)

    async def ours(self) -> Outcome:
        """Book for some seconds; a refusal would be an error of the measure."""
        await self._servers.drained()
        await self._servers.ours.empty()
        before = self._servers.cpu_seconds()
        answers = await self._servers.load(connections=CONNECTIONS, seconds=self._seconds)
        self._accepted = len(answers.status)
        if set(answers.status) != {BOOKED}:
            raise InvariantBroken(f"answers that are no booking: {set(answers.status) - {BOOKED}}")
        await self._servers.drained()  # what the relay has still to do belongs to the cost
        cpu = _used(before, self._servers.cpu_seconds()) | {"load": answers.cpu_seconds}
        figures = {
            "bookings_per_second": self._accepted / max(answers.answered),
            "bookings_per_cpu_second": self._accepted / sum(cpu.values()),
        }
        return Outcome(figures, _latencies(answers) | _each(cpu, self._accepted))

    async def peer(self) -> Outcome:
        """The same writes for as long."""
        await self._servers.drained()
        await self._servers.peer.empty()
        before = self._servers.cpu_seconds()
        run = PeerRun(PEER_CLIENTS, seconds=self._seconds)
        done = await run_peer(self._servers.peer, self._servers.sample, run, self._folder)
        await self._servers.peer.check(done.count)
        cpu = {"postgres": _used(before, self._servers.cpu_seconds())["postgres"], "pgbench": done.cpu_seconds}
        figures = {
            "bookings_per_second": done.rate,
            "bookings_per_cpu_second": done.count / sum(cpu.values()),
        }
        return Outcome(figures, _each(cpu, done.count))

    async def check(self) -> None:
        """Nothing oversold, and what was accepted is there."""
        await self._servers.drained()
        await self._servers.ours.check(self._accepted)


class HotSlot:
    """Every family wants a place on the same day, and there is one for two families out of three."""

    id = "P2"
    title = "One hot slot that everybody wants, 64 connections, against pgbench writing the same rows with 32 clients"
    goals = (
        Goal("decisions_per_second", "1/s", is_more_better=True, release=1.5, product=3.0),
        Goal("bookings_per_second", "1/s", is_more_better=True, release=1.5, product=3.0),
        Goal("p99_ms", "ms", is_more_better=False, release=250, product=250, is_absolute=True),
        Goal("late_winners", "", is_more_better=False, release=None, product=None, is_absolute=True),
    )

    @asynccontextmanager
    async def prepare(self, setting: Setting) -> AsyncIterator["HotRace"]:
        """Servers, processes, and a first short run of both sides."""
        async with _running(setting.folder, apis=1) as servers:
            race = HotRace(servers, setting.folder)
            await race.ours()
            await race.peer()
            yield race


class HotRace:
    """Both sides of P2. A round is one wish of each family; each round has a day of its own."""

    connections = CONNECTIONS
    places = FAMILIES * 2 // 3

    def __init__(self, servers: BookingServers, folder: Path) -> None:
        self._servers = servers
        self._folder = folder
        self._slot = SLOTS
        self._accepted = 0

    async def ours(self) -> Outcome:
        """Everybody asks once, until the last one was told."""
        await self._servers.drained()
        await self._servers.ours.empty()
        self._slot -= 1
        await self._servers.ours.limit(self._slot, self.places)
        before = self._servers.cpu_seconds()
        answers = await self._servers.load(connections=self.connections, count=FAMILIES, hot_slot=self._slot)
        winners = [number for number, status in enumerate(answers.status) if status == BOOKED]
        self._accepted = len(winners)
        if self._accepted != self.places or not set(answers.status) <= {BOOKED, REFUSED}:
            raise InvariantBroken(f"{self._accepted} booked of {self.places}; answers {set(answers.status)}")
        cpu = _used(before, self._servers.cpu_seconds()) | {"load": answers.cpu_seconds}
        details = _latencies(answers) | _each(cpu, FAMILIES)
        figures = {
            "decisions_per_second": FAMILIES / max(answers.answered),
            "bookings_per_second": self._accepted / max(answers.answered[number] for number in winners),
            "p99_ms": details["p99_ms"],
            "late_winners": float(sum(1 for number in winners if number >= self.places)),
        }
        return Outcome(figures, details | {"last_winner": winners[-1], "places": self.places})

    async def peer(self) -> Outcome:
        """The same writes on one row: there is a place for everybody, so every transaction writes."""
        await self._servers.drained()
        await self._servers.peer.empty()
        await self._servers.peer.limit(0, FAMILIES)
        before = self._servers.cpu_seconds()
        run = PeerRun(PEER_CLIENTS, transactions=FAMILIES // PEER_CLIENTS, hot_slot=0)
        done = await run_peer(self._servers.peer, self._servers.sample, run, self._folder)
        await self._servers.peer.check(done.count)
        cpu = {"postgres": _used(before, self._servers.cpu_seconds())["postgres"], "pgbench": done.cpu_seconds}
        figures = {"decisions_per_second": done.rate, "bookings_per_second": done.rate}
        return Outcome(figures, _each(cpu, done.count))

    async def check(self) -> None:
        """Nothing oversold, and what was accepted is there."""
        await self._servers.drained()
        await self._servers.ours.check(self._accepted)


@asynccontextmanager
async def _running(folder: Path, apis: int) -> AsyncIterator[BookingServers]:
    servers = BookingServers(folder, apis)
    try:
        await servers.start()
        yield servers
    finally:
        servers.stop()


def _latencies(answers: Answers) -> dict[str, Any]:
    waits = sorted(
        answered - sent for sent, answered in zip(answers.sent, answers.answered, strict=True) if answered > 0
    )
    cuts = statistics.quantiles(waits, n=100)
    return {"requests": len(waits), "p50_ms": round(cuts[49] * 1000, 1), "p99_ms": round(cuts[98] * 1000, 1)}


def _used(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Processor seconds by part, between two looks."""
    return {part: after[part] - before.get(part, 0) for part in after}


def _each(cpu: Mapping[str, float], count: int) -> dict[str, Any]:
    """Processor milliseconds for each booking (or decision), by part."""
    return {"cpu_ms_each": {part: round(seconds * 1000 / count, 3) for part, seconds in cpu.items()}}
