"""The watch over consumers: does each subscription have its partitions, does it make progress, does its lag shrink.

The client library reconnects and rejoins by itself, and may fail to without a word; so this looks at what it did. What nobody
could help - the broker or the database does not answer - is told, and counts for nothing else.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from chassis.data.database import Database
from chassis.events.client_tasks import is_member
from chassis.events.progress import Progress
from chassis.settings import ServiceSettings
from chassis.telemetry import CONSUMER_HEALTHY, CONSUMER_LAG, CONSUMER_PARTITIONS

LOOK_SECONDS_MAX = 5.0
ANSWER_SECONDS = 2.0
HOPELESS_FACTOR = 2


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of a subscription at the instant `at`; `lag` is None when the broker did not tell."""

    at: float
    is_member: bool
    partitions: int
    lag: int | None
    settled: int
    can_work: bool


@dataclass(slots=True)
class Standing:
    """What looks at one subscription amount to."""

    limits: ServiceSettings
    looks: deque[Look] = field(default_factory=deque)
    progress_at: float = 0.0
    member_at: float = 0.0

    def note(self, look: Look) -> None:
        """Take a look into account. After a gap, such as a process that was suspended, all clocks start again."""
        last = self.looks[-1] if self.looks else None
        gap_max = max(self.limits.consumer_stuck_seconds / 2, LOOK_SECONDS_MAX)
        if last is None or look.at - last.at > gap_max:
            self.looks.clear()
            self.progress_at = self.member_at = look.at
        if look.is_member or look.lag is None:
            self.member_at = look.at
        if not look.lag or not look.can_work or (last is not None and look.settled != last.settled):
            self.progress_at = look.at
        self.looks.append(look)
        while look.at - self.looks[0].at > self.limits.consumer_stuck_seconds:
            self.looks.popleft()

    @property
    def stuck_seconds(self) -> float:
        """For how long nothing went on although something waited and everybody answered."""
        return self.looks[-1].at - min(self.progress_at, self.member_at) if self.looks else 0.0

    def judge(self) -> tuple[str, str | None]:
        """The state in one word, and what is wrong with it, if anything is."""
        look, limit = self.looks[-1], self.limits.consumer_stuck_seconds
        if look.lag is None:
            return "unknown", "the broker, or its topic, does not answer"
        if not look.can_work:
            return "waiting", "the database does not answer"
        if look.at - self.member_at > limit:
            return "unassigned", f"no member of its group for {look.at - self.member_at:.0f} s"
        if look.at - self.progress_at > limit:
            return "stuck", f"{look.lag} records wait and none was applied for {look.at - self.progress_at:.0f} s"
        oldest = self.looks[0]
        if look.lag > self.limits.consumer_lag_max and look.lag > (oldest.lag or 0):
            return "lagging", f"{look.lag} records wait, more than {oldest.lag or 0} {look.at - oldest.at:.0f} s ago"
        if not look.is_member:
            return "joining", None
        # A member that its group leaves without a partition is a reserve: there are more members than partitions.
        return ("following" if look.partitions else "idle"), None


@dataclass(slots=True)
class Subscription:
    """One topic as the client library knows it; `in_hand` counts the records of each partition that are being applied."""

    topic: str
    consumer: AIOKafkaConsumer | None
    in_hand: Mapping[int, int]

    async def lags(self) -> dict[int, int] | None:
        """The records that wait or are being applied, for each partition that we have; None when the broker does not tell."""
        consumer = self.consumer
        if consumer is None or consumer._fetcher is None:  # it waits for its broker since it began
            return None
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                name = next(iter(consumer.subscription()))
                # Asked of partitions that are not ours too: it tells whether the broker answers.
                known = [TopicPartition(name, number) for number in consumer.partitions_for_topic(name) or ()]
                ends = await consumer.end_offsets(known)
                return {
                    place.partition: max(ends[place] - await consumer.position(place), 0)
                    + self.in_hand.get(place.partition, 0)
                    for place in consumer.assignment()
                    if place in ends
                }
        except (TimeoutError, KafkaError, OSError, RuntimeError):  # the last is what uvloop says of a closed connection
            return None


class ConsumerWatch:
    """Looks at every subscription of a process, all the time and whenever it is asked."""

    def __init__(self, db: Database, settings: ServiceSettings, progress: Mapping[str, Progress]) -> None:
        self._db = db
        self._settings = settings
        self._progress = progress
        self._interval = min(LOOK_SECONDS_MAX, settings.consumer_stuck_seconds / 4)
        self._standings: dict[str, Standing] = {}
        self._shown: set[tuple[str, str]] = set()

    def stuck(self) -> list[str]:
        """The topics whose consumer did nothing for so long that only a new process may help."""
        return self._stuck_for(self._settings.consumer_dead_seconds)

    def hopeless(self) -> list[str]:
        """The topics whose consumer did nothing for so long that its process must end: nobody else may be watching it."""
        return self._stuck_for(HOPELESS_FACTOR * self._settings.consumer_dead_seconds)

    def _stuck_for(self, seconds: float) -> list[str]:
        return [topic for topic, standing in self._standings.items() if standing.stuck_seconds > seconds]

    async def run(self, subscriptions: Callable[[], Sequence[Subscription]]) -> None:
        """Look until cancelled."""
        while True:
            await self.look(subscriptions())
            await asyncio.sleep(self._interval)

    async def look(self, subscriptions: Sequence[Subscription]) -> dict[str, dict[str, Any]]:
        """Look now: the state of each topic, its partitions, its lag, and the reason when something is wrong."""
        can_work = await self._db.answers()
        reports = await asyncio.gather(*(self._look_at(subscription, can_work) for subscription in subscriptions))
        return {subscription.topic: report for subscription, report in zip(subscriptions, reports, strict=True)}

    async def _look_at(self, subscription: Subscription, can_work: bool) -> dict[str, Any]:
        topic = subscription.topic
        lags = await subscription.lags()
        look = Look(
            at=asyncio.get_running_loop().time(),
            is_member=is_member(subscription.consumer),
            partitions=len(lags or ()),
            lag=None if lags is None else sum(lags.values()),
            settled=self._progress[topic].settled,
            can_work=can_work,
        )
        standing = self._standings.setdefault(topic, Standing(self._settings))
        standing.note(look)
        state, reason = standing.judge()
        self._show(topic, lags or {}, is_healthy=reason is None)
        return {"state": state, "reason": reason, "assigned": look.partitions, "lag": look.lag}

    def _show(self, topic: str, lags: Mapping[int, int], *, is_healthy: bool) -> None:
        CONSUMER_HEALTHY.labels(topic).set(is_healthy)
        CONSUMER_PARTITIONS.labels(topic).set(len(lags))
        gone = {(shown, number) for shown, number in self._shown if shown == topic and int(number) not in lags}
        for labels in gone:
            CONSUMER_LAG.remove(*labels)
        self._shown -= gone
        for number, lag in lags.items():
            CONSUMER_LAG.labels(topic, str(number)).set(lag)
            self._shown.add((topic, str(number)))
