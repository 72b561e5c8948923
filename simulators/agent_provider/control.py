"""What the control interface of this provider takes besides: its people, who leaves, and what it tells its client."""

from typing import Any, Final

import httpx2
import structlog
from litestar import post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from pydantic import Field

from simulators.oidc.controls import Switch

from .people import Employee
from .provider import AgentProvider, LogoutTokenWanted

CALL_SECONDS_MAX = 10


class Leaving(Switch):
    """Somebody leaves the town hall: their account is disabled and their sessions end. `is_told`: clients are."""

    name: str
    is_told: bool = True


class PersonChange(Switch):
    """Other details of somebody."""

    name: str
    details: dict[str, Any] = Field(default_factory=dict)


@post("/people", status_code=200)
async def change_person(data: JSONBody[PersonChange], provider: NamedDependency[AgentProvider]) -> dict[str, Any]:
    """Give somebody other details, a new account if nobody has this name."""
    known = provider.people.get(data.name)
    before = known.model_dump() if known else {"name": data.name}
    person = Employee.model_validate({**before, **data.details})
    provider.people[data.name] = person
    return person.model_dump()


@post("/leavings", status_code=200)
async def leave(data: JSONBody[Leaving], provider: NamedDependency[AgentProvider]) -> list[int]:
    """Somebody leaves the town hall; what the client answered to being told of each of their sessions."""
    person = provider.people[data.name]
    provider.people[data.name] = person.model_copy(update={"has_left": True})
    if not data.is_told:
        return []
    wanted, sessions = LogoutTokenWanted(name=data.name), provider.open_sessions(data.name)
    answers = [await _tell(provider, provider.logout_token(wanted, session.sid)) for session in sessions]
    for session in sessions:
        provider.end(session.sid)
    return answers


@post("/logout-tokens", status_code=200)
async def logout_token(data: JSONBody[LogoutTokenWanted], provider: NamedDependency[AgentProvider]) -> dict[str, str]:
    """A logout token that nobody was told, about the latest session of somebody."""
    sessions = provider.open_sessions(data.name)
    return {"logout_token": provider.logout_token(data, sessions[-1].sid if sessions else None)}


async def _tell(provider: AgentProvider, token: str) -> int:
    """Tell the client that a session ended; the status of its answer, 0 for none."""
    try:
        async with httpx2.AsyncClient(timeout=CALL_SECONDS_MAX, trust_env=False, follow_redirects=False) as client:
            answer = await client.post(provider.logout_uri, data={"logout_token": token})
    except httpx2.TransportError as error:
        structlog.get_logger().warning("client_unreachable", error=type(error).__name__)
        return 0
    return answer.status_code


CONTROL: Final[list[HTTPRouteHandler]] = [change_person, leave, logout_token]
