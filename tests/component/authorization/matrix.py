"""The authorization matrix: who calls what about whose, read from `docs/security/authorization.md` and the OpenAPI documents."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final

from contracts.types import SERVICES
from tests.support.roles import Role

REPOSITORY: Final = Path(__file__).parents[3]
DOCUMENT: Final = REPOSITORY / "docs" / "security" / "authorization.md"
OPENAPI: Final = REPOSITORY / "contracts" / "openapi"
APPLICATIONS: Final = SERVICES

OBJECTS: Final = ("own", "other", "random", "erased", "unnamed")
ANONYMOUS: Final = "anonymous"
FAMILIES: Final = ("parent", "co_parent", "other_parent")
FORMERS: Final = ("former_co_parent", "erased_parent")
SITE: Final = "maison"
"""Where everything stands that has a site."""


@dataclass(frozen=True)
class AgentKind:
    """An agent of the matrix: a role, and the sites where it is exercised, None for every one."""

    role: Role
    sites: frozenset[str] | None = None

    @property
    def is_elsewhere(self) -> bool:
        """Whether what the matrix is about stands where this agent does not work."""
        return self.sites is not None and SITE not in self.sites


AGENTS: Final[Mapping[str, AgentKind]] = {
    **{role.value: AgentKind(role) for role in Role if role is not Role.SITE},
    "site": AgentKind(Role.SITE, frozenset({SITE})),
    "other_site": AgentKind(Role.SITE, frozenset({"plateau"})),
    "operator": AgentKind(Role.SITE, frozenset({"bassin"})),
}
SYSTEM: Final = "system"
DELEGATE: Final = "delegate"
"""Somebody whom the first household lets act, and who has no family here."""
ACTORS: Final = (ANONYMOUS, *FAMILIES, *FORMERS, DELEGATE, *AGENTS, SYSTEM)

SECRETS: Final = ("session", "login")
"""Objects that are the caller's own secrets: who has no account has none."""
NONE: Final = "-"
DELEGATES: Final = "Delegates"
"""The heading of what is open to who only acts for families: nothing else but what is public."""
ANSWERS: Final = frozenset({"ok", "none", "401", "403", "404", "409", "422", NONE})


@dataclass(frozen=True)
class DocumentedOperation:
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
    elsewhere: tuple[str, ...] = ()
    delegate: tuple[str, ...] = ()

    def pattern(self, actor: str) -> tuple[str, ...]:
        """The five answers to an actor."""
        is_public = self.roles == {"public"}
        if actor == "erased_parent":
            return (self.formers[OBJECTS.index("erased")], *self.formers[1:])
        if actor in FORMERS:
            return self.formers
        if is_public and actor in AGENTS and self.agents:
            return self.agents
        if actor in FAMILIES or is_public:
            return self.families
        if actor == ANONYMOUS:
            return self._refused("401")
        if actor == DELEGATE:
            return self.delegate or self._refused("403")
        is_entitled = bool(self.roles) if actor == SYSTEM else AGENTS[actor].role in self.roles
        if not is_entitled:
            return self._refused("403")
        is_elsewhere = actor != SYSTEM and AGENTS[actor].is_elsewhere
        return self.elsewhere if self.elsewhere and is_elsewhere else self.agents

    def _refused(self, status: str) -> tuple[str, ...]:
        return tuple(NONE if answer == NONE else status for answer in self.families)


@dataclass(frozen=True)
class Cell:
    """One request, and the answer that it must get."""

    operation: DocumentedOperation
    names: str
    actor: str
    about: str
    expected: str


@cache
def operations() -> Mapping[tuple[str, str], DocumentedOperation]:
    """Every operation that the OpenAPI documents publish, by application and id."""
    return {
        (name, operation["operationId"]): DocumentedOperation(
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
        elif heading in (*APPLICATIONS, DELEGATES) and line.startswith("| `"):
            yield heading, [cell.strip().strip("`") for cell in line.strip("|").split("|")]


def rules(text: str) -> dict[tuple[str, str, str], Rule]:
    """The rule of each operation, for each kind of object that it may name."""
    by_operation: dict[tuple[str, str, str], Rule] = {}
    delegates = {cells[0]: _answers(cells[1]) for heading, cells in rows(text) if heading == DELEGATES}
    for application, cells in rows(text):
        if application == DELEGATES:
            continue
        name, names, families, formers, roles, agents, elsewhere = cells
        assert (application, name, names) not in by_operation, f"{application} {name} {names} has two rows"
        by_operation[application, name, names] = Rule(
            names,
            _answers(families),
            _answers(formers),
            frozenset(roles.split()),
            _answers(agents),
            _answers(elsewhere),
            delegates.pop(name, ()),
        )
    assert not delegates, f"no operation is called {sorted(delegates)}"
    return by_operation


def cells(text: str) -> Iterator[Cell]:
    """Every cell that stands for a request, in the order of the rows. Raises KeyError for an operation without a row, and for
    a row without an operation."""
    known = rules(text)
    if missing := operations().keys() - {(application, name) for application, name, _ in known}:
        raise KeyError(f"no row of the authorization page is about {sorted(missing)}")
    for ((application, name, _), rule), actor in product(known.items(), ACTORS):
        for about, answer in zip(OBJECTS, rule.pattern(actor), strict=True):
            is_nobodys = about == "own" and rule.names in SECRETS and actor in (ANONYMOUS, SYSTEM)
            if answer != NONE and not is_nobodys:
                yield Cell(operations()[application, name], rule.names, actor, about, answer)


def _answers(pattern: str) -> tuple[str, ...]:
    answers = tuple(pattern.split())
    assert set(answers) <= ANSWERS, pattern
    assert len(answers) in (0, len(OBJECTS)), pattern
    return answers
