"""Spaces of the portal: who is admitted, and which pages there are.

A page is declared by its address and a function of the visit. It becomes a route only in a space, which admits whoever
asks before the function runs: a handler cannot forget it. The agents' menu and the tests of all pages read the
spaces; the menus of visitors and families are the town's (`public_menu`, `private_menu` of its settings).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler

from contracts.operation import Operation
from contracts.types import ActorKind, SessionStage
from gateway.admission import CSRF_EXEMPT
from gateway.auth import StageNotReady, Visitor
from portal.frame.visit import Visit, visit_of

Handler = Callable[..., Awaitable[Response[Any]]]
Admission = Callable[[Visitor], object]
"""Lets a visitor in, or raises what leads them to where they belong."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page's entry of the agents' menu: the key of its label, its icon, and the operation that it is for; None: for everybody.

    A menu only spares a walk to a closed door: each service judges the actor itself.
    """

    key: str
    icon: str = ""
    operation: Operation[..., Any] | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """An address of the portal and what answers there. `admits` is for a page that is stricter than its space."""

    method: str
    paths: tuple[str, ...]
    answer: Handler
    entry: Entry | None = None
    admits: Admission | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Its first address."""
        return self.paths[0]


def page(*paths: str, entry: Entry | None = None, admits: Admission | None = None) -> Callable[[Handler], Screen]:
    """Declare what shows a page."""
    return lambda answer: Screen("GET", paths, answer, entry, admits)


def form(path: str, *, admits: Admission | None = None, is_of_others: bool = False) -> Callable[[Handler], Screen]:
    """Declare what takes a posted form. `is_of_others`: it is posted by another system, which has no form token."""
    options = {CSRF_EXEMPT: True} if is_of_others else {}
    return lambda answer: Screen("POST", (path,), answer, None, admits, options)


def anybody(_visitor: Visitor) -> None:
    """Lets everybody in."""


def at_stage(stage: SessionStage) -> Admission:
    """Lets in whoever is at this one of the first steps; another stage leads to its own page."""

    def admits(visitor: Visitor) -> None:
        session = visitor.require_session()
        if session.stage is not stage:
            raise StageNotReady(session.stage)

    return admits


def signed_in(visitor: Visitor) -> None:
    """Lets in whoever has done the first steps, family or agent."""
    visitor.require_ready()


def only_families(visitor: Visitor) -> None:
    """Lets families in."""
    visitor.require(ActorKind.PARENT)


def only_agents(visitor: Visitor) -> None:
    """Lets agents in."""
    visitor.require(ActorKind.AGENT)


@dataclass(frozen=True, slots=True)
class Space:
    """Pages that admit the same people."""

    admits: Admission
    pages: Sequence[Screen]

    def routes(self) -> list[HTTPRouteHandler]:
        """The routes of its pages."""
        return [_route(page, page.admits or self.admits) for page in self.pages]

    def shown(self) -> list[Screen]:
        """The pages that can be opened by their address alone."""
        return [page for page in self.pages if page.method == "GET" and "{" not in page.path]


def _route(page: Screen, admits: Admission) -> HTTPRouteHandler:
    async def handle(request: Request[Any, Any, Any]) -> Response[Any]:
        visit: Visit = visit_of(request)
        admits(visit.visitor)
        return await page.answer(visit, **request.path_params)

    return HTTPRouteHandler(
        list(page.paths),
        http_method=page.method,  # type: ignore[arg-type]  # GET or POST, as `page` and `form` declare
        status_code=STATUS,
        opt=dict(page.options),
    )(handle)


STATUS: Final = 200
"""What a page answers unless it says else."""
