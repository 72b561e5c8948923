"""The simulator of API Particulier as a real process, with the calls that a town makes."""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2

from deploy.local.child import free_ports
from deploy.local.secrets import API_SCOPES, api_token
from tests.component.simulators.running import Simulator

SIRET: Final = "21920046600015"
"""Of a town: its key is right."""
IDENTITY: Final = "/v3/dss/quotient_familial/identite"
FRANCECONNECT: Final = "/v3/dss/quotient_familial/france_connect"
HOUR: Final = 3600
ALL_SCOPES: Final = ("cnaf_quotient_familial", "cnaf_allocataires", "cnaf_enfants", "cnaf_adresse")
MARGE: Final = {
    "nomNaissance": "SIMPSON",
    "prenoms[]": "Marge",
    "sexeEtatCivil": "F",
    "anneeDateNaissance": "1980",
    "moisDateNaissance": "11",
    "jourDateNaissance": "15",
    "codeCogInseePaysNaissance": "99404",
}


def token(seconds: int = HOUR, scopes: Sequence[str] = API_SCOPES) -> str:
    """A token that is good for a while."""
    return api_token(int(time.time()) + seconds, scopes)


@dataclass
class Particulier(Simulator):
    """The simulator and the token that it gave out."""

    token: str = ""

    async def ask(
        self,
        changes: Mapping[str, str | list[str] | None] | None = None,
        *,
        bearer: str | None = None,
        path: str = IDENTITY,
    ) -> httpx2.Response:
        """Ask about Marge, with some parameters changed or (None) left out."""
        asked = {"recipient": SIRET, **MARGE, **(changes or {})}
        headers = {"Authorization": f"Bearer {self.token if bearer is None else bearer}"}
        return await self.http.get(path, params={k: v for k, v in asked.items() if v is not None}, headers=headers)

    async def order(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """One order to the control interface; its JSON answer."""
        answer = await self.http.post(f"/control/{path}", json=body or {})
        assert answer.is_success, answer.text
        return answer.json()

    async def calls(self) -> list[dict[str, Any]]:
        """The journal of calls."""
        return list((await self.http.get("/control/calls")).json())


@asynccontextmanager
async def running_particulier(folder: Path, given: str = "") -> AsyncIterator[Particulier]:
    """The simulator on a free port, with one token."""
    (port,) = free_ports(1)
    given = given or token()
    environment = {"HTTP_PORT": str(port), "STATE_DIR": str(folder / "state"), "API_PARTICULIER_TOKEN": given}
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=15) as http:
        simulator = Particulier("simulators.api_particulier", environment, http, folder / "log", token=given)
        await simulator.start()
        yield simulator
        simulator.kill()


def most_in_a_second(calls: Sequence[Mapping[str, Any]]) -> int:
    """How many calls the fullest second had, wherever it begins."""
    instants = sorted(call["at"] for call in calls)
    return max((sum(begin <= other < begin + 1 for other in instants) for begin in instants), default=0)
