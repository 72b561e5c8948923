"""What pages are made with: the town, its texts and templates, and what a refused form says in French."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from jinja2 import Environment
from litestar import Response

from chassis.clock import civil_day
from contracts.http import Problem

from .kit import FormState, Texts, create_environment
from .refusal_texts import RefusalTexts
from .settings import PortalTown

HTML: Final = "text/html"


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

    def fragment(self, template: str, context: Mapping[str, Any]) -> Response[str]:
        """A part of a page, for a script that asked for it."""
        return Response(self.environment.get_template(template).render(**context), status_code=200, media_type=HTML)

    def refusal_text(self, problem: Problem) -> str:
        """What a refusal says to a person: the rule, who decides, what can be done."""
        return self.refusals.refusal(problem.code, problem.params)

    def refused_form(self, problem: Problem, typed: Mapping[str, Any]) -> FormState:
        """What was typed, and what is wrong with it: by field (`/children/0/birth_on` is the field `children.0.birth_on`), or
        the rule that refused it as a whole. Passwords are typed again."""
        kept = {name: value for name, value in typed.items() if "password" not in name}
        errors = {
            error.pointer.lstrip("/").replace("/", "."): self.refusals.field(error.pointer, error.code, error.params)
            for error in problem.errors
        }
        return FormState(kept, errors, "" if errors else self.refusal_text(problem), problem.status)


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
