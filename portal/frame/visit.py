"""A visit: one request for a page, by whom, with what was posted, and all that its handler needs to answer it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, ParamSpec, TypeVar
from uuid import uuid4

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.response import Redirect

from chassis.sealing import SharedSeal
from contracts.identity.models import CurrentSession
from contracts.operation import Operation
from contracts.types import ActorKind
from gateway.admission import Posted
from gateway.auth import Sessions, Visitor
from gateway.calls import Caller, Refused, Services
from portal.frame import kept_forms
from portal.frame.menus import flat, marked
from portal.frame.render import HTML, Portal
from portal.kit import PATHS, Crumb, Flash, Form, FormState, Frame, MenuEntry, SessionZone
from portal.kit.wording import MissingText

P = ParamSpec("P")
R = TypeVar("R")

FLASH_COOKIE: Final = "__Host-flash"
FLASH_SECONDS: Final = 120
FLASH_KINDS: Final = ("success", "info", "warning", "error")
SENTENCES_MAX: Final = 4
OWN_PAGES: Final = {
    ActorKind.PARENT: ("home.space.title", f"{PATHS['private_home']}#mon-espace"),
    ActorKind.AGENT: ("credentials.title", "/mes-identifiants"),
    ActorKind.DELEGATE: ("credentials.title", "/mes-identifiants"),
}
"""Where whoever is signed in finds their own details: the key of its label, and its address."""
HOMES: Final = {
    ActorKind.PARENT: PATHS["private_home"],
    ActorKind.AGENT: PATHS["agent_home"],
    ActorKind.DELEGATE: PATHS["delegate_home"],
}
"""Where whoever is signed in starts."""
COUNT: Final = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class FlashNotice:
    """A message for the page after a redirect: its kind and the key of its text, or of several that count something; it
    holds no personal data."""

    kind: str
    key: str = ""
    counts: tuple[tuple[str, int], ...] = ()

    @classmethod
    def counting(cls, kind: str, **counts: int) -> "FlashNotice":
        """A sentence for each thing of which there is any, by the key of its text."""
        return cls(kind, counts=tuple((key, count) for key, count in counts.items() if count))

    def as_cookie(self) -> str:
        """The kind and each key, with its count after a dash."""
        return ".".join([self.kind, *([self.key] if self.key else []), *(f"{key}-{n}" for key, n in self.counts)])


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page's handler is given. `posted` is empty unless a form was sent; `asked` are the parameters of the address;
    `shown` is a form that the page must show again although the browser does not keep it; `trail` leads to the page."""

    request: Request[Any, Any, Any]
    visitor: Visitor
    posted: Posted
    services: Services
    portal: Portal
    asked: Mapping[str, str] = field(default_factory=dict)
    shown: FormState | None = None
    trail: Sequence[Crumb] = ()

    async def call(self, operation: Operation[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Carry an operation out for the visitor, under the form's idempotency key if it wants one. Raises like
        `Services.call`."""
        return await self.services.call(self._caller(operation), operation, *args, **kwargs)

    async def call_about_all(self, operation: Operation[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """`call`, about every household of the visitor and not only the one that they look at."""
        caller = replace(self._caller(operation), household_id=None)
        return await self.services.call(caller, operation, *args, **kwargs)

    def _caller(self, operation: Operation[..., Any]) -> Caller:
        """The visitor, with a key for this operation of the form: one press may ask for several things of one service, each of them once."""
        key = self.idempotency_key
        return self.visitor.caller_with(f"{key}.{operation.name}" if key else None)

    def may(self, operation: Operation[..., Any]) -> bool:
        """Whether whoever was admitted may call an operation at all; what they may touch with it is for its service to say."""
        return operation.access.allows(self.session.kind, frozenset(self.session.permissions))

    def opens(self, path: str) -> bool:
        """Whether a page is there for whoever visits: one of a service of the town is for those who entered its key, one about children is for
        families."""
        return self.portal.opens(path, self.visitor)

    def shows(self, path: str) -> bool:
        """Whether a link leads to a page: it is there for whoever visits, and they do not do without it."""
        return self.portal.shows(path, self.visitor)

    @property
    def cursor(self) -> str | None:
        """Where the page of a list that was asked for begins."""
        return self.query("suite") or None

    @property
    def idempotency_key(self) -> str:
        """The key the posted form was given when it was shown."""
        return self.posted.get("idempotency_key") or str(uuid4())

    def query(self, name: str) -> str:
        """A parameter of the address, empty when it has none."""
        return self.asked.get(name, "")

    @property
    def session(self) -> CurrentSession:
        """The session of whoever was admitted. Raises SignInNeeded where everybody is."""
        return self.visitor.require_session()

    @property
    def sessions(self) -> Sessions:
        """What the gateway remembers of sessions."""
        remembered: Sessions = self.request.app.state.sessions
        return remembered

    @property
    def export_seal(self) -> SharedSeal:
        """What closes the parts of a whole file, so that the family service knows who gathered them."""
        seal: SharedSeal = self.request.app.state.export_seal
        return seal

    def form(self, form: Form | None = None, values: Mapping[str, str | Sequence[str]] | None = None) -> FormState:
        """The form that the address names (see `show_again`), or a fresh one with these values."""
        state = self.shown or self._kept() or FormState(values or {})
        return replace(state, form=form)

    def _kept(self) -> FormState | None:
        name = self.query(kept_forms.PARAMETER)
        key = self.sessions.sealing_key(self.sessions.holder(self.visitor.session), self.request.scope["path"])
        return kept_forms.kept(name, key, self.request.cookies)

    def once(self, page: Response[Any]) -> Response[Any]:
        """A page that shows a secret, which the browser forgets with it: neither a reload nor another visit shows it again."""
        if name := self.query(kept_forms.PARAMETER):
            page.cookies.append(kept_forms.forgotten(name, self.request.scope["path"]))
        return page

    def shown_before(self, key: str) -> FlashNotice | None:
        """What is said to whoever comes back for a secret that was shown; nothing to whoever comes by the plain address."""
        return FlashNotice("info", key) if self.query(kept_forms.PARAMETER) else None

    def refused(self, refusal: Refused, typed: Mapping[str, str] | None = None, form: Form | None = None) -> FormState:
        """What the page says after a refusal: with what was `typed`, errors by field or else the rule; without fields of
        its own, the rule alone."""
        if typed is None:
            return FormState(refusal=self.portal.refusal_text(refusal.problem))
        return self.portal.refused_form(refusal.problem, typed, form)

    def page(
        self,
        template: str,
        context: Mapping[str, Any] | None = None,
        *,
        form: FormState | None = None,
        status: int = 200,
    ) -> Response[str]:
        """A page in its frame."""
        waiting, path = self._read_notice(), self.request.scope["path"]
        unchecked = Flash("warning", self.portal.texts("notices.session_unchecked"))
        menu = marked(self.portal.menu(self.visitor), path)
        frame = Frame(
            menu=menu,
            bar=[*flat(marked(self.portal.bar(self.visitor), path))],
            session=self._session_zone(),
            breadcrumb=[*(Crumb(entry.label, entry.url) for entry in flat(menu) if entry.is_around), *self.trail],
            flashes=[*([unchecked] if self.visitor.is_unchecked else []), *([waiting] if waiting else [])],
        )
        html = self.portal.environment.get_template(template).render(
            frame=frame,
            csrf_token=self.visitor.csrf_token,
            key=str(uuid4()),
            visitor=self.visitor,
            form=form or FormState(),
            **(context or {}),
        )
        cookies = [Cookie(key=FLASH_COOKIE, value="", path="/", max_age=0, secure=True)] if waiting else []
        return Response(html, status_code=status, media_type=HTML, cookies=cookies)

    def redirect(self, path: str, notice: FlashNotice | None = None, cookies: Sequence[Cookie] = ()) -> Redirect:
        """See another page (303), which shows the notice once."""
        flash = []
        if notice is not None:
            flash.append(
                Cookie(
                    key=FLASH_COOKIE,
                    value=notice.as_cookie(),
                    path="/",
                    max_age=FLASH_SECONDS,
                    secure=True,
                    httponly=True,
                    samesite="lax",
                )
            )
        return Redirect(path, status_code=303, cookies=[*cookies, *flash])

    def _session_zone(self) -> SessionZone | None:
        session = self.visitor.session
        if session is None:
            return None
        known = self.portal.greetings.of(self.visitor)
        return SessionZone(
            greeting=known.greeting,
            csrf_token=self.visitor.csrf_token,
            name=known.name,
            initials=known.initials,
            own_page=self._own_page(session),
            previous_sign_in_at=session.previous_sign_in_at,
            household=self.visitor.household.reference if self.visitor.household else "",
            is_shared=session.is_shared and self.visitor.is_ready,
        )

    def _own_page(self, session: CurrentSession) -> MenuEntry | None:
        if not self.visitor.is_ready or session.kind not in OWN_PAGES:
            return None
        key, url = OWN_PAGES[session.kind]
        return MenuEntry(self.portal.texts(key), url)

    def _read_notice(self) -> Flash | None:
        kind, *sentences = self.request.cookies.get(FLASH_COOKIE, "").split(".")
        if kind not in FLASH_KINDS or not 1 <= len(sentences) <= SENTENCES_MAX:
            return None
        try:
            return Flash(kind, " ".join(self._sentence(*sentence.partition("-")[::2]) for sentence in sentences))
        except MissingText:
            return None

    def _sentence(self, key: str, count: str) -> str:
        counted = {"count": int(count)} if COUNT.fullmatch(count) else {}
        return self.portal.texts(f"notices.{key}", **counted)


def visit_of(request: Request[Any, Any, Any]) -> Visit:
    """The dependency `visit`; also the visit of a request that was refused before anybody looked who sent it."""
    noted = request.state
    return Visit(
        request,
        getattr(noted, "visitor", None) or Visitor(None, None, "", ""),
        getattr(noted, "posted", None) or Posted(),
        request.app.state.services,
        request.app.state.portal,
        dict(request.query_params.items()),
    )


def safe_path(path: str) -> str:
    """A path of this portal to go on to; anything that could lead elsewhere is dropped.

    Browsers read a backslash as a slash and leave out tabs and line breaks, which would make `//another.site` of them.
    """
    is_ours = path.startswith("/") and not path.startswith("//") and path.isprintable() and "\\" not in path
    return path if is_ours else ""
