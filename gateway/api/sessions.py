"""Sessions of the public API: sign in with a login and a password, see whose session it is, sign out.

No cookie is set: the token travels in `Authorization: Bearer`, which no browser sends by itself.
"""

from datetime import datetime
from uuid import UUID

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from contracts.event import Model
from contracts.identity.api import SessionOpened, SignIn
from contracts.types import ActorKind, Role, SessionStage

from ..admission import CSRF_EXEMPT
from ..auth import Sessions, Visitor
from ..services import Services


class Session(Model):
    """Whose session it is. Everything but this and signing out waits for the stage `ready`."""

    account_id: UUID
    guardian_id: UUID | None
    kind: ActorKind
    roles: tuple[Role, ...]
    username: str
    stage: SessionStage
    previous_sign_in_at: datetime | None
    expires_at: datetime


@post("/sessions", operation_id="sign_in", tags=["sessions"], opt={CSRF_EXEMPT: True}, security=[{}])
async def sign_in(
    visitor: NamedDependency[Visitor], services: NamedDependency[Services], data: JSONBody[SignIn]
) -> SessionOpened:
    """Open a session; its token goes into Authorization: Bearer."""
    body = {"login": data.login, "password": data.password.get_secret_value()}
    return await services.identity.sign_in(visitor.caller, body)


@get("/sessions/current", operation_id="read_session", tags=["sessions"])
async def read_session(visitor: NamedDependency[Visitor]) -> Session:
    """Whose session this is, and what is left of its first steps."""
    session = visitor.require_session()
    return Session.model_validate({name: getattr(session, name) for name in Session.model_fields})


@delete("/sessions/current", operation_id="sign_out", tags=["sessions"])
async def sign_out(
    visitor: NamedDependency[Visitor], services: NamedDependency[Services], sessions: NamedDependency[Sessions]
) -> None:
    """End the session."""
    visitor.require_session()
    await services.identity.sign_out(visitor.caller)
    sessions.forget(visitor.session_token)


ROUTES = (sign_in, read_session, sign_out)
