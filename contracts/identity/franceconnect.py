"""What travels when somebody of a family says who they are through FranceConnect."""

from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.event import Model
from contracts.identity.models import OpaqueToken, Password, SessionOpened

RETURN_PATH: Final = "/franceconnect/retour"
"""Where browsers come back to: registered at the provider, to the letter."""
SIGNED_OUT_PATH: Final = "/franceconnect/deconnecte"
"""Where they come back to once their session there has ended: registered too."""


class AuthorizationOutcome(Model):
    """What came of it: a new `session`; or else an identity that waits to be linked, under this id; or, to whoever is signed in, that it `is_linked`
    to their account already; `is_proof`: they have proved with it who they are."""

    authorization_id: UUID
    session: SessionOpened | None
    is_linked: bool
    is_proof: bool = False
    next_path: str


class BrowserIdentity(Model):
    """An identity that waits, for the browser that brought it alone."""

    browser_token: OpaqueToken
    authorization_id: UUID


class WaitingIdentity(Model):
    """Whom the provider named, as a page says it, empty when it gave no name; and until when that can be linked."""

    name: str
    expires_at: datetime


class IdentityLink(BrowserIdentity):
    """Link an identity to one's account: the password proves whose account it is."""

    current_password: Password


class LinkRemoval(Model):
    """Remove the link: the password proves that there is another way in."""

    current_password: Password


class OwnLink(Model):
    """Since when somebody's account is linked; None: it is not."""

    linked_at: datetime | None


class SessionLeft(Model):
    """The session ended; `logout_url` is where the browser ends that of the provider, None for whoever did not come from one. `is_of_agents`: it
    is the town's own, of its agents."""

    logout_url: str | None
    is_of_agents: bool = False
