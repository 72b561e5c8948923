"""A family whose every word is unlike any other, and what it does: what is found elsewhere afterwards has leaked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from secrets import token_hex
from typing import Any
from uuid import UUID

import httpx2

from contracts.identity.models import CurrentSession
from deploy.local.stack import Stack
from tests.e2e.walk import AGENT, MAIL_SECONDS
from tools.mailbox import credentials_of, wait_for_mail

MARK = "quetzal"
ADULT = {
    "civility": "monsieur",
    "first_name": f"Zénaïde{MARK}",
    "phone": "07 98 76 54 32",
}
STREET = f"271 quai du {MARK}"
CHILD = f"Philémon{MARK}"
BIRTH_ON = "2018-02-27"
QUOTIENT_CENTS = 1_347_691
WRONG_PASSWORD = f"{MARK}-mauvais-3"
PASSWORD = f"{MARK}-Jaune-58"


@dataclass
class Canary:
    """The family, and the secrets that it came to know. `words` are what must be found nowhere."""

    stack: Stack
    today: date
    last_name: str = field(
        default_factory=lambda: f"{MARK}{token_hex(4)}".translate(str.maketrans("0123456789", "ghijklmnop"))
    )
    secrets: list[str] = field(default_factory=list)
    household_id: UUID | None = None

    @property
    def email(self) -> str:
        """Where it reads its mail."""
        return f"{self.last_name}@{MARK}.example"

    @property
    def words(self) -> list[str]:
        """Everything that names it or opens its account, in lower case."""
        phone = ADULT["phone"]
        people = [
            MARK,
            phone,
            phone.replace(" ", ""),
            "7 98 76 54 32",
            "798765432",
            BIRTH_ON,
            str(QUOTIENT_CENTS),
            "13476,91",
        ]
        return [word.lower() for word in (*people, *self.secrets)]

    def live(self) -> None:
        """Everything that a family, and who guesses, may do until it is at home in the portal."""
        with httpx2.Client(base_url=f"{self.stack.portal_url}/api/v1") as api:
            agent = self._session(api, *AGENT)
            self._open_file(api, agent)
            mailed = credentials_of(wait_for_mail(self.stack.url("mail"), self.email, MAIL_SECONDS)["text"])
            self.secrets += [mailed.password, mailed.token]
            httpx2.get(mailed.link)
            self._refused(api, agent)
            self._first_steps(mailed.username, mailed.password, mailed.token)
            session = self._session(api, mailed.username, PASSWORD)
            mine = {"Authorization": f"Bearer {session}", "Idempotency-Key": f"{MARK}-key"}
            assert api.get("/household", headers=mine).json()["adults"][0]["last_name"] == self.last_name
            api.post("/bookings", json={"lines": [{"child_id": self.last_name, "slot_id": MARK}]}, headers=mine)
            child_id = api.get("/household", headers=mine).json()["children"][0]["child_id"]
            self._keep_file(child_id, self._actor_token(session))

    def _session(self, api: httpx2.Client, login: str, password: str) -> str:
        answer = api.post("/sessions", json={"login": login, "password": password})
        assert answer.status_code == 201, answer.text
        token = str(answer.json()["session_token"])
        self.secrets += [token]
        self._actor_token(token)
        return token

    def _actor_token(self, session: str) -> str | None:
        """Who acts in a session, as services are told."""
        known = httpx2.get(f"{self.stack.url('identity')}/sessions/current", headers={"X-Session": session})
        actor_token = CurrentSession.model_validate_json(known.content).actor_token
        self.secrets += [actor_token, actor_token.split(".")[2]] if actor_token else []
        return actor_token

    def _keep_file(self, child_id: str, actor_token: str | None) -> None:
        """What a family says in its file, taken or refused: who is around the child, its health, another name, one more child, what parents allow."""
        names = {"first_name": f"Aimé{MARK}", "last_name": f"Voisin{MARK}"}
        person = {**names, "kind": "emergency", "relation": MARK, "phone": ADULT["phone"], "child_ids": [child_id]}
        health = {"revision": 0, "other_allergies": MARK, "treatments": MARK, "doctor_name": f"Docteur {MARK}"}
        wanted = {**names, "birth_on": BIRTH_ON}
        with httpx2.Client(
            base_url=self.stack.url("family"), headers={"Authorization": f"Bearer {actor_token}"}
        ) as family:
            version = family.get(f"/civil-statuses/{child_id}").json()["version"]
            status, keys = f"/civil-statuses/{child_id}", iter(range(9))
            for expected, method, path, body in (
                (201, "POST", "/entourage", person),
                (422, "POST", "/entourage", {**person, "phone": MARK}),
                (200, "POST", status, {**names, "version": version}),
                (409, "POST", status, {"first_name": f"Autre{MARK}", "version": MARK}),
                (201, "POST", "/wanted-children", wanted),
                (422, "POST", "/wanted-children", {**wanted, "birth_on": f"{MARK}-02-03"}),
                (403, "PUT", f"/children/{child_id}/health", health),
                (404, "POST", f"/children/{child_id}/{MARK}/health", health),
            ):
                headers = {"Idempotency-Key": f"{MARK}-file-{next(keys)}"}
                answer = family.request(method, path, json=body, headers=headers)
                assert answer.status_code == expected, (path, answer.status_code, answer.text)

    def _open_file(self, api: httpx2.Client, agent: str) -> None:
        guardian = {**ADULT, "last_name": self.last_name, "email": self.email}
        body: dict[str, Any] = {
            "guardian": guardian,
            "address": {"street": STREET, "postal_code": "14000", "city": f"Val-{MARK}"},
            "children": [{"first_name": CHILD, "last_name": self.last_name, "birth_on": BIRTH_ON}],
            "quotient": {"value_cents": QUOTIENT_CENTS, "effective_on": str(self.today)},
        }
        headers = {"Authorization": f"Bearer {agent}", "Idempotency-Key": f"{MARK}-{token_hex(4)}"}
        answer = api.post("/households", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        self.household_id = UUID(answer.json()["household_id"])
        again = {**headers, "Idempotency-Key": f"{MARK}-again"}
        assert api.post("/households", json=body, headers=again).status_code in (409, 422)

    def _refused(self, api: httpx2.Client, agent: str) -> None:
        """What people mistype and try, in every part of a request."""
        headers = {"Authorization": f"Bearer {agent}"}
        for status, answer in (
            (401, api.post("/sessions", json={"login": self.email, "password": WRONG_PASSWORD})),
            (200, api.get("/households", params={"search": self.last_name}, headers=headers)),
            (404, api.get(f"/households/{self.last_name}", headers=headers)),
            (404, httpx2.get(f"{self.stack.portal_url}/{self.last_name}", params={"token": MARK})),
            (422, api.post("/households", json={"guardian": {"first_name": MARK}}, headers=headers)),
            (
                400,
                api.post("/households", content=f'{{"{MARK}', headers={**headers, "Content-Type": "application/json"}),
            ),
            (401, api.get("/household", headers={"Authorization": f"Bearer {MARK}"})),
            (
                401,
                httpx2.get(
                    f"{self.stack.url('family')}/me/household", headers={"Authorization": f"Bearer {MARK}.{MARK}.x"}
                ),
            ),
        ):
            assert answer.status_code == status, (status, answer.status_code, answer.text)

    def _first_steps(self, username: str, password: str, token: str) -> None:
        with httpx2.Client(base_url=self.stack.url("identity")) as identity:
            assert identity.post("/activations", json={"token": token}).status_code == 201
            opened = identity.post("/sessions", json={"login": username, "password": password}).json()
            chosen = {"username": username, "password": PASSWORD, "password_confirmation": PASSWORD}
            first = {"X-Session": opened["session_token"]}
            renewed = identity.put("/me/credentials", json=chosen, headers=first).json()["session_token"]
            headers = {"X-Session": renewed}
            terms = identity.get("/terms", headers=headers).json()
            body = {"version": terms["version"], "end_token": terms["end_token"], "is_accepted": True}
            assert identity.post("/me/terms-acceptance", json=body, headers=headers).status_code == 200
            self.secrets += [opened["session_token"], renewed]


def found_in(places: dict[str, str], words: list[str]) -> Iterator[tuple[str, str]]:
    """Each place where a word stands, whatever its case."""
    for place, text in places.items():
        lowered = text.lower()
        yield from ((place, word) for word in words if word in lowered)
