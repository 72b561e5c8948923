"""What the demonstration town holds besides its seed, so that every page has something to show: families of its own, asked for and decided by the
services' own routes. No family of the seed is touched."""

from base64 import b64encode
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from chassis.actor import Actor
from contracts.types import ActorKind, StepUp
from tests.component.family.papers import jpeg
from tests.e2e.towns.town import GuideTown, Newcomer
from tests.support.polling import eventually
from tests.support.roles import Role, agent_body, agent_of
from tools.seed.calls import SYSTEM

SCHOOL: Final = "tilleuls"
PROVED: Final = frozenset(StepUp)
"""Every class of acts that a town may ask another proof for."""
MONTHS: Final = timedelta(days=90)
Body = dict[str, Any]


@dataclass
class Filling:
    """A town that is being filled. `mark` tells its names from those of another time."""

    town: GuideTown
    mark: str = field(default_factory=lambda: "".join(letter for letter in uuid4().hex if letter.isalpha())[:6])

    async def fill(self) -> tuple[Newcomer, str, tuple[str, ...]]:
        """A parent who can sign in, the reference of their file, which has everything that one can have, and the files that show agents most."""
        newcomer, _ = await self.town.at_home()
        (summary,) = (await self.call("family", "GET", f"/households?search={newcomer.name}"))["items"]
        own = await self.call("family", "GET", f"/households/{summary['household_id']}")
        other, entrusting = await self.opened("Sorel"), await self.opened("Vidal")
        await self.of_a_family(own, newcomer)
        await self.of_two_files(own, other)
        await self.entrusted(entrusting, newcomer.email)
        merged = await self.merged()
        await self.at_work()
        return (
            newcomer,
            str(own["reference"]),
            tuple(f"/agents/familles/{file['household_id']}" for file in (own, other, entrusting, merged)),
        )

    async def of_a_family(self, own: Body, newcomer: Newcomer) -> None:
        """Who may collect a child, a document, a request for protection, a derogation, and somebody who may act."""
        child_id, parent = own["children"][0]["child_id"], parent_of(own)
        named = {"first_name": "Odile", "last_name": "Renard", "child_ids": [child_id]}
        await self.call("family", "POST", "/entourage", {**named, "kind": "pickup", "relation": "Grand-mère"}, parent)
        asked = {"message": "Appelez-moi le matin.", "household_id": own["household_id"]}
        await self.call("family", "POST", "/me/protection-requests", asked, parent)
        await self.sent("livret_famille", own, parent)
        await self.sent("livret_famille", own, parent)
        await self.entrusted(own, f"aide-{newcomer.email}")
        derogation = {"school": SCHOOL, "reason": "sibling", "asked_on": str(self.town.today)}
        path = f"/children/{child_id}/derogations"
        await self.call("family", "POST", path, {**derogation, "school_year": self.school_year})

    async def sent(self, kind: str, own: Body, parent: Actor) -> None:
        """A document with a page, which waits for an agent."""
        body = {"kind": kind, "household_id": own["household_id"]}
        document_id = (await self.call("family", "POST", "/documents", body, parent))["document_id"]
        page = {"content": b64encode(jpeg()).decode()}
        await self.call("family", "PUT", f"/documents/{document_id}/pages/{uuid4()}", page, parent)
        await self.call("family", "POST", f"/documents/{document_id}/sending", {}, parent)

    async def of_two_files(self, own: Body, other: Body) -> None:
        """The parent belongs to another file too; a child has left that one, where its days stay."""
        adult_id, child_id = own["adults"][0]["adult_id"], other["children"][0]["child_id"]
        today, members = self.town.today, f"/households/{other['household_id']}/members"
        await self.call("family", "PUT", f"{members}/{adult_id}", {"starts_on": str(today)})
        await self.call("family", "PUT", f"{members}/{child_id}", {"starts_on": str(today - MONTHS)})
        (activity, *_) = (await self.call("booking", "GET", "/activities"))["items"]
        wish = {"child_id": child_id, "activity_id": activity["activity_id"], "household_id": other["household_id"]}
        await eventually(lambda: self.is_taken("/enrollments", wish))
        home = f"/households/{own['household_id']}/members/{child_id}"
        await self.call("family", "PUT", home, {"starts_on": str(today)})
        await self.call("family", "POST", f"{members}/{child_id}/end", {"ends_on": str(today - timedelta(1))})

    async def is_taken(self, path: str, body: Body) -> bool:
        """Whether the booking service knows by now of whom it is told."""
        answer = await self.town.ask("booking", "POST", path, body)
        return bool(answer.is_success)

    async def entrusted(self, own: Body, email: str) -> None:
        """Somebody may act for the family for three months."""
        body = {
            "first_name": "Jeanne",
            "last_name": "Colin",
            "email": email,
            "child_ids": [own["children"][0]["child_id"]],
            "acts": ["days.book"],
            "ends_on": str(self.town.today + MONTHS),
        }
        await self.call("family", "POST", "/delegations", body, parent_of(own))

    async def merged(self) -> Body:
        """Two files of one family, brought together; its two accounts are not."""
        kept = await self.opened("Maillard", f"a.{self.mark}@famille.example")
        former = await self.opened("Maillard", f"b.{self.mark}@famille.example", twin_reason="Ouvert deux fois.")
        path = f"/households/{kept['household_id']}"
        preview = await self.call("family", "GET", f"{path}/duplicates/{former['household_id']}")
        body = {"former_id": former["household_id"], "matches": [], "fingerprint": preview["fingerprint"]}
        await self.call("family", "POST", f"{path}/merges", body)
        return kept

    async def at_work(self) -> None:
        """A request for a space, runs that were proposed, and a change of an agent that waits for a second person."""
        wish = {
            "guardian": adult("Perret", f"perret.{self.mark}@famille.example"),
            "address": ADDRESS,
            "children": [CHILD],
        }
        await self.call("family", "POST", "/registrations", wish)
        lines = "Foyer;Rôle;Prénom;Nom\r\n1;payeur;Inès;Ferrand\r\n".encode()
        await self.call("family", "POST", "/household-imports", {"label": "Reprise", "content": encoded(lines)})
        run = {"label": "Rentrée", "choice": "file", "content": encoded(b"Dossier\r\nF-999999\r\n")}
        await self.call("identity", "POST", "/invitation-runs", run)
        street = {"city": ADDRESS["city"], "street": f"Rue {self.mark}"}
        segment = {"school": SCHOOL, "first_level": "cp", "last_level": "cm2", **street}
        await self.call("family", "POST", f"/sectors/{self.school_year}/segments", segment)
        year = {"school_year": self.school_year}
        await self.call("family", "POST", f"/schools/{SCHOOL}/class-changes", year)
        body = agent_body(f"agent-{uuid4().hex[:8]}", Role.SITE)
        account = await self.call("identity", "POST", "/agents", body)
        known = await self.call("identity", "GET", f"/agents/{account['account_id']}")
        change = {key: body[key] for key in ("first_name", "last_name", "service", "has_every_site")}
        change |= {"roles": [Role.DIRECTOR], "version": known["version"]}
        await self.call(
            "identity",
            "PUT",
            f"/agents/{account['account_id']}",
            change,
            replace(agent_of(Role.DIRECTOR), opened=PROVED),
        )

    @property
    def school_year(self) -> int:
        """The year in which the present school year began."""
        return self.town.today.year - (self.town.today.month < 9)

    async def opened(self, name: str, email: str | None = None, **fields: Any) -> Body:
        """The file of a parent with a child."""
        last_name = f"{name} {self.mark}"
        children = [CHILD | {"last_name": last_name}]
        body = {"guardian": adult(last_name, email), "address": ADDRESS, "children": children, **fields}
        file: Body = await self.call("family", "POST", "/households", body)
        return file

    async def call(self, service: str, method: str, path: str, body: Any = None, actor: Actor = SYSTEM) -> Any:
        return await self.town.call(service, method, path, body, actor)


ADDRESS: Final = {"street": "4 rue des Lilas", "postal_code": "14000", "city": "Valmont-sur-Orne"}
CHILD: Final = {"first_name": "Élise", "last_name": "Perret", "birth_on": "2019-03-04"}


def adult(name: str, email: str | None = None) -> Body:
    """An adult as an agent types them."""
    return {"civility": "madame", "first_name": "Anne", "last_name": name, "email": email, "phone": "0600000099"}


def parent_of(file: Body) -> Actor:
    """The first adult of a file, as a session of theirs would act."""
    guardian_id = UUID(file["adults"][0]["adult_id"])
    return Actor(guardian_id, ActorKind.PARENT, guardian_id=guardian_id, opened=PROVED)


def encoded(content: bytes) -> str:
    return b64encode(content).decode()
