"""Rendering pages: the template, what surrounds it, its flash message, and what a refused form says in French."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from jinja2 import Environment
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.response import Redirect

from chassis.clock import civil_day
from contracts.http import Problem
from gateway.auth import Visitor

from .kit import Crumb, Flash, FormState, Frame, MenuEntry, SessionZone, Texts, create_environment
from .refusal_texts import RefusalTexts
from .settings import PortalTown

FLASH_COOKIE: Final = "__Host-flash"
FLASH_SECONDS: Final = 120
HTML: Final = "text/html"


@dataclass(frozen=True, slots=True)
class Notice:
    """A message for the page after a redirect: its kind and the key of its text; it holds no personal data."""

    kind: str
    key: str


class Portal:
    """Everything pages are made with, for one town."""

    def __init__(self, town: PortalTown, texts: Texts, clock_offset: timedelta = timedelta()) -> None:
        self.town = town
        self._clock_offset = clock_offset
        self.texts = texts
        self.environment: Environment = create_environment(texts, town.face)
        self.refusals = RefusalTexts(texts, town.town.zone)

    def today(self) -> date:
        """The town's date."""
        return civil_day(datetime.now(UTC) + self._clock_offset, self.town.town.zone)

    def page(
        self,
        request: Request[Any, Any, Any],
        template: str,
        visitor: Visitor,
        context: Mapping[str, Any] | None = None,
        *,
        status: int = 200,
        greeting: str | None = None,
        breadcrumb: Sequence[Crumb] = (),
        flashes: Sequence[Flash] = (),
    ) -> Response[str]:
        """A page in its frame. `greeting` names the person in the session zone; the user name stands in for it."""
        waiting = self._read_notice(request)
        unchecked = [Flash("warning", self.texts("notices.session_unchecked"))] if visitor.is_unchecked else []
        frame = Frame(
            menu=self._menu(request, visitor),
            session=self._session_zone(visitor, greeting),
            breadcrumb=breadcrumb,
            flashes=[*unchecked, *([waiting] if waiting else []), *flashes],
        )
        html = self.environment.get_template(template).render(
            frame=frame, csrf_token=visitor.csrf_token, visitor=visitor, **(context or {})
        )
        cookies = [Cookie(key=FLASH_COOKIE, value="", path="/", max_age=0, secure=True)] if waiting else []
        return Response(html, status_code=status, media_type=HTML, cookies=cookies)

    def fragment(self, template: str, context: Mapping[str, Any]) -> Response[str]:
        """A part of a page, for a script that asked for it."""
        return Response(self.environment.get_template(template).render(**context), media_type=HTML)

    def redirect(self, path: str, notice: Notice | None = None, cookies: Sequence[Cookie] = ()) -> Redirect:
        """See another page (303), which shows the notice once."""
        flash = []
        if notice is not None:
            value = f"{notice.kind}.{notice.key}"
            flash.append(
                Cookie(
                    key=FLASH_COOKIE,
                    value=value,
                    path="/",
                    max_age=FLASH_SECONDS,
                    secure=True,
                    httponly=True,
                    samesite="lax",
                )
            )
        return Redirect(path, status_code=303, cookies=[*cookies, *flash])

    def refusal_text(self, problem: Problem) -> str:
        """What a refusal says to a person: the rule, who decides, what can be done."""
        return self.refusals.refusal(problem.code, problem.params)

    def form_state(self, values: Mapping[str, Any], problem: Problem | None = None) -> FormState:
        """What was typed, and by field what is wrong with it: `/children/0/birth_on` is the field `children.0.birth_on`."""
        errors = {
            error.pointer.lstrip("/").replace("/", "."): self.refusals.field(error.pointer, error.code, error.params)
            for error in (problem.errors if problem else ())
        }
        return FormState(
            values={name: value for name, value in values.items() if "password" not in name}, errors=errors
        )

    def _menu(self, request: Request[Any, Any, Any], visitor: Visitor) -> list[MenuEntry]:
        path = request.scope["path"]
        return [
            MenuEntry(entry.label, entry.url, is_current=path == entry.url, icon=entry.icon)
            for entry in self.town.menu_of(visitor, self.texts)
        ]

    def _session_zone(self, visitor: Visitor, greeting: str | None) -> SessionZone | None:
        if visitor.session is None:
            return None
        session = visitor.session
        return SessionZone(
            greeting=greeting or session.username,
            csrf_token=visitor.csrf_token,
            previous_sign_in_at=session.previous_sign_in_at,
        )

    def _read_notice(self, request: Request[Any, Any, Any]) -> Flash | None:
        kind, _, key = request.cookies.get(FLASH_COOKIE, "").partition(".")
        if kind not in ("success", "info", "warning", "error") or f"notices.{key}" not in self.texts:
            return None
        return Flash(kind, self.texts(f"notices.{key}"))


def nest(form: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON body of a form: `children.0.first_name` goes to `{"children": [{"first_name": ...}]}`; blanks are left out."""
    root: dict[str, Any] = {}
    for name, value in form.items():
        if name in ("csrf_token", "idempotency_key") or value in ("", None):
            continue
        *path, last = name.split(".")
        place = root
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return {name: _lists(value) for name, value in root.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    nested = {name: _lists(item) for name, item in value.items()}
    if nested and all(name.isdigit() for name in nested):
        return [nested[name] for name in sorted(nested, key=int)]
    return nested
