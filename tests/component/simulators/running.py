"""A simulator as a real process, and the words of the PayFiP exchange as a town writes and reads them."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from lxml import etree

from tests.support.polling import eventually

ROOT = Path(__file__).parents[3]
SERVICE = (
    "http://securite.service.tpa.cp.finances.gouv.fr/services/mas_securite/contrat_paiement_securise/"
    "PaiementSecuriseService"
)
START_SECONDS = 20


@dataclass
class Simulator:
    """One simulator; it can be stopped, killed and started again on the same state and ports."""

    module: str
    environment: Mapping[str, str]
    http: httpx2.AsyncClient
    log: Path
    process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        self._launch()
        await eventually(self._is_ready, START_SECONDS)

    def _launch(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.module],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], **self.environment},
                stdout=output,
                stderr=output,
            )

    async def _is_ready(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            pytest.fail(f"{self.module} died:\n{self.log.read_text()}")
        try:
            return (await self.http.get("/health/ready")).status_code == 200
        except httpx2.TransportError:
            return False

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(10)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)


@dataclass
class Town:
    """The town's notification address: notes each call, answers `status`."""

    url: str
    status: int = 200
    calls: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Payfip(Simulator):
    """The payment simulator, with the calls that a town makes."""

    town: Town = field(default_factory=lambda: Town(""))

    async def call(self, operation: str, fields: Mapping[str, str]) -> httpx2.Response:
        """One SOAP call, written as the reference shows it: the operation qualified, the fields not."""
        arguments = "".join(f"<{name}>{_escape(value)}</{name}>" for name, value in fields.items())
        return await self.post_xml(
            '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
            f'xmlns:p="{SERVICE}"><soapenv:Body><p:{operation}><arg0>{arguments}</arg0></p:{operation}>'
            "</soapenv:Body></soapenv:Envelope>"
        )

    async def post_xml(self, body: str) -> httpx2.Response:
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
        return await self.http.post("/tpa/services/securite", content=body.encode(), headers=headers)

    def creation(self, **changes: str) -> dict[str, str]:
        """The fields of an acceptable creation, with some changed."""
        return {
            "exer": "2026",
            "mel": "parent@example.org",
            "montant": "4250",
            "numcli": "090909",
            "objet": "Facture 2026 000123 cantine",
            "refdet": "F2026000123A01",
            "saisie": "T",
            "urlnotif": f"{self.town.url}/payfip/notification",
            "urlredirect": f"{self.town.url}/payfip/retour",
            **changes,
        }

    async def create(self, **changes: str) -> str:
        """Open an operation and give its idOp."""
        answer = await self.call("creerPaiementSecurise", self.creation(**changes))
        assert answer.status_code == 200, answer.text
        return values(answer)["idOp"]

    async def look_up(self, id_op: str) -> dict[str, str] | str:
        """The detail of an operation, or the code of the fault."""
        answer = await self.call("recupererDetailPaiementSecurise", {"idOp": id_op})
        return values(answer) if answer.status_code == 200 else fault_code(answer)

    async def order(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """One order to the control interface; its JSON answer."""
        answer = await self.http.post(f"/control/{path}", json=body or {})
        assert answer.is_success, answer.text
        return answer.json()

    async def operation(self, id_op: str) -> dict[str, Any]:
        """The operation in the provider's journal."""
        answer = await self.http.get(f"/control/operations/{id_op}")
        return dict(answer.json())

    async def deliveries(self, id_op: str) -> list[dict[str, Any]]:
        """The notifications about an operation in the provider's books, sent or still to send."""
        answer = await self.http.get("/control/deliveries", params={"id_op": id_op})
        return list(answer.json())

    def calls(self, id_op: str) -> list[str]:
        """The bodies of the notifications that the town received about an operation."""
        return [body for _, body in self.town.calls if id_op in body]

    async def notified(self, id_op: str, count: int = 1) -> list[str]:
        """Wait for so many notifications about an operation; the bodies of all of them."""
        await eventually(lambda: len(self.calls(id_op)) >= count, 10)
        return self.calls(id_op)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def values(answer: httpx2.Response) -> dict[str, str]:
    """The fields of a `return`, whose children carry no namespace."""
    fields = etree.fromstring(answer.content).find(".//return")
    assert fields is not None, answer.text
    return {str(child.tag): child.text or "" for child in fields}


def fault_code(answer: httpx2.Response) -> str:
    """The code of a declared fault."""
    assert answer.status_code == 500, answer.text
    return str(etree.fromstring(answer.content).findtext(".//code"))
