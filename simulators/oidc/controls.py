"""The switches of a provider: how it fails, and what time it believes it is."""

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

DAY_SECONDS = 24 * 3600
FAULTS: Final = frozenset(
    {
        "ok",
        "unavailable",
        "silent",
        "server_error",
        "wrong_key",
        "unknown_key",
        "wrong_algorithm",
        "no_algorithm",
        "wrong_nonce",
        "no_nonce",
        "wrong_issuer",
        "wrong_audience",
        "two_audiences",
        "wrong_party",
        "expired",
        "other_person",
        "foreign_iss",
        "no_iss",
        "foreign_document",
    }
)
"""How every provider can fail; each has faults of its own besides."""


class Switch(BaseModel):
    """A switch is replaced as a whole: a field left out goes back to its default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FaultSwitch(Switch):
    """How the provider fails. `seconds` is how long "silent" lets a caller wait."""

    mode: str = "ok"
    seconds: float = Field(default=30, ge=0, le=600)


class ClockSwitch(Switch):
    """How far the simulator's clock is from the machine's."""

    offset_seconds: int = Field(default=0, ge=-DAY_SECONDS, le=DAY_SECONDS)


class Controls(Switch):
    """All switches; the defaults are the faithful behaviour."""

    faults: FaultSwitch = FaultSwitch()
    clock: ClockSwitch = ClockSwitch()
