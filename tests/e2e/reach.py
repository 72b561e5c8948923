"""What the links and the search forms of pages lead to: each page of the portal is found by itself, with whatever its address names, and a link to
nothing is seen."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Page

from portal.frame.spaces import Screen
from portal.spaces import SPACES

TOGETHER: Final = 4
"""How many pages are asked for at once."""
ALIKE_MAX: Final = 4
"""How many addresses of one page are followed that differ in what they name, not in which parameters they have."""
LEFT_ALONE: Final = ("/connexion", "/deconnexion", "/static/", "/theme.css")
KINDS: Final = {"uuid": r"[0-9a-f-]{36}", "int": r"-?\d+", "str": "[^/]+"}
_READ: Final = """async paths => Promise.all(paths.map(async path => {
  let answer = await fetch(path);
  for (let again = 0; answer.status === 503 && again < 5; again++) { // a service that is busy is asked again
    await new Promise(done => setTimeout(done, 1000));
    answer = await fetch(path);
  }
  const text = await answer.text();
  const isPage = (answer.headers.get("content-type") || "").startsWith("text/html");
  const page = new DOMParser().parseFromString(isPage ? text : "", "text/html");
  const links = [...page.querySelectorAll("a[href]")].map(link => link.getAttribute("href"));
  const searches = [...page.querySelectorAll("form[method=get]")].map(form =>
    `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`);
  return {path, status: answer.status, came_to: answer.url, size: text.length, links: [...new Set([...links, ...searches])],
    ids: [...page.querySelectorAll("[id]")].map(element => element.id)};
}))"""


@dataclass(frozen=True)
class Answer:
    """What an address answered, and where that leads."""

    path: str
    status: int
    came_to: str
    size: int
    links: Sequence[str]
    ids: Sequence[str]

    @property
    def is_shown(self) -> bool:
        """Whether the page itself came, and not another one instead of it."""
        return self.status == 200 and urlsplit(self.came_to).path == urlsplit(self.path).path


@dataclass
class Reach:
    """What a visitor comes to from some addresses on: the answers by page of the portal, and the links that are dead."""

    page: Page
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)
    _asked: set[str] = field(default_factory=set)
    _followed: dict[tuple[str, ...], int] = field(default_factory=dict)

    def follow(self, *starts: str) -> None:
        """Read the pages of these addresses and of all that they lead to."""
        waiting = [("", start) for start in starts]
        self._asked |= set(starts)
        while waiting:
            sources, waiting = {path: source for source, path in waiting[:TOGETHER]}, waiting[TOGETHER:]
            for row in self.page.evaluate(_READ, list(sources)):
                answer = Answer(**row)
                waiting += [(answer.path, link) for link in self._taken(answer, sources[answer.path])]

    def fullest(self) -> Mapping[str, Answer]:
        """Of the answers of each page, the one that shows most."""
        shown = {path: [answer for answer in answers if answer.is_shown] for path, answers in self.answers.items()}
        return {path: max(answers, key=lambda answer: answer.size) for path, answers in shown.items() if answers}

    def _taken(self, answer: Answer, source: str) -> Iterator[str]:
        """Keep an answer; the links of it that are worth following. Where a visit starts may be closed; what a link leads to may not."""
        screen = screen_at(answer.path)
        self.answers.setdefault(screen.path if screen else "", []).append(answer)
        if answer.status >= (400 if source else 500):
            self.dead.append(f"{source} leads to {answer.path}, which answers {answer.status}")
        for link in answer.links:
            yield from self._worth(answer, link)

    def _worth(self, answer: Answer, link: str) -> Iterator[str]:
        place = urlsplit(link)
        if place.scheme or place.netloc or place.path.startswith(LEFT_ALONE):
            return
        here = urlsplit(answer.came_to).path
        if not place.path or (place.path == here and not place.query):
            if place.fragment and place.fragment not in answer.ids:
                self.dead.append(f"{here} leads to #{place.fragment}, which it has not")
            return
        screen = screen_at(place.path)
        if screen is None:
            self.dead.append(f"{answer.path} leads to {place.path}, which is no page")
            return
        path = f"{place.path}?{place.query}" if place.query else place.path
        alike = (screen.path, *sorted(name for name, _ in parse_qsl(place.query, keep_blank_values=True)))
        if path not in self._asked and self._followed.get(alike, 0) < ALIKE_MAX:
            self._asked.add(path)
            self._followed[alike] = self._followed.get(alike, 0) + 1
            yield path


def screen_at(path: str) -> Screen | None:
    """The page that answers at an address: the one that names most of it."""
    return next((screen for pattern, screen in _patterns() if pattern.fullmatch(urlsplit(path).path)), None)


@cache
def _patterns() -> Sequence[tuple[re.Pattern[str], Screen]]:
    pages = [(path, page) for space in SPACES for page in space.pages for path in page.paths if page.method == "GET"]
    known = [(path, page) for path, page in pages if ":path}" not in path]
    return [(re.compile(_pattern(path)), page) for path, page in sorted(known, key=lambda item: item[0].count("{"))]


def _pattern(path: str) -> str:
    return "".join(KINDS[part.partition(":")[2][:-1]] if part[:1] == "{" else re.escape(part) for part in _parts(path))


def _parts(path: str) -> Iterable[str]:
    return re.split(r"({\w+:\w+})", path)
