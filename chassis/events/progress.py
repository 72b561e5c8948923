"""Progress by position, a high-water mark for each partition: a record counts when it is settled for the first time, so that a consumer
that is busy with the same batch again and again makes none."""

from collections import defaultdict


class Progress:
    """How many records of a topic are settled: applied, or given up as dead letters."""

    def __init__(self) -> None:
        self.settled = 0
        """How many places were settled since the process began, each counted once."""
        self._position: dict[int, int] = {}
        self._beyond: defaultdict[int, set[int]] = defaultdict(set)

    def settle(self, partition: int, offset: int) -> None:
        """The record at this place is done with."""
        beyond = self._beyond[partition]
        if offset >= self._position.get(partition, 0) and offset not in beyond:
            beyond.add(offset)
            self.settled += 1

    def pass_by(self, partition: int, offset: int) -> None:
        """Every record of the partition up to this place is done with: nothing before it need be remembered one by one."""
        position = self._position[partition] = max(offset + 1, self._position.get(partition, 0))
        self._beyond[partition] = {place for place in self._beyond[partition] if place >= position}
