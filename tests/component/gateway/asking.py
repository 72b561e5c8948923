"""Asking everything: every operation that somebody may call, naming one after the other everything that there is."""

from collections.abc import AsyncIterator, Collection, Iterator
from datetime import timedelta
from random import Random
from typing import Any, Final
from uuid import UUID, uuid4

import httpx2

from chassis.actor import Actor
from contracts.operation import REQUIRED, Operation, Place
from contracts.types import SERVICES, ActorKind
from tests.component.gateway.home_papers import page_of
from tests.component.gateway.homes import Society
from tools.contracts.openapi_documents import operations

ALIASES: Final = {
    "guardian_id": "adult_id",
    "person_id": "adult_id",
    "recipient_id": "adult_id",
    "parent_id": "adult_id",
}
SKIPPED: Final = frozenset({"leave", "sign_out"})


async def answers(
    society: Society,
    actor: Actor,
    random: Random,
    *,
    only: Collection[str] | None = None,
    spared: Collection[UUID] = (),
) -> AsyncIterator[tuple[str, httpx2.Response]]:
    """What every operation that is open to somebody says, or every one by these methods. What is spared is read, and not acted on."""
    today = await society.town.services["family"].db.today()
    days = {"from_on": today, "to_on": today + timedelta(days=60), "starts_on": today, "ends_on": today}
    pools: dict[str, list[UUID]] = {
        **society.ids,
        "adult_id": list(society.adults.values()),
        "child_id": list(society.children.values()),
        "activity_id": [society.shared_activity],
    }
    for service in SERVICES:
        running = society.town.services[service]
        headers = running.as_actor(actor)
        for operation in operations(service):
            if not operation.access.allows(actor.kind, actor.permissions) or operation.name in SKIPPED:
                continue
            if only is not None and operation.method not in only:
                continue
            for given in _given(operation, pools, days, random):
                if not operation.is_safe and not {str(paper_id) for paper_id in spared}.isdisjoint(given.values()):
                    continue
                path = operation.path
                for parameter in operation.at(Place.PATH):
                    path = path.replace(f"{{{parameter.name}}}", given.pop(parameter.name))
                body = None if operation.is_safe else _body(operation, pools, random)
                answer = await running.client.request(
                    operation.method, path, params=given, json=body, headers=headers | running.key()
                )
                assert answer.status_code != 500, (operation.name, answer.text)
                yield f"{service}.{operation.name} {given or path}", answer


def parent(adult_id: UUID) -> Actor:
    """An adult of a household."""
    return Actor(adult_id, ActorKind.PARENT, guardian_id=adult_id)


def _given(
    operation: Operation[..., Any], pools: dict[str, list[UUID]], days: dict[str, Any], random: Random
) -> Iterator[dict[str, str]]:
    """Each thing that an operation can name, in turn; what is not to be left out beside it, at random."""
    named = [item for item in (*operation.at(Place.PATH), *operation.at(Place.QUERY)) if item.name != "cursor"]
    if not operation.is_safe and not operation.at(Place.PATH) and operation.name not in BODIES:
        return  # About oneself: there is nothing of others to name.
    rest = {item.name: str(days[item.name]) for item in named if item.name in days}
    asked = [item for item in named if _pool(item.name) in pools]
    rest |= {
        item.name: uuid4().hex
        for item in named
        if item.place is Place.PATH and item not in asked and item.name not in days
    }
    if all(item.default is not REQUIRED for item in asked):
        yield dict(rest)
    for item in asked:
        others = {other.name: str(random.choice(pools[_pool(other.name)])) for other in asked if other is not item}
        for value in pools[_pool(item.name)]:
            given = {**rest, **others, item.name: str(value)}
            yield given | (
                {"page_id": str(page_of(given["document_id"], random.randint(0, 1)))} if "page_id" in given else {}
            )


def _pool(name: str) -> str:
    return ALIASES.get(name, name)


def _body(operation: Operation[..., Any], pools: dict[str, list[UUID]], random: Random) -> Any:
    return BODIES[operation.name](pools, random) if operation.name in BODIES else {}


def _quote(pools: dict[str, list[UUID]], random: Random) -> Any:
    line = {"activity_id": str(pools["activity_id"][0]), "service_on": "2026-11-04"}
    return {"lines": [{**line, "child_id": str(random.choice(pools["child_id"]))}]}


def _return(pools: dict[str, list[UUID]], random: Random) -> Any:
    booking_id = str(random.choice(pools["booking_id"]))
    return {"lines": [], "cancellations": [{"booking_id": booking_id, "service_on": "2027-01-05"}]}


def _of_a_home(pools: dict[str, list[UUID]], random: Random, **body: Any) -> Any:
    return {**body, "household_id": str(random.choice(pools["household_id"]))}


def _document(pools: dict[str, list[UUID]], random: Random) -> Any:
    return _of_a_home(pools, random, kind="piece_identite", person_id=str(random.choice(pools["child_id"])))


def _request(pools: dict[str, list[UUID]], random: Random) -> Any:
    return _of_a_home(pools, random, code="creche_modification", person_id=str(random.choice(pools["child_id"])))


def _declaration(pools: dict[str, list[UUID]], random: Random) -> Any:
    proof = str(random.choice(pools["document_id"] if "document_id" in pools else pools["household_id"]))
    return _of_a_home(pools, random, value_cents=1_000, document_id=proof)


def _certificate(pools: dict[str, list[UUID]], random: Random) -> Any:
    child_id = str(random.choice(pools["child_id"]))
    kind = random.choice(("household", "registration", "payment"))
    days = {"from_on": "2026-01-01", "to_on": "2026-12-31"}
    return _of_a_home(pools, random, kind=kind, child_id=child_id, **days)


BODIES: Final = {
    "quote": _quote,
    "change_bookings": _return,
    "begin_document": _document,
    "begin_request": _request,
    "declare_resources": _declaration,
    "issue_certificate": _certificate,
    "start_export": _of_a_home,
}
