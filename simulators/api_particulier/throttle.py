"""How much a token and an address may ask: fixed windows, as the real one counts, and the silence that meets whoever asks on."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

TOKEN_CALLS_MAX: Final = 20
ADDRESS_CALLS_MAX: Final = 1_000
ADDRESS_SECONDS: Final = 60
RETRY_SECONDS: Final = 1
IGNORED_MAX: Final = 40
"""How many refusals within `IGNORED_SECONDS` are ignored before an address is dropped. Ours: the real number is not published."""
IGNORED_SECONDS: Final = 60.0
DROPPED_SECONDS: Final = 12 * 3600.0
WINDOWS_KEPT: Final = 4


@dataclass(slots=True)
class Throttle:
    """What was asked, by token and second and by address and minute, and who is dropped until when."""

    counts: Counter[tuple[str, int]] = field(default_factory=Counter)
    refused: dict[str, deque[float]] = field(default_factory=dict)
    dropped: dict[str, float] = field(default_factory=dict)

    def is_dropped(self, address: str, now: float) -> bool:
        """Whether an address gets no answer at all."""
        return self.dropped.get(address, 0.0) > now

    def allows(self, token: str, address: str, now: float) -> bool:
        """Count a call, and say whether it may go on; whoever goes on asking after so many refusals is dropped."""
        self._forget(int(now))
        by_token, by_address = (f"token {token}", int(now)), (f"address {address}", int(now) // ADDRESS_SECONDS)
        self.counts[by_token] += 1
        self.counts[by_address] += 1
        if self.counts[by_token] <= TOKEN_CALLS_MAX and self.counts[by_address] <= ADDRESS_CALLS_MAX:
            return True
        refused = self.refused.setdefault(address, deque(maxlen=IGNORED_MAX))
        refused.append(now)
        if len(refused) == IGNORED_MAX and refused[0] > now - IGNORED_SECONDS:
            self.dropped[address] = now + DROPPED_SECONDS
        return False

    def headers(self, token: str, now: float) -> Mapping[str, str]:
        """What each answer says of what is left."""
        used = self.counts[f"token {token}", int(now)]
        return {
            "RateLimit-Limit": str(TOKEN_CALLS_MAX),
            "RateLimit-Remaining": str(max(0, TOKEN_CALLS_MAX - used)),
            "RateLimit-Reset": str(int(now) + 1),
        }

    def _forget(self, second: int) -> None:
        if len(self.counts) > WINDOWS_KEPT * 100:
            minute = second // ADDRESS_SECONDS
            kept = {
                key: count
                for key, count in self.counts.items()
                if key[1] >= (second - WINDOWS_KEPT if key[0].startswith("token ") else minute)
            }
            self.counts = Counter(kept)
