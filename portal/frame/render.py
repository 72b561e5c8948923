"""What pages are made with: the town, its texts and templates, and what a refused form says in French."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from jinja2 import Environment
from litestar import Response

from chassis.clock import civil_day
from contracts.http import Problem
from contracts.types import ActorKind, LoginMode
from gateway.auth import Visitor
from portal.frame.greetings import Greetings
from portal.frame.menus import AgentMenu, Menu
from portal.frame.online_services import is_declined
from portal.frame.settings import PortalTown
from portal.kit import Form, FormState, Texts, create_environment
from portal.kit.layout import MenuEntry
from portal.kit.refusal_texts import RefusalTexts

HTML: Final = "text/html"


CHILDREN_PAGES: Final = ("/calendrier", "/inscriptions", "/quotient-et-ressources")
"""The pages that are about the children of a family, or its resources, with those below them."""


def is_about_children(path: str) -> bool:
    """Whether a page is about children or resources, which an organization has none of."""
    return any(path == page or path.startswith(f"{page}/") for page in CHILDREN_PAGES)


class Portal:
    """Everything pages are made with, for one town."""

    def __init__(
        self,
        town: PortalTown,
        texts: Texts,
        clock_offset: timedelta = timedelta(),
        agent_menu: AgentMenu | None = None,
    ) -> None:
        self.town = town
        self._agent_menu = agent_menu or AgentMenu()
        self._clock_offset = clock_offset
        self.texts = texts
        self.environment: Environment = create_environment(texts, town.face)
        mode = town.login_mode
        label = "sign_in.login" if mode is LoginMode.BOTH else f"sign_in.login_{mode}"
        self.environment.globals.update(
            login_mode=mode,
            login_label=label,
            has_franceconnect=town.has_franceconnect,
            has_registration=town.has_registration,
            has_agent_provider=town.agent_provider.is_open,
            has_agent_passwords=bool(town.agent_provider.password_roles),
            has_employee_numbers=town.agent_provider.is_open and town.agent_provider.claim != "email",
            is_email_for_families=town.is_email_for_families,
        )
        self.greetings = Greetings(texts)
        self.refusals = RefusalTexts(texts, town.town.zone)

    def menu(self, visitor: Visitor) -> Menu:
        """The menu for whoever looks."""
        session = visitor.session
        if session and visitor.is_ready and session.kind is ActorKind.AGENT:
            return self._agent_menu.of(session.permissions, self.texts, has_registration=self.town.has_registration)
        return self._opened(self.town.menu_of(visitor, self.texts), visitor)

    def bar(self, visitor: Visitor) -> Sequence[MenuEntry]:
        """The bar at the bottom of the phone of whoever looks."""
        return self._opened(self.town.bar_of(visitor, self.texts), visitor)

    def opens(self, path: str, visitor: Visitor) -> bool:
        """Whether a page is there for whoever looks: one of a service with its key alone, and what is about children for families alone."""
        is_left_out = is_about_children(path) and self.greetings.is_organization(visitor)
        return not is_left_out and self.town.opens(path, visitor)

    def shows(self, path: str, visitor: Visitor) -> bool:
        """Whether a link leads to a page: it is there for whoever looks, and they do not do without it."""
        return self.opens(path, visitor) and not is_declined(path, visitor)

    def _opened(self, entries: Sequence[MenuEntry], visitor: Visitor) -> Sequence[MenuEntry]:
        is_organization = self.greetings.is_organization(visitor)
        own = [entry for entry in entries if not (is_organization and is_about_children(entry.url))]
        return [entry for entry in own if not is_declined(entry.url, visitor)]

    def today(self) -> date:
        """The town's date."""
        return civil_day(self.now(), self.town.town.zone)

    def now(self) -> datetime:
        """The instant on the town's clock."""
        return datetime.now(UTC) + self._clock_offset

    def fragment(self, template: str, context: Mapping[str, Any]) -> Response[str]:
        """A part of a page, for a script that asked for it."""
        return Response(self.environment.get_template(template).render(**context), status_code=200, media_type=HTML)

    def refusal_text(self, problem: Problem) -> str:
        """What a refusal says to a person: the rule, who decides, what can be done."""
        return self.refusals.refusal(problem.code, problem.params)

    def refused_form(self, problem: Problem, typed: Mapping[str, str], form: Form | None = None) -> FormState:
        """What was typed, and what is wrong with it: by field (`/children/0/birth_on` is the field `children.0.birth_on`), or
        the rule that refused it as a whole. Passwords are typed again."""
        kept = {name: value for name, value in typed.items() if "password" not in name}
        group = form.texts if form else ""
        errors = {
            error.pointer.lstrip("/").replace("/", "."): self.refusals.field(
                error.pointer, error.code, error.params, group
            )
            for error in problem.errors
        }
        if form:
            errors = form.in_order(errors)
        return FormState(kept, errors, "" if errors else self.refusal_text(problem))
