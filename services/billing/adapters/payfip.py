"""The client of the payment provider PayFiP, in its "Regie Web-service" variant: opens payment pages and looks results up.

Nothing here touches the database: no transaction is ever open while the provider is asked.
"""

from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from chassis.http.client import HttpClient, Unreachable

from ..settlements.domain import NoResult, Result, ResultCode
from .payfip_messages import CONTENT_TYPE, Fault, MalformedAnswer, read_answer, write_call

SERVICE_PATH = "/tpa/services/securite"
PAGE_PATH = "/tpa/paiementws.web"

GONE = "P1"
UNKNOWN_YET = "P5"
WRONG_EMAIL = ("A1", "A2")


@dataclass(frozen=True, slots=True)
class Debt:
    """What a payment page is asked for, in the order of the provider's schema. `montant` is in cents."""

    exer: str
    mel: str
    montant: str
    numcli: str
    objet: str
    refdet: str
    saisie: str
    urlnotif: str
    urlredirect: str


class PageRefused(Exception):
    """The provider understood and refused; `code` is its own."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ProviderDown(Exception):
    """The provider did not answer, or not sensibly. Whether a page was opened is unknown, but nobody can reach it."""


class Payfip:
    """Calls the provider. `page_url` is where browsers find it."""

    def __init__(self, url: str, page_url: str, timeout_seconds: float) -> None:
        self._client = HttpClient("payfip", url, timeout_seconds)
        self._page_url = page_url.rstrip("/")

    async def close(self) -> None:
        await self._client.close()

    def page_of(self, idop: str) -> str:
        """Where the payer goes to pay."""
        return f"{self._page_url}{PAGE_PATH}?{urlencode({'idop': idop})}"

    async def open_page(self, debt: Debt) -> str:
        """Have a payment page opened; its operation id.

        Raises:
            PageRefused: the provider refused.
            ProviderDown: it is out of reach or failed.
        """
        answer = await self._call("creerPaiementSecurise", asdict(debt))
        if isinstance(answer, Fault):
            if answer.is_functional:
                raise PageRefused(answer.code)
            raise ProviderDown(answer.kind)
        if not (idop := answer.get("idOp")):
            raise ProviderDown("no idOp")
        return idop

    async def look_up(self, idop: str) -> Result | NoResult:
        """What the provider knows of an operation. It never raises: an error is an answer that says nothing."""
        try:
            answer = await self._call("recupererDetailPaiementSecurise", {"idOp": idop})
        except ProviderDown:
            return NoResult.FAULT
        if isinstance(answer, Fault):
            if not answer.is_functional:
                return NoResult.FAULT
            # Codes that nobody published mean waiting, like the one that says so.
            return NoResult.GONE if answer.code == GONE else NoResult.UNKNOWN_YET
        try:
            return Result(
                code=ResultCode(answer["resultrans"]),
                numcli=answer["numcli"],
                refdet=answer["refdet"],
                amount_cents=int(answer["montant"]),
                saisie=answer["saisie"],
                reference=answer.get("numauto") or None,
            )
        except (KeyError, ValueError):
            return NoResult.FAULT

    async def _call(self, operation: str, fields: dict[str, str]) -> dict[str, str] | Fault:
        try:
            response = await self._client.request(
                "POST",
                SERVICE_PATH,
                headers={"Content-Type": CONTENT_TYPE, "SOAPAction": '""'},
                content=write_call(operation, fields),
            )
            # Faults come with status 500, so the body is read whatever the status.
            return read_answer(operation, response.content)
        except (Unreachable, MalformedAnswer) as error:
            raise ProviderDown(type(error).__name__) from error
