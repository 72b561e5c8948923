"""The watchdogs of consumers: does each subscription have its partitions, does it make progress, does its lag shrink.

The client library reconnects and rejoins by itself, and may fail to without a word: so what it did is sampled, and a consumer that is
stuck fails the liveness check. What nobody could help - the broker or the database does not answer - is reported, and counts for nothing
else.
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

SAMPLE_SECONDS_MAX = 5.0
ANSWER_SECONDS = 2.0
HOPELESS_FACTOR = 2


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen of a subscription at the instant `at`; `lag` is None when the broker did not tell."""

    at: float
    is_member: bool
    partitions: int
    lag: int | None
    settled: int
    can_work: bool


@dataclass(slots=True)
class Watchdog:
    """The watchdog of one subscription: it judges the samples of some time, and resets itself when there is progress."""

    limits: ServiceSettings
    samples: deque[Sample] = field(default_factory=deque)
    progress_at: float = 0.0
    member_at: float = 0.0

    def note(self, sample: Sample) -> None:
        """Take a sample into account. After a gap, such as a process that was suspended, all clocks start again."""
        last = self.samples[-1] if self.samples else None
        gap_max = max(self.limits.consumer_stuck_seconds / 2, SAMPLE_SECONDS_MAX)
        if last is None or sample.at - last.at > gap_max:
            self.samples.clear()
            self.progress_at = self.member_at = sample.at
        if sample.is_member or sample.lag is None:
            self.member_at = sample.at
        if not sample.lag or not sample.can_work or (last is not None and sample.settled != last.settled):
            self.progress_at = sample.at
        self.samples.append(sample)
        while sample.at - self.samples[0].at > self.limits.consumer_stuck_seconds:
            self.samples.popleft()

    @property
    def stuck_seconds(self) -> float:
        """For how long nothing went on although something waited and everybody answered."""
        return self.samples[-1].at - min(self.progress_at, self.member_at) if self.samples else 0.0

    def judge(self) -> tuple[str, str | None]:
        """The state in one word, and what is wrong with it, if anything is."""
        sample, limit = self.samples[-1], self.limits.consumer_stuck_seconds
        if sample.lag is None:
            return "unknown", "the broker, or its topic, does not answer"
        if not sample.can_work:
            return "waiting", "the database does not answer"
        if sample.at - self.member_at > limit:
            return "unassigned", f"no member of its group for {sample.at - self.member_at:.0f} s"
        if sample.at - self.progress_at > limit:
            return "stuck", f"{sample.lag} records wait and none was applied for {sample.at - self.progress_at:.0f} s"
        oldest = self.samples[0]
        if sample.lag > self.limits.consumer_lag_max and sample.lag > (oldest.lag or 0):
            return (
                "lagging",
                f"{sample.lag} records wait, more than {oldest.lag or 0} {sample.at - oldest.at:.0f} s ago",
            )
        if not sample.is_member:
            return "joining", None
        # A member that its group leaves without a partition is a reserve: there are more members than partitions.
        return ("following" if sample.partitions else "idle"), None


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
        self._interval = min(SAMPLE_SECONDS_MAX, settings.consumer_stuck_seconds / 4)
        self._watchdogs: dict[str, Watchdog] = {}
        self._shown: set[tuple[str, str]] = set()

    def stuck(self) -> list[str]:
        """The topics whose consumer did nothing for so long that only a new process may help."""
        return self._stuck_for(self._settings.consumer_dead_seconds)

    def hopeless(self) -> list[str]:
        """The topics whose consumer did nothing for so long that its process must end: nobody else may be watching it."""
        return self._stuck_for(HOPELESS_FACTOR * self._settings.consumer_dead_seconds)

    def _stuck_for(self, seconds: float) -> list[str]:
        return [topic for topic, watchdog in self._watchdogs.items() if watchdog.stuck_seconds > seconds]

    async def run(self, subscriptions: Callable[[], Sequence[Subscription]]) -> None:
        """Look until cancelled."""
        while True:
            await self.look(subscriptions())
            await asyncio.sleep(self._interval)

    async def look(self, subscriptions: Sequence[Subscription]) -> dict[str, dict[str, Any]]:
        """Look now: the state of each topic, its partitions, its lag, and the reason when something is wrong."""
        can_work = await self._db.answers()
        reports = await asyncio.gather(*(self._sample(subscription, can_work) for subscription in subscriptions))
        return {subscription.topic: report for subscription, report in zip(subscriptions, reports, strict=True)}

    async def _sample(self, subscription: Subscription, can_work: bool) -> dict[str, Any]:
        topic = subscription.topic
        lags = await subscription.lags()
        sample = Sample(
            at=asyncio.get_running_loop().time(),
            is_member=is_member(subscription.consumer),
            partitions=len(lags or ()),
            lag=None if lags is None else sum(lags.values()),
            settled=self._progress[topic].settled,
            can_work=can_work,
        )
        watchdog = self._watchdogs.setdefault(topic, Watchdog(self._settings))
        watchdog.note(sample)
        state, reason = watchdog.judge()
        self._show(topic, lags or {}, is_healthy=reason is None)
        return {"state": state, "reason": reason, "assigned": sample.partitions, "lag": sample.lag}

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
