"""Calls of the identity service."""

from typing import Any
from uuid import UUID

from contracts.http import Page
from contracts.identity.api import (
    Account,
    Activated,
    CredentialPolicy,
    CurrentSession,
    Invitation,
    SessionOpened,
    Terms,
)

from .calling import Caller, ServiceClient

AccountPage = Page[Account]


class IdentityClient(ServiceClient):
    """Sign-in, activation, credentials, terms and accounts."""

    async def sign_in(self, caller: Caller, body: Any) -> SessionOpened:
        """Open a session with a login and a password."""
        return await self.send(caller, "POST", "/sessions", SessionOpened, body)

    async def current_session(self, caller: Caller) -> CurrentSession:
        """Who the session belongs to."""
        return await self.read(caller, "/sessions/current", CurrentSession)

    async def sign_out(self, caller: Caller) -> None:
        """End the session."""
        await self.order(caller, "DELETE", "/sessions/current")

    async def activate(self, caller: Caller, token: str) -> Activated:
        """Follow an activation link."""
        return await self.send(caller, "POST", "/activations", Activated, {"token": token})

    async def credential_policy(self, caller: Caller) -> CredentialPolicy:
        """What a personal password needs."""
        return await self.read(caller, "/credential-policy", CredentialPolicy)

    async def choose_credentials(self, caller: Caller, body: Any) -> SessionOpened:
        """Replace the credentials; the session goes on under a new token.

        It ends the session that it comes with: repeated after a lost answer, it would be told that nobody is signed in.
        """
        return await self.send_once(caller, "PUT", "/me/credentials", SessionOpened, body)

    async def terms(self, caller: Caller) -> Terms:
        """The terms in force."""
        return await self.read(caller, "/terms", Terms)

    async def accept_terms(self, caller: Caller, body: Any) -> CurrentSession:
        """Accept the terms."""
        return await self.send(caller, "POST", "/me/terms-acceptance", CurrentSession, body)

    async def accounts(self, caller: Caller, guardian_id: UUID) -> AccountPage:
        """The account of a guardian, if there is one yet."""
        return await self.read(caller, "/accounts", AccountPage, guardian_id=guardian_id)

    async def invite_again(self, caller: Caller, account_id: UUID) -> Invitation:
        """Send a new link and temporary password."""
        return await self.send(caller, "POST", f"/accounts/{account_id}/invitation", Invitation)
