"""Spaces of the portal: who is admitted, and which pages there are.

A page is declared by its address and a function of the visit. It becomes a route only in a space, which admits whoever
asks before the function runs: a handler cannot forget it. The agents' menu and the tests of all pages read the
spaces; the menus of visitors and families are the town's (`public_menu`, `private_menu` of its settings).
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import quote, urlencode

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.types import Empty

from contracts.operation import Operation
from contracts.types import ActorKind, SessionStage
from gateway.admission import CSRF_EXEMPT, Posted
from gateway.auth import StageNotReady, Visitor, WrongSpace
from gateway.limits import HAS_SECRET
from portal.frame import kept_forms
from portal.frame.visit import Visit, visit_of
from portal.kit import ADDED_FIELDS, Crumb, FormState

Handler = Callable[..., Awaitable[Response[Any]]]
Admission = Callable[[Visitor], object]
"""Lets a visitor in, or raises what leads them to where they belong."""
Typing = Callable[[Posted], FormState]
"""What was typed in a posted form, as the page of that form shows it again."""
Trail = Callable[[Visit, Mapping[str, Any]], Awaitable[Sequence[Crumb]]]
"""The steps that lead to a page of these parameters, from the entry of the menu that it belongs to."""
TYPING: Final = "typing"
"""Where the route of an action keeps how its form is read: `handler.opt[TYPING]`."""
FILE: Final = "file"
"""Where a route says that what answers is kept, not looked at: `handler.opt[FILE]`."""


@dataclass(frozen=True, slots=True)
class MenuLabel:
    """A page's entry of the agents' menu: the key of its label, its icon, and the operation that it is for; None: for everybody.
    `is_of_registration`: it is there in towns alone where people ask for a space. `others`: it is for whoever may do one of these too.

    A menu only spares a walk to a closed door: each service judges the actor itself.
    """

    key: str
    icon: str = ""
    operation: Operation[..., Any] | None = None
    is_of_registration: bool = False
    others: tuple[Operation[..., Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Screen:
    """An address of the portal and what answers there. `admits` is for a page that is stricter than its space. `is_file`: what answers is
    kept, not looked at."""

    method: str
    paths: tuple[str, ...]
    answer: Handler
    entry: MenuLabel | None = None
    admits: Admission | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    is_file: bool = False
    body_max_bytes: int | None = None

    @property
    def path(self) -> str:
        """Its first address."""
        return self.paths[0]

    def at(self, query: Mapping[str, str]) -> str:
        """Its first address with a query."""
        return f"{self.path}?{urlencode(query)}" if query else self.path

    def address(self, parameters: Mapping[str, Any]) -> str:
        """Its first address with the parameters in place."""
        return re.sub(r"{(\w+):\w+}", lambda match: quote(str(parameters[match[1]]), safe=""), self.path)


def page(*paths: str, entry: MenuLabel | None = None, admits: Admission | None = None) -> Callable[[Handler], Screen]:
    """Declare what shows a page."""
    return lambda answer: Screen("GET", paths, answer, entry, admits)


def file(path: str) -> Callable[[Handler], Screen]:
    """Declare what gives a file."""
    return lambda answer: Screen("GET", (path,), answer, options={FILE: True}, is_file=True)


def as_typed(posted: Posted) -> FormState:
    """Fields as they were posted, under their own names, without passwords and without what the page adds to a form."""
    values = {
        name: many[0] if len(many) == 1 else tuple(many)
        for name, many in posted.lists.items()
        if name not in ADDED_FIELDS and "password" not in name
    }
    return FormState(values)


def action(
    path: str,
    *,
    admits: Admission | None = None,
    is_of_others: bool = False,
    has_secret: bool = False,
    typing: Typing | None = as_typed,
    body_max_bytes: int | None = None,
) -> Callable[[Handler], Screen]:
    """Declare what takes a posted form. `is_of_others`: it is posted by another system, which has no form token.
    `has_secret`: a password, a code, a key or a link is posted, so that it may be done less often than anything else. `typing` is None for a form
    that is not worth keeping. `body_max_bytes`: how large it may be, where a file goes with it."""
    options = {TYPING: typing, CSRF_EXEMPT: is_of_others, HAS_SECRET: has_secret}
    return lambda answer: Screen("POST", (path,), answer, None, admits, options, body_max_bytes=body_max_bytes)


async def show_again(
    visit: Visit, page: Screen, form: FormState, query: Mapping[str, str] | None = None, **parameters: Any
) -> Response[Any]:
    """Lead from a post to the page of a form, which shows it as it was posted and what is wrong with it.

    The browser keeps the form for that page; one that is too large for a browser is shown at once. `query` and `parameters` are
    those of the page's address.
    """
    path, asked = page.address(parameters), dict(query or {})
    key = visit.sessions.sealing_key(visit.sessions.holder(visit.visitor.session), path)
    kept = kept_forms.keep(form, path, key, visit.request.cookies)
    if kept is None:
        return await page.answer(replace(visit, shown=form, asked=asked), **parameters)
    return visit.redirect(f"{path}?{urlencode({**asked, kept_forms.PARAMETER: kept.name})}", cookies=kept.cookies)


def anybody(_visitor: Visitor) -> None:
    """Lets everybody in."""


def at_stage(*stages: SessionStage) -> Admission:
    """Lets in whoever is at one of these first steps; another stage leads to its own page."""

    def admits(visitor: Visitor) -> None:
        session = visitor.require_session()
        if session.stage not in stages:
            raise StageNotReady(session.stage)

    return admits


def signed_in(visitor: Visitor) -> None:
    """Lets in whoever has done the first steps, family or agent."""
    visitor.require_ready()


def only_families(visitor: Visitor) -> None:
    """Lets families in."""
    visitor.require(ActorKind.PARENT)


def only_holders(visitor: Visitor) -> None:
    """Lets in whoever a family may let act for it: an adult of another one, or somebody who has none here."""
    if visitor.require_ready().kind not in (ActorKind.PARENT, ActorKind.DELEGATE):
        raise WrongSpace


def only_agents(visitor: Visitor) -> None:
    """Lets agents in."""
    visitor.require(ActorKind.AGENT)


@dataclass(frozen=True, slots=True)
class Space:
    """Pages that admit the same people. `trail` says what stands between a page and the menu."""

    admits: Admission
    pages: Sequence[Screen]
    trail: Trail | None = None

    def routes(self) -> list[HTTPRouteHandler]:
        """The routes of its pages."""
        return [_route(page, page.admits or self.admits, self.trail) for page in self.pages]

    def shown(self) -> list[Screen]:
        """The pages that can be opened by their address alone."""
        return [page for page in self.pages if page.method == "GET" and not page.is_file and "{" not in page.path]


def _route(page: Screen, admits: Admission, trail: Trail | None) -> HTTPRouteHandler:
    async def handle(request: Request[Any, Any, Any]) -> Response[Any]:
        visit: Visit = visit_of(request)
        admits(visit.visitor)
        if page.method == "GET":
            await visit.portal.greetings.learn(visit.visitor, visit.services)
        if not visit.opens(request.scope["path"]):
            raise WrongSpace
        if trail and page.method == "GET" and not page.is_file:
            visit = replace(visit, trail=await trail(visit, request.path_params))
        return await page.answer(visit, **request.path_params)

    return HTTPRouteHandler(
        list(page.paths),
        http_method=page.method,  # type: ignore[arg-type]  # GET or POST, as `page` and `action` declare
        status_code=STATUS,
        opt=dict(page.options),
        request_max_body_size=page.body_max_bytes or Empty,
    )(handle)


STATUS: Final = 200
"""What a page answers unless it says else."""
