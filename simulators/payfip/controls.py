"""The switches of the simulator: how it notifies, how it fails, what time it believes it is. README.md shows their use."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

OperationName = Literal["creerPaiementSecurise", "recupererDetailPaiementSecurise", "recupererDetailClient"]
TEN_YEARS_SECONDS = 10 * 366 * 24 * 3600


class Switch(BaseModel):
    """A switch is replaced as a whole: a field left out goes back to its default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NotificationSwitch(Switch):
    """How the town is told that there is a result.

    `seconds` is the delay of "delayed", the time between both calls of "duplicated", and in "before_result" the time during which
    a look-up still answers P5 although the notification has left. `spelling` is the name of the form field.
    """

    mode: Literal["on", "off", "delayed", "duplicated", "before_result"] = "on"
    seconds: float = Field(default=0, ge=0, le=24 * 3600)
    spelling: Literal["idop", "idOp"] = "idop"


class FaultSwitch(Switch):
    """How SOAP calls fail: the named operations, or all; the next `remaining` calls, or until told otherwise.

    "timeout" keeps the caller waiting `seconds` before an error; with `after_effect` the operation is done first and only its
    answer is lost.
    """

    mode: Literal["ok", "timeout", "bad_gateway", "technical_fault", "malformed_xml"] = "ok"
    operations: list[OperationName] = []
    remaining: int | None = Field(default=None, ge=1)
    seconds: float = Field(default=30, ge=0, le=600)
    after_effect: bool = False


class ClockSwitch(Switch):
    """How far the simulator's clock is from the machine's; 16 minutes make every open payment page refuse with P4."""

    offset_seconds: int = Field(default=0, ge=-TEN_YEARS_SECONDS, le=TEN_YEARS_SECONDS)


class Controls(Switch):
    """All switches; the defaults are the faithful behaviour."""

    notifications: NotificationSwitch = NotificationSwitch()
    faults: FaultSwitch = FaultSwitch()
    clock: ClockSwitch = ClockSwitch()
