"""Files of households that an agent imports, and what becomes of them."""

from base64 import b64encode
from typing import Any

from services.family.import_work.commands import ImportWork
from services.family.settings import FamilyPolicy, FamilyRules
from tests.support.roles import Role
from tests.support.services import RunningService

HEADING = "Foyer;Rôle;Prénom;Nom;Date de naissance;E-mail;Téléphone;Rue;Code postal;Ville;Quotient;Date du quotient;Clé de l'enfant"
UNBOUND = 1_000_000
"""Nobody publishes here: what waits holds no import back."""


def home(key: str, name: str = "Ferrand", child: str = "Léa", **cells: str) -> str:
    """The lines of a household of one adult and one child."""
    email, phone = cells.get("email", f"{name.lower()}@courriel.example"), cells.get("phone", "06 12 34 56 78")
    street, quotient = cells.get("street", "12 rue des Tilleuls"), cells.get("quotient", ";")
    return (
        f"{key};payeur;Inès;{name};;{email};{phone};{street};14000;Valmont-sur-Orne;{quotient};\n"
        f"{key};enfant;{child};{name};14/09/2018;;;;;;;;{cells.get('child_key', '')}\n"
    )


class Importer:
    """An agent who imports."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.headers = service.as_agent(Role.DIRECTOR)

    async def send(self, content: str | bytes, **choices: bool) -> Any:
        """The answer to a file; text is the lines below the usual heading."""
        written = f"{HEADING}\n{content}".encode() if isinstance(content, str) else content
        body = {"label": "Reprise", "content": b64encode(written).decode(), **choices}
        headers = self.headers | self.service.key()
        return await self.service.client.post("/household-imports", json=body, headers=headers)

    async def proposed(self, content: str | bytes, **choices: bool) -> Any:
        """An import whose lines were looked at."""
        answer = await self.send(content, **choices)
        assert answer.status_code == 201, answer.text
        await self.work()
        return await self.read(answer.json()["run_id"])

    async def read(self, run_id: str) -> Any:
        answer = await self.service.client.get(f"/household-imports/{run_id}", headers=self.headers)
        return answer.json()

    async def confirm(self, run: Any) -> Any:
        path = f"/household-imports/{run['run_id']}/confirmation"
        return await self.service.client.post(path, headers=self.headers | self.service.key())

    async def done(self, content: str | bytes, **choices: bool) -> Any:
        """An import that was confirmed and worked off."""
        run = await self.proposed(content, **choices)
        assert (await self.confirm(run)).status_code == 200
        await self.work()
        return await self.read(run["run_id"])

    async def work(self) -> None:
        """The job comes by."""
        await ImportWork(FamilyRules(FamilyPolicy()), UNBOUND).run(self.service.db)

    async def report(self, run: Any) -> list[Any]:
        path = f"/household-imports/{run['run_id']}/lines"
        answer = await self.service.client.get(path, params={"limit": 100}, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def findings(self, run: Any) -> list[str]:
        return [line["finding"] for line in await self.report(run)]

    async def count(self, table: str) -> int:
        """How many rows one of the service's tables has."""
        return int(await self.service.db.fetchval(f"select count(*) from {table}"))
