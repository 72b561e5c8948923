"""How far a family is on its path, and how it gets there without a browser: each test of the path begins where it needs to.

A stage is played through the API and the services, never through the pages that the tests are about: a page that is broken
fails its own test and hides no other.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import uuid4

import asyncpg
import httpx2
from playwright.sync_api import Browser

from deploy.local.stack import Stack
from tests.e2e.topics import in_thread
from tests.e2e.walk import AGENT, CENTRE, FINANCE, MAIL_SECONDS, PASSWORD, Stage, Walk, start_walk
from tools.mailbox import credentials_of

POLL_SECONDS: Final = 0.2
MODES: Final = ("scripts_on", "scripts_off")
WalkAt = Callable[[Stage], Walk]

PLANNED_SQL: Final = "select count(*) from charges where status = 'planned' and service_on = $1"


@dataclass
class Walks:
    """The family of each mode. A test that failed leaves its family where nobody knows: the next one begins with another."""

    stack: Stack
    browser: Browser
    town_now: datetime
    families: dict[str, Walk] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)

    def at(self, mode: str, stage: Stage, latest: Stage | None = None) -> Walk:
        """A family at this stage (up to `latest`): the one that walked there, or one that is brought there."""
        walk = self.families.get(mode)
        is_invoiced = walk is not None and walk.stage >= Stage.BOOKED
        if walk is None or walk.stage > (latest or stage) or (mode in self.lost and not is_invoiced):
            self._leave(mode)
            walk = start_walk(self.stack, self.browser, self.town_now, is_scripted=mode == MODES[0])
            self.families[mode] = walk
        self.lost.discard(mode)
        if walk.stage < Stage.ATTENDED <= stage:
            for any_mode in MODES:  # nobody can book the day any more once its sheet is closed
                self.at(any_mode, Stage.BOOKED, Stage.PAID)
        if walk.stage < stage:
            play(walk, stage)
        return walk

    def both(self, stage: Stage, latest: Stage | None = None) -> list[Walk]:
        """The families of both modes, at a stage."""
        return [self.at(mode, stage, latest) for mode in MODES]

    def close(self) -> None:
        """Close every browser window."""
        for mode in MODES:
            self._leave(mode)

    def _leave(self, mode: str) -> None:
        if mode in self.families:
            self.families.pop(mode).close()


def play(walk: Walk, stage: Stage) -> None:
    """Bring a family from the stage where it is to another one, and its parent's browser with it."""
    is_at_home = walk.stage >= Stage.AT_HOME
    while walk.stage < stage:
        following = Stage(walk.stage + 1)
        STEPS[following](walk)
        walk.stage = following
    if stage >= Stage.SIGNED_IN and not is_at_home:
        _enter(walk, stage)


def _open_file(walk: Walk) -> None:
    body = {
        "guardian": {
            "civility": "monsieur",
            "first_name": "Paul",
            "last_name": walk.family,
            "email": walk.email,
            "phone": "06 12 34 56 78",
        },
        "address": {"street": "4 rue des Lilas", "postal_code": "14000", "city": "Valmont-sur-Orne"},
        "children": [{"first_name": "Zoé", "last_name": walk.family, "birth_on": "2018-05-06"}],
    }
    _send(walk, AGENT, "POST", "/households", body)
    walk.mailed = credentials_of(walk.mail("Votre espace personnel")["text"])


def _activate(walk: Walk) -> None:
    _identity(walk, "POST", "/activations", {"token": walk.credentials.token})


def _choose(walk: Walk) -> None:
    chosen = {"username": walk.username, "password": PASSWORD, "password_confirmation": PASSWORD}
    session = _identity_session(walk, walk.credentials.username, walk.credentials.password)
    _identity(walk, "PUT", "/me/credentials", chosen, session)


def _accept(walk: Walk) -> None:
    session = _identity_session(walk, walk.username, PASSWORD)
    terms = _identity(walk, "GET", "/terms", None, session)
    accepted = {"version": terms["version"], "end_token": terms["end_token"], "is_accepted": True}
    _identity(walk, "POST", "/me/terms-acceptance", accepted, session)


def _request(walk: Walk) -> None:
    child_id = _parent(walk, "GET", "/household")["children"][0]["child_id"]
    activities = _parent(walk, "GET", "/activities")["items"]
    activity_id = next(activity["activity_id"] for activity in activities if activity["label"] == CENTRE)
    _parent(walk, "POST", "/enrollments", {"child_id": child_id, "activity_id": activity_id})


def _validate(walk: Walk) -> None:
    (enrollment,) = _parent(walk, "GET", "/enrollments")["items"]
    _send(walk, AGENT, "POST", f"/enrollments/{enrollment['enrollment_id']}/decision", {"is_validated": True})


def _book(walk: Walk) -> None:
    days = walk.wednesdays()
    query = f"?from_on={days[0]}&to_on={days[-1]}"
    (row,) = _parent(walk, "GET", f"/calendar{query}")["rows"]
    wanted = [cell["slot_id"] for cell in row["cells"] if cell["state"] == "bookable"]
    assert len(wanted) == len(days), row["cells"]
    lines = [{"child_id": row["child_id"], "slot_id": slot_id} for slot_id in wanted]
    _parent(walk, "POST", "/bookings", {"lines": lines})


def _attend(walk: Walk) -> None:
    query = f"?from_on={walk.today}&to_on={walk.today}"
    slots = _send(walk, AGENT, "GET", f"/slots{query}")["items"]
    slot = next(slot for slot in slots if slot["activity_label"] == CENTRE)
    path = f"/slots/{slot['slot_id']}/attendance"
    if not slot["is_closed"]:
        lines = _send(walk, AGENT, "GET", path)["lines"]
        marks = [{"child_id": line["child_id"], "attendance": "present"} for line in lines]
        _send(walk, AGENT, "PUT", path, {"marks": marks})
        _send(walk, AGENT, "POST", f"{path}/closure")
    _until(lambda: in_thread(_planned(walk.stack.dsn("billing"), walk.today)) == 0)


async def _planned(address: str, day: date) -> int:
    """How many charges of a day wait for its sheet."""
    connection = await asyncpg.connect(address)
    try:
        count: int = await connection.fetchval(PLANNED_SQL, day)
        return count
    finally:
        await connection.close()


def _issue(walk: Walk) -> None:
    period = f"{walk.today:%Y-%m}"
    runs = [run for run in _send(walk, FINANCE, "GET", "/invoice-runs")["items"] if run["period"] == period]
    run = runs[0] if runs else _send(walk, FINANCE, "POST", "/invoice-runs", {"period": period})
    path = f"/invoice-runs/{run['run_id']}"

    def is_decided() -> bool:
        run = _send(walk, FINANCE, "GET", path)
        if run["status"] == "draft":
            _send(walk, FINANCE, "POST", f"{path}/review", {"confirmed": run["open_days"]})
        elif run["status"] == "reviewed":
            _send(walk, FINANCE, "POST", f"{path}/issue")
        return bool(run["status"] == "issued")

    _until(is_decided)


def _pay(walk: Walk) -> None:
    _until(lambda: bool(_parent(walk, "GET", "/invoices")["items"]))
    (invoice,) = _parent(walk, "GET", "/invoices")["items"]
    if invoice["status"] == "paid":
        return
    started = _parent(walk, "POST", f"/invoices/{invoice['invoice_id']}/payments", {})
    operation = started["redirect_url"].partition("idop=")[2]
    decided = f"{walk.stack.url('payfip')}/control/operations/{operation}/result"
    assert httpx2.post(decided, json={"result": "P"}).is_success
    _until(lambda: _parent(walk, "GET", "/invoices")["items"][0]["status"] == "paid")


STEPS: Final[Mapping[Stage, Callable[[Walk], None]]] = {
    Stage.INVITED: _open_file,
    Stage.ACTIVATED: _activate,
    Stage.SIGNED_IN: lambda _walk: None,
    Stage.CHOSEN: _choose,
    Stage.AT_HOME: _accept,
    Stage.REQUESTED: _request,
    Stage.VALIDATED: _validate,
    Stage.BOOKED: _book,
    Stage.ATTENDED: _attend,
    Stage.ISSUED: _issue,
    Stage.PAID: _pay,
}


def _enter(walk: Walk, stage: Stage) -> None:
    """The parent's browser has a session; the portal leads it to what this stage has to do next."""
    if stage is Stage.SIGNED_IN:
        walk.sign_in("parent", walk.credentials.username, walk.credentials.password)
    else:
        walk.sign_in("parent", walk.username, PASSWORD)


def _parent(walk: Walk, method: str, path: str, body: Any = None) -> Any:
    return _send(walk, (walk.username, PASSWORD), method, path, body)


def _send(walk: Walk, login: tuple[str, str], method: str, path: str, body: Any = None) -> Any:
    """The answer of the public API to somebody. A replica may not know a family yet, which is asked again until it does."""
    deadline = time.monotonic() + MAIL_SECONDS
    with httpx2.Client(base_url=f"{walk.stack.portal_url}/api/v1", timeout=MAIL_SECONDS) as api:
        session = api.post("/sessions", json={"login": login[0], "password": login[1]}).json()["session_token"]
        headers = {"Authorization": f"Bearer {session}", "Idempotency-Key": str(uuid4())}
        while True:
            answer = api.request(method, path, json=body, headers=headers)
            if answer.is_success:
                return answer.json()
            assert answer.status_code in (404, 503), answer.text
            assert time.monotonic() < deadline, answer.text
            time.sleep(POLL_SECONDS)


def _identity_session(walk: Walk, login: str, password: str) -> str:
    return str(_identity(walk, "POST", "/sessions", {"login": login, "password": password})["session_token"])


def _identity(walk: Walk, method: str, path: str, body: Any, session: str = "") -> Any:
    headers = {"X-Session": session} if session else {}
    answer = httpx2.request(method, walk.stack.url("identity") + path, json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer.json()


def _until(check: Callable[[], bool]) -> None:
    deadline = time.monotonic() + MAIL_SECONDS
    while not check():
        assert time.monotonic() < deadline
        time.sleep(POLL_SECONDS)
