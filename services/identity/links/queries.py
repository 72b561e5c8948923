"""The identity that waits in a browser, and whether an account is linked."""

from chassis.actor import Actor
from chassis.data.database import Database
from contracts.identity.franceconnect import BrowserIdentity, OwnLink, WaitingIdentity

from ..adapters.keys import Keys, token_hash
from ..errors import FranceConnectReturnExpired, FranceConnectReturnUnknown
from ..federation.domain import ProvenIdentity
from ..federation.store import find_identity, find_link


async def proven_identity(db: Database, keys: Keys, request: BrowserIdentity) -> ProvenIdentity:
    """The identity that waits in a browser. Raises FranceConnectReturnUnknown, FranceConnectReturnExpired."""
    return (await _waiting(db, keys, request))[0]


async def waiting_identity(db: Database, keys: Keys, request: BrowserIdentity) -> WaitingIdentity:
    """What a page says of it. Raises like `proven_identity`."""
    identity, waiting = await _waiting(db, keys, request)
    return waiting.model_copy(update={"name": identity.name})


async def _waiting(db: Database, keys: Keys, request: BrowserIdentity) -> tuple[ProvenIdentity, WaitingIdentity]:
    row = await find_identity(db, request.authorization_id, token_hash(request.browser_token))
    content = keys.open_federation(row[0], request.authorization_id) if row else None
    if row is None or content is None:
        raise FranceConnectReturnUnknown
    _, expires_at = row
    if expires_at <= await db.now():
        raise FranceConnectReturnExpired
    return ProvenIdentity.from_json(content), WaitingIdentity(name="", expires_at=expires_at)


async def own_link(db: Database, actor: Actor) -> OwnLink:
    """Since when somebody's account is linked."""
    return OwnLink(linked_at=await find_link(db, actor.account_id))
