"""The authorization matrix: who calls what about whose, read from `docs/security/authorization.md` and the OpenAPI documents."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from contracts.types import SERVICES, Role

REPOSITORY: Final = Path(__file__).parents[3]
DOCUMENT: Final = REPOSITORY / "docs" / "security" / "authorization.md"
OPENAPI: Final = REPOSITORY / "contracts" / "openapi"
APPLICATIONS: Final = (*SERVICES, "gateway")

OBJECTS: Final = ("own", "other", "random", "erased", "unnamed")
ANONYMOUS: Final = "anonymous"
FAMILIES: Final = ("parent", "co_parent", "other_parent")
FORMERS: Final = ("former_co_parent", "erased_parent")
AGENTS: Final[Mapping[str, Role]] = {**{role.value: role for role in Role}, "other_site": Role.SITE}
SYSTEM: Final = "system"
ACTORS: Final = (ANONYMOUS, *FAMILIES, *FORMERS, *AGENTS, SYSTEM)

# The public API passes every request on in one way. Each kind of request shows it: read, written with a key, a transition, a file, a
# list, public, and the sessions that it answers for itself.
FORWARDED: Final = frozenset(
    {
        "read_invoice",
        "read_invoice_pdf",
        "book_basket",
        "cancel_booking",
        "list_enrollments",
        "my_household",
        "list_activities",
    }
)
OWN_SESSIONS: Final = frozenset({"sign_in", "sign_out", "read_session"})

SECRETS: Final = ("session", "login")
"""Objects that are the caller's own secrets: who has no account has none."""
NONE: Final = "-"
ANSWERS: Final = frozenset({"ok", "none", "401", "403", "404", "422", NONE})
SAFE: Final = "GET"


@dataclass(frozen=True)
class Operation:
    """An operation of an application, as its OpenAPI document has it."""

    application: str
    name: str
    method: str
    path: str
    parameters: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """A row: the object that is named, and the answers for own, other, random, erased and unnamed, by kind of actor."""

    names: str
    families: tuple[str, ...]
    formers: tuple[str, ...]
    roles: frozenset[str]
    agents: tuple[str, ...]

    def pattern(self, actor: str) -> tuple[str, ...]:
        """The five answers to an actor."""
        is_public = self.roles == {"public"}
        if actor == "erased_parent":
            return (self.formers[OBJECTS.index("erased")], *self.formers[1:])
        if actor in FORMERS:
            return self.formers
        if actor in FAMILIES or is_public:
            return self.families
        if actor == ANONYMOUS:
            return self._refused("401")
        role = AGENTS[actor].value if actor in AGENTS else SYSTEM
        is_entitled = role in self.roles or (role == SYSTEM and bool(self.roles))
        return self.agents if is_entitled else self._refused("403")

    def _refused(self, status: str) -> tuple[str, ...]:
        return tuple(NONE if answer == NONE else status for answer in self.families)


@dataclass(frozen=True)
class Cell:
    """One request, and the answer that it must get."""

    operation: Operation
    names: str
    actor: str
    about: str
    expected: str


@cache
def operations() -> Mapping[tuple[str, str], Operation]:
    """Every operation that the OpenAPI documents publish, by application and id."""
    return {
        (name, operation["operationId"]): Operation(
            application=name,
            name=operation["operationId"],
            method=method.upper(),
            path=path,
            parameters=tuple(item["name"] for item in operation.get("parameters", ()) if item["in"] != "header"),
        )
        for name in APPLICATIONS
        for path, item in json.loads((OPENAPI / f"{name}.json").read_text())["paths"].items()
        for method, operation in item.items()
    }


def rows(text: str) -> Iterator[tuple[str, list[str]]]:
    """The rows of the tables of operations, each with the heading that it stands under."""
    heading = ""
    for line in text.splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif heading in APPLICATIONS and line.startswith("| `"):
            yield heading, [cell.strip().strip("`") for cell in line.strip("|").split("|")]


def rules(text: str) -> dict[tuple[str, str], Rule]:
    """The rule of each operation. An operation of the gateway has the rule of the one that it passes to, or a row of its own."""
    found: dict[tuple[str, str], Rule] = {}
    for application, cells in rows(text):
        name, *others = cells
        assert (application, name) not in found, f"{application} {name} has two rows"
        if len(others) == 1:
            service, passed_to = re.findall(r"\w+", others[0])
            found[application, name] = found[service, passed_to]
        else:
            names, families, formers, roles, agents = others
            found[application, name] = Rule(
                names, _answers(families), _answers(formers), frozenset(roles.split()), _answers(agents)
            )
    return found


def cells(text: str) -> Iterator[Cell]:
    """Every cell that stands for a request. Raises KeyError for an operation without a row."""
    known = rules(text)
    for key, operation in operations().items():
        rule = known[key]
        for actor in ACTORS:
            for about, answer in zip(OBJECTS, rule.pattern(actor), strict=True):
                expected = _expected(operation, rule, actor, about, answer)
                if expected != NONE:
                    yield Cell(operation, rule.names, actor, about, expected)


def performed(text: str, application: str) -> list[Cell]:
    """The cells of an application that are performed: those of a service all, those of the public API for a handful of requests."""
    return [
        cell
        for cell in cells(text)
        if cell.operation.application == application
        and (application != "gateway" or cell.operation.name in FORWARDED | OWN_SESSIONS)
    ]


def _expected(operation: Operation, rule: Rule, actor: str, about: str, answer: str) -> str:
    if about == "own" and rule.names in SECRETS and actor in (ANONYMOUS, SYSTEM):
        return NONE
    if operation.application != "gateway" or answer == NONE:
        return answer
    if actor == SYSTEM:
        return NONE
    is_session_named = rule.names in SECRETS
    has_session = actor != ANONYMOUS and not is_session_named
    if is_session_named and about == "unnamed" and answer == "401" and operation.method != SAFE:
        return "403"
    if rule.roles == {"public"} or is_session_named:
        return answer
    if actor in FORMERS:
        return "401"
    return answer if has_session or operation.method == SAFE else "403"


def _answers(pattern: str) -> tuple[str, ...]:
    answers = tuple(pattern.split())
    assert set(answers) <= ANSWERS, pattern
    assert len(answers) in (0, len(OBJECTS)), pattern
    return answers
