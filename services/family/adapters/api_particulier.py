"""API Particulier v3 (DINUM): the quotient of the CAF or the MSA of somebody, by their civil status, or by the token of FranceConnect of who signed in.

The civil status stands in the query of the call: neither is ever logged, and no answer but its value, its month and who computed it goes any further.
Nothing is asked again here: what may be is for whoever holds the permits of all processes. Source: `openapi-particulier.yaml` of its repository.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, Protocol

import httpx2
import structlog
from prometheus_client import Counter, Gauge

from chassis.http.client import HttpClient, Unreachable
from contracts.family.reading_words import FRANCE, CivilSex
from contracts.types import QuotientSource

from ..readings.domain import Answer, Identity, Outcome, Value

PATH: Final = "/v3/dss/quotient_familial/identite"
SIGNED_IN_PATH: Final = "/v3/dss/quotient_familial/france_connect"
TIMEOUT_SECONDS: Final = 5.0
"""As its rules advise; the service itself waits for 10 seconds."""
ANSWER_BYTES_MAX: Final = 64 * 1024
AWAY_SECONDS: Final = 10.0
"""After which it is asked again where nothing was said: `meta.retry_in` of its answers."""
VALUE_EUROS_MAX: Final = 100_000
MISSING: Final = object()
SEXES: Final = {CivilSex.FEMALE: "F", CivilSex.MALE: "M"}
SOURCES: Final = {"CNAF": QuotientSource.CAF, "MSA": QuotientSource.MSA}
RETRY_SECONDS_MAX: Final = 86_400.0
BUSY: Final = 429
UNDER_WAY: Final = 409
IDENTITY: Final = ("birth_name", "first_names", "sex", "birth_on", "birth_city")
FIELDS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "00361": ("birth_name",),
    "00363": ("birth_on",),
    "00364": ("sex",),
    "00365": ("birth_city", "birth_department"),
    "00367": ("first_names",),
    "00400": ("birth_country",),
    "00353": ("month",),
    "00354": ("month",),
    "00356": ("month",),
    "00355": IDENTITY,
    "00366": IDENTITY,
}
"""Which fields here each code of a refused parameter is about."""

READS = Counter(
    "quotient_reads_total", "Quotients that API Particulier was asked for, by what came of it.", ["outcome"]
)
TOKEN_END = Gauge(
    "api_particulier_token_end_timestamp_seconds", "When the token of API Particulier ends; 0 where it does not say."
)

log = structlog.get_logger()


class QuotientReader(Protocol):
    """What tells the quotient of somebody."""

    name: str
    """By which permits for it are known."""

    async def read(self, identity: Identity, month_on: date) -> Answer:
        """What comes of one call: whatever happens to it is an answer."""


class NoReader:
    """A town that does not read quotients."""

    name = "none"

    async def close(self) -> None:
        """Nothing is open."""

    async def read(self, identity: Identity, month_on: date) -> Answer:
        """Nobody is asked."""
        return Answer(Outcome.CLOSED)


@dataclass(frozen=True, slots=True)
class ApiAccess:
    """Where the service is, and what the town shows there. `siret` is the town's own number."""

    url: str
    siret: str
    token: str = field(repr=False)


class ApiParticulier:
    """The service, for a town that has a token."""

    name = "api_particulier"

    def __init__(self, access: ApiAccess) -> None:
        self._access = access
        self._client = HttpClient(self.name, access.url, TIMEOUT_SECONDS)
        TOKEN_END.set(token_end(access.token))

    async def close(self) -> None:
        await self._client.close()

    async def read(self, identity: Identity, month_on: date) -> Answer:
        """What comes of one call."""
        return await self._ask(PATH, self._access.token, [*_parameters(identity), *_month(month_on)])

    async def read_signed_in(self, access_token: str, month_on: date) -> Answer:
        """What comes of one call about whom FranceConnect signed in, by their access token of less than a minute ago, which has the scope
        `cnaf_quotient_familial`. One that is over, or has it not, is refused: nothing is wrong with the town's own."""
        answer = await self._ask(SIGNED_IN_PATH, access_token, _month(month_on))
        return replace(answer, outcome=Outcome.REFUSED) if answer.outcome is Outcome.CLOSED else answer

    async def _ask(self, path: str, bearer: str, parameters: Sequence[tuple[str, str]]) -> Answer:
        try:
            answer = await self._client.request(
                "GET",
                path,
                is_repeatable=False,
                params=[("recipient", self._access.siret), *parameters],
                headers={"Authorization": f"Bearer {bearer}"},
            )
            known = read_answer(answer)
        except Unreachable as away:
            known = (
                read_answer(away.answer)
                if away.answer is not None
                else Answer(Outcome.AWAY, retry_seconds=AWAY_SECONDS)
            )
        READS.labels(known.outcome).inc()
        tell = log.error if known.outcome is Outcome.CLOSED else log.info
        tell("quotient asked for", outcome=known.outcome, request_id=known.request_id, fields=known.fields)
        return known


def token_end(token: str) -> float:
    """When a token ends, as it says itself: a JSON Web Token, whose signature is the business of who gave it out."""
    payload = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        entry = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(entry.get("exp", 0))
    except (ValueError, TypeError, AttributeError):
        return 0.0


def _parameters(identity: Identity) -> list[tuple[str, str]]:
    born = identity.birth
    place = [
        ("nomCommuneNaissance", identity.city),
        ("codeCogInseeDepartementNaissance", identity.department),
    ]
    return [
        ("nomNaissance", identity.birth_name),
        *(("prenoms[]", name) for name in identity.first_names),
        ("sexeEtatCivil", SEXES[identity.sex]),
        ("anneeDateNaissance", str(born.year)),
        *([("moisDateNaissance", str(born.month))] if born.month else []),
        *([("jourDateNaissance", str(born.day))] if born.day else []),
        ("codeCogInseePaysNaissance", identity.country),
        *(place if identity.country == FRANCE else ()),
    ]


def _month(month_on: date) -> list[tuple[str, str]]:
    return [("annee", str(month_on.year)), ("mois", str(month_on.month))]


def read_answer(answer: httpx2.Response) -> Answer:
    """What an answer means."""
    request_id = answer.headers.get("x-request-id", "")[:80]
    body = _document(answer)
    if answer.status_code == 200:
        return _answer_of(body, request_id)
    code, retry_in = _error(body)
    if answer.status_code == 404:
        return Answer(Outcome.UNKNOWN, request_id)
    if answer.status_code == 422 and code in FIELDS_OF:
        return Answer(Outcome.REFUSED, request_id, fields=FIELDS_OF[code])
    if answer.status_code == BUSY:
        return Answer(Outcome.BUSY, request_id, retry_seconds=_seconds(answer.headers.get("retry-after")) or 1.0)
    if answer.status_code < 500 and answer.status_code != UNDER_WAY:
        log.error("quotients are not told", status=answer.status_code, code=code, request_id=request_id)
        return Answer(Outcome.CLOSED, request_id)
    return Answer(Outcome.AWAY, request_id, retry_seconds=retry_in or AWAY_SECONDS)


def _document(answer: httpx2.Response) -> Mapping[str, Any]:
    try:
        body = answer.json() if len(answer.content) <= ANSWER_BYTES_MAX else {}
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _answer_of(body: Mapping[str, Any], request_id: str) -> Answer:
    """What stands in a body: without the key of quotients, the token lacks the scope for them."""
    entry = (
        (body.get("data") or {}).get("quotient_familial", MISSING) if isinstance(body.get("data"), dict) else MISSING
    )
    if entry is MISSING:
        log.error("quotients are not told", status=200, code="scope", request_id=request_id)
        return Answer(Outcome.CLOSED, request_id)
    value = _value(entry)
    return Answer(Outcome.FOUND if value else Outcome.UNKNOWN, request_id, value)


def _value(entry: Any) -> Value | None:
    """A quotient, whatever else stands beside it; None where it is not one that can be used."""
    try:
        euros = entry["valeur"]
        if isinstance(euros, bool) or not isinstance(euros, int) or not 0 <= euros <= VALUE_EUROS_MAX:
            return None
        month_on = month_of(entry.get("annee"), entry.get("mois"))
        if month_on is None:
            return None
        computed_on = month_of(entry.get("annee_calcul"), entry.get("mois_calcul"))
        return Value(euros * 100, SOURCES[entry["fournisseur"]], month_on, computed_on)
    except (KeyError, TypeError, AttributeError):
        return None


def month_of(year: Any, month: Any) -> date | None:
    """The first day of a month; None where either is missing, zero or no number, as they are for people whose dates are not known."""
    try:
        return date(int(year), int(month), 1)
    except (TypeError, ValueError, OverflowError):
        return None


def _error(body: Mapping[str, Any]) -> tuple[str, float]:
    """The code of the first error, and in how many seconds to ask again if it says so."""
    try:
        first = body["errors"][0]
        return str(first.get("code", "")), _seconds((first.get("meta") or {}).get("retry_in"))
    except (KeyError, IndexError, TypeError, AttributeError):
        return "", 0.0


def _seconds(entry: Any) -> float:
    try:
        return min(max(0.0, float(entry)), RETRY_SECONDS_MAX)
    except (TypeError, ValueError):
        return 0.0
