"""The service itself: who is let in, how much they may ask, and what is known of whom."""

import time
from collections import deque
from datetime import datetime
from typing import Final
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from simulators.serving import PARIS

from .answers import Answer, data_answer, error
from .identity import Asked, Month, identity_fault, month_fault, month_of, recipient_fault
from .people import FRANCECONNECT_PEOPLE, SCOPES, Case, load_cases
from .throttle import RETRY_SECONDS, Throttle
from .tokens import scopes_of, token_fault

CACHE_SECONDS: Final = 24 * 3600
CALLS_MAX: Final = 5_000


class Faults(BaseModel):
    """How the service fails: `ok`, a code that everybody is answered, or `silent`. `seconds`: of the silence, or of `Retry-After`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: str = "ok"
    seconds: float = Field(default=30, ge=0, le=600)


class Call(BaseModel):
    """A call in the journal: when it came, what it was answered, and under which name. It names nobody."""

    at: float
    status: int
    code: str
    request_id: str


class ApiParticulier:
    """API Particulier, as far as quotients go."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.cases, self.generic = load_cases()
        self.reset()

    def reset(self) -> None:
        """As it was when it began."""
        self.faults = Faults()
        self.throttle = Throttle()
        self.calls: deque[Call] = deque(maxlen=CALLS_MAX)
        self.cached: dict[tuple[str, str], float] = {}
        self.running: set[tuple[str, str]] = set()

    def case_of(self, asked: Asked) -> Case:
        """Whom a request is about."""
        return next((case for case in self.cases if case.is_about(asked)), self.generic)

    def door(self, bearer: str, address: str) -> Answer | None:
        """Why a caller goes no further."""
        now = time.time()
        if fault := token_fault(bearer, self.token, now):
            return error(fault)
        if not self.throttle.allows(bearer, address, now):
            return error("00429", **{"Retry-After": str(RETRY_SECONDS)})
        return None

    def by_identity(self, bearer: str, asked: Asked) -> Answer:
        """What is known of whom a request names."""
        today = self.today()
        fault = recipient_fault(asked) or identity_fault(asked, today.date()) or month_fault(asked, today.date())
        if fault:
            return error(fault)
        return self._answer(self.case_of(asked), asked, scopes_of(bearer))

    def by_franceconnect(self, bearer: str, asked: Asked) -> Answer:
        """What is known of whom FranceConnect signed in."""
        today = self.today()
        if bearer not in FRANCECONNECT_PEOPLE:
            return error("00101")
        if fault := recipient_fault(asked) or month_fault(asked, today.date()):
            return error(fault)
        name = FRANCECONNECT_PEOPLE[bearer]
        case = next(case for case in self.cases if case.asked["nomNaissance"] == name)
        return self._answer(case, asked, frozenset(SCOPES))

    def _answer(self, case: Case, asked: Asked, scopes: frozenset[str]) -> Answer:
        if case.code == "00429":
            return error(case.code, **{"Retry-After": str(int(self.faults.seconds))})
        if case.code:
            return error(case.code)
        if not scopes & SCOPES.keys():
            return error("00100")
        today = self.today()
        present = Month(today.year, today.month)
        return data_answer(case.payload(month_of(asked, today.date()), present, scopes))

    def note(self, answer: Answer, at: float) -> str:
        """Write a call that came at an instant into the journal; the name that it is answered under."""
        code = answer.body["errors"][0]["code"] if "errors" in answer.body else ""
        call = Call(at=at, status=answer.status, code=code, request_id=str(uuid4()))
        self.calls.append(call)
        return call.request_id

    @staticmethod
    def today() -> datetime:
        """The present moment where the service is."""
        return datetime.now(PARIS)
