"""Papers as the matrix needs them: a certificate that was issued for an adult of a household, by its number and code; what is asked for of it and of exports."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from chassis.actor import Actor
from chassis.documents import issuing
from chassis.documents.issuing import Paper, Press
from contracts.certificates import CertificateKind
from contracts.types import ActorKind
from tests.component.authorization import exports
from tests.component.authorization.matrix import FAMILIES, FORMERS, Cell
from tests.component.authorization.world import HOUSEHOLD_OF, World

KINDS: Final = {
    "booking": CertificateKind.REGISTRATION,
    "billing": CertificateKind.PAYMENT,
    "family": CertificateKind.HOUSEHOLD,
}
CONTENTS: Final[Mapping[CertificateKind, Mapping[str, Any]]] = {
    CertificateKind.REGISTRATION: {
        "child": {"name": "Enfant", "birth_on": "2019-01-01"},
        "school_year": "2026-2027",
        "places": [],
    },
    CertificateKind.PAYMENT: {
        "payer_name": "Adulte",
        "from_on": "2026-01-01",
        "to_on": "2026-12-31",
        "invoices": [],
        "shares": [],
        "unshared_cents": 0,
        "total_cents": 0,
    },
    CertificateKind.HOUSEHOLD: {"reference": "F-1", "address": [], "adults": ["Adulte"], "children": []},
}


async def one_for(world: World, cell: Cell, name: str) -> str:
    """A certificate of a household for whoever asks, or else for its first adult; who asks again finds it."""
    if name == "erased":
        return uuid4().hex
    service, kind = world.town.services[cell.operation.application], KINDS[cell.operation.application]
    household = world.households[name]
    adult_id = household.adults[0].adult_id
    if cell.about == "own" and cell.actor in (*FAMILIES, *FORMERS):
        adult_id = world.people[cell.actor].actor.guardian_id or adult_id
    is_of_child = kind is CertificateKind.REGISTRATION
    paper = Paper(
        kind,
        household.household_id,
        CONTENTS[kind],
        adult_id=None if is_of_child else adult_id,
        child_id=UUID(world.owned[name]["child"]) if is_of_child else None,
    )
    actor = Actor(uuid4(), ActorKind.PARENT, guardian_id=adult_id)
    certificate = await issuing.issue(service.db, actor, service.service.provide[Press], paper)
    return str(certificate.certificate_id)


async def _request(world: World, cell: Cell, named: str | None) -> Any:
    kind = KINDS[cell.operation.application]
    body: dict[str, Any] = {"kind": kind}
    if kind is CertificateKind.PAYMENT:
        body |= {"from_on": "2025-01-01", "to_on": "2025-12-31"}
    about = next((name for name, owned in world.owned.items() if owned.get("household") == named), None)
    about = about or HOUSEHOLD_OF.get(cell.actor, "first")
    if kind is CertificateKind.REGISTRATION:
        body["child_id"] = world.owned[about]["child"]
    if named is not None:
        body["household_id"] = named
    if kind is not CertificateKind.REGISTRATION and cell.actor not in (*FAMILIES, *FORMERS) and named is not None:
        body["adult_id"] = str(world.households[about].adults[0].adult_id)
    return body


NUMBER_SQL = "select number, code from issued_documents where document_id = $1"


async def _check(world: World, cell: Cell, named: str | None) -> Any:
    service = world.town.services[cell.operation.application]
    row = await service.db.fetchrow(NUMBER_SQL, UUID(named or uuid4().hex))
    series = KINDS[cell.operation.application].series
    return dict(row) if row else {"number": f"{series}-2020-000001", "code": "ABCDEFGHJKLM"}


BODIES: Final[Mapping[str, Callable[[World, Cell, str | None], Awaitable[Any]]]] = {
    "issue_certificate": _request,
    "check_certificate": _check,
    **exports.BODIES,
}
