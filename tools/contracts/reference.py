"""Documents that are made of the operations: the reference page of each service, the role column of the authorization page, the
permissions, the classes of step-up."""

from typing import Any, Final

from pydantic import BaseModel

from contracts.http import File
from contracts.operation import REQUIRED, Access, Operation, Place
from contracts.permissions import PERMISSIONS
from contracts.types import SERVICES, ActorKind, StepUp
from services.identity.adapters.roles import shipped_roles
from tools.contracts.openapi_documents import PUBLIC_BASE, operations

EVERYBODY: Final = "public"
ASKED: Final = {ActorKind.PARENT: "families", ActorKind.AGENT: "agents"}
ROLES_COLUMN: Final = 4
HEADING: Final = "# What the {service} service answers\n\nWritten by `python -m tools.contracts.evolve` from `contracts/{service}/api.py`; `--check` compares it. `?`: may be left out.\n"
PERMISSIONS_HEADING: Final = """# Permissions

Written by `python -m tools.contracts.evolve` from `contracts/<service>/permissions.py` and the roles that the product ships
(`services/identity/agents/roles.toml`). A town adds a role, or replaces one, in its own file:

    [roles.pool]
    label = "Piscine"
    permissions = ["booking.attendance.read", "booking.attendance.mark"]

A name that is none of these stops the start of the identity service.

| Permission | Opens | Shipped roles |
| --- | --- | --- |
"""
STEP_UP_HEADING: Final = """# Step-up

Written by `python -m tools.contracts.evolve` from `StepUp` of `contracts/types.py` and the operations. A town says before which of these acts somebody
proves once more who they are, with a code that is mailed to them, or what else they have ([ADR 27](../adr/0027-a-proof-opens-classes-of-acts.md)):

    [identity.step_up]
    asks = ["accounts", "address", "agents", "bank", "delegations", "email", "exports", "health"]
    valid_minutes = 15

These are the values of a town that says nothing else. Nobody is asked on behalf of the town's own tools.

| Class | Acts | Asked of | Operations |
| --- | --- | --- | --- |
"""
COLUMNS: Final = ("Operation", "Request", "Takes", "Answers", "Who", "Public API")


def reference_page(service: str) -> str:
    """The operations of a service as a table, each with what it does."""
    rows = [" | ".join(COLUMNS), " | ".join(["---"] * len(COLUMNS))]
    rows += [" | ".join(_cells(operation)) for operation in operations(service)]
    table = "\n".join(f"| {row} |" for row in rows)
    summaries = "\n".join(f"- `{operation.name}`: {operation.summary}" for operation in operations(service))
    return f"{HEADING.format(service=service)}\n{table}\n\n{summaries}\n"


def with_roles(text: str) -> str:
    """The authorization page with the roles of each operation as its access has them."""
    service, lines = "", []
    for line in text.splitlines():
        if line.startswith("## "):
            service = line.removeprefix("## ")
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) > ROLES_COLUMN:
            named = {operation.name: operation for operation in operations(service)}
            if operation := named.get(cells[0].strip("`")):
                cells[ROLES_COLUMN] = roles_of(operation.access)
            line = f"| {' | '.join(cells)} |".replace("|  |", "| |")  # noqa: PLW2901  # the same line, completed
        lines.append(line)
    return "\n".join(lines) + "\n"


def permissions_page() -> str:
    """Every permission, what it opens, and the shipped roles that have it."""
    roles = shipped_roles()
    rows = [
        f"| `{name}` | {permission.meaning} | {', '.join(role for role in roles if name in roles[role].permissions)} |"
        for name, permission in sorted(PERMISSIONS.items())
    ]
    return PERMISSIONS_HEADING + "\n".join(rows) + "\n"


def step_up_page() -> str:
    """Every class of acts, of whom a proof may be asked for it, and its operations."""
    declared = [operation for service in SERVICES for operation in operations(service)]
    rows = [
        f"| `{step_up}` | {step_up.meaning} | {' and '.join(ASKED[kind] for kind in ASKED if kind in step_up.asked_of)} "
        f"| {', '.join(f'`{operation.name}`' for operation in declared if operation.step_up is step_up)} |"
        for step_up in StepUp
    ]
    return STEP_UP_HEADING + "\n".join(rows).replace("|  |", "| |") + "\n"


def row_faults(text: str) -> list[str]:
    """The operations that have no row on the authorization page, and the rows that are about none."""
    service, rows = "", set()
    for line in text.splitlines():
        if line.startswith("## "):
            service = line.removeprefix("## ")
        elif service in SERVICES and line.startswith("| `"):
            rows.add((service, line.split("`")[1]))
    known = {(service, operation.name) for service in SERVICES for operation in operations(service)}
    return [
        *(f"docs/security/authorization.md: {name} of {service} has no row" for service, name in sorted(known - rows)),
        *(f"docs/security/authorization.md: {service} has no {name}" for service, name in sorted(rows - known)),
    ]


def roles_of(access: Access) -> str:
    """The agents who may call, in the words of the authorization page."""
    if not access.needs_actor:
        return EVERYBODY
    return " ".join(sorted(name for name, role in shipped_roles().items() if access.permission in role.permissions))


def _cells(operation: Operation[..., Any]) -> tuple[str, ...]:
    takes = [
        f"{item.name}{'' if item.default is REQUIRED else '?'}"
        for item in operation.parameters
        if item.place is not Place.BODY
    ]
    if operation.body is not None:
        takes.append(f"`{operation.body.__name__}`")
    if operation.is_keyed:
        takes.append("Idempotency-Key")
    return (
        f"`{operation.name}`",
        f"{operation.method} `{operation.path}`",
        ", ".join(takes),
        f"{operation.status} {_name_of(operation.answer)}".strip(),
        _who(operation.access),
        f"`{PUBLIC_BASE}{operation.public}`" if operation.public else "",
    )


def _name_of(answer: Any) -> str:
    if answer is None:
        return ""
    if answer is File:
        return "a file"
    assert issubclass(answer, BaseModel)
    return f"`{answer.__name__}`"


def _who(access: Access) -> str:
    if access.is_open:
        return "everybody"
    if access.is_of_session:
        return "the session's own"
    permission = [f"`{access.permission}`"] if access.permission else []
    kinds = [*(["families"] if access.is_for_families else []), *(["delegates"] if access.is_for_delegates else [])]
    return " ".join([*kinds, *permission])
