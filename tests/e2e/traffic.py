"""Light, steady traffic of a family of the demonstration town through the gateway: pages, reads, bookings and returns."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx2

LOGIN = {"login": "famille.testeur", "password": "tilleuls-lina-4"}
PAGES = ("/", "/activites", "/mon-accueil", "/calendrier", "/inscriptions", "/factures")
READS = (
    "/api/v1/household",
    "/api/v1/enrollments",
    "/api/v1/invoices",
    "/api/v1/activities",
    "/api/v1/sessions/current",
)
PAUSE_SECONDS = 0.05
PARIS = ZoneInfo("Europe/Paris")
WEEKS = timedelta(weeks=3)
PATIENCE_SECONDS = 30.0


@dataclass
class Family:
    """A signed-in family, whose every request notes how long it took and, unless it went well, what went wrong."""

    http: httpx2.Client
    token: str
    failures: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    booked: int = 0

    @classmethod
    def sign_in(cls, portal_url: str) -> "Family":
        http = httpx2.Client(base_url=portal_url, timeout=PATIENCE_SECONDS)
        answer = http.post("/api/v1/sessions", json=LOGIN)
        assert answer.status_code == 201, answer.text
        return cls(http, answer.json()["session_token"])

    def page(self, path: str) -> httpx2.Response | None:
        """Open a page in a browser; a part of it that is missing is a failure too."""
        answer = self._send("GET", path, headers={"Cookie": f"__Host-session={self.token}"})
        if answer is not None and "indisponible" in answer.text:
            self.failures.append(f"{path}: a part is missing")
        return answer

    def api(self, method: str, path: str, **options: Any) -> Any:
        """The JSON of an answer of the API, None after a failure."""
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        answer = self._send(method, path, headers=headers, **options)
        return answer.json() if answer is not None else None

    def book_and_give_back(self) -> None:
        """Book the first free day of the calendar, and give it back."""
        today = datetime.now(PARIS).date()
        period = {"from_on": str(today), "to_on": str(today + WEEKS)}
        calendar = self.api("GET", "/api/v1/calendar", params=period) or {"rows": []}
        free = ((r, c) for r in calendar["rows"] for c in r["cells"] if c["state"] in ("bookable", "cancelled"))
        row, cell = next(free, (None, None))
        if row is None or cell is None:
            self.failures.append("calendar: no day is free")
            return
        done = self.change({"lines": [{"child_id": row["child_id"], "slot_id": cell["slot_id"]}]})
        for booking in done["bookings"] if done else ():
            self.booked += 1
            self.change({"cancellations": [{name: booking[name] for name in ("booking_id", "service_on")}]})

    def change(self, changes: dict[str, Any]) -> Any:
        """Book days or give bookings back."""
        return self.api("POST", "/api/v1/bookings", json=changes, headers={"Idempotency-Key": str(uuid4())})

    def _send(self, method: str, path: str, **options: Any) -> httpx2.Response | None:
        started = time.monotonic()
        try:
            answer = self.http.request(method, path, **options)
        except httpx2.TransportError as error:
            self.failures.append(f"{method} {path}: {type(error).__name__}")
            return None
        self.seconds.append(time.monotonic() - started)
        if answer.status_code >= 400:
            self.failures.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
            return None
        return answer


@contextmanager
def steady_traffic(portal_url: str) -> Iterator[list[Family]]:
    """A family at three screens at once, for as long as the block lasts."""
    families = [Family.sign_in(portal_url) for _ in range(3)]
    pages, reads = itertools.cycle(PAGES), itertools.cycle(READS)
    works: tuple[Callable[[], object], ...] = (
        lambda: families[0].page(next(pages)),
        lambda: families[1].api("GET", next(reads)),
        families[2].book_and_give_back,
    )
    is_over = threading.Event()

    def repeat(work: Callable[[], object]) -> None:
        while not is_over.wait(PAUSE_SECONDS):
            work()

    threads = [threading.Thread(target=repeat, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield families
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
        for family in families:
            family.http.close()
