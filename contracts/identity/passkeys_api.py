"""What the identity service answers of passkeys: one's own, signing in with one, and proving with one who one is."""

from uuid import UUID

from contracts.http import Page
from contracts.identity.models import SessionOpened
from contracts.identity.passkeys import (
    Passkey,
    PasskeyAddition,
    PasskeyOptions,
    PasskeyProof,
    PasskeyRegistration,
    PasskeyRemoval,
    PasskeySignIn,
    PasskeySignInStart,
)
from contracts.identity.step_up import StepUpState
from contracts.operation import EVERYBODY, OWN_SESSION, get, post


@post("/passkeys/challenges", EVERYBODY, status=201, is_noted=False, has_secret=True)
async def start_passkey_sign_in(body: PasskeySignInStart) -> PasskeyOptions:
    """Begin to sign in with a passkey: what the browser asks its authenticator."""


@post("/passkeys/sessions", EVERYBODY, status=201, is_noted=False, has_secret=True)
async def sign_in_with_passkey(body: PasskeySignIn) -> SessionOpened:
    """Open a session with what the authenticator answered."""


@get("/me/passkeys", OWN_SESSION)
async def own_passkeys() -> Page[Passkey]:
    """The passkeys of whoever is signed in, the latest first."""


@post("/me/passkeys/registrations", OWN_SESSION, status=201, is_noted=False, has_secret=True)
async def start_passkey(body: PasskeyRegistration) -> PasskeyOptions:
    """Begin to add a passkey, with one's password."""


@get("/me/passkeys/registration", OWN_SESSION)
async def started_passkey() -> PasskeyOptions:
    """What the browser asks its authenticator to make the passkey that was begun in this session."""


@post("/me/passkeys", OWN_SESSION, status=201, has_secret=True)
async def add_passkey(body: PasskeyAddition) -> Passkey:
    """Add the passkey that the authenticator made; its holder is told by mail."""


@post("/me/passkeys/{passkey_id}/removal", OWN_SESSION, status=204, has_secret=True)
async def remove_passkey(passkey_id: UUID, body: PasskeyRemoval) -> None:
    """Remove one of one's own passkeys, with one's password; its holder is told by mail."""


@post("/me/step-up/passkey-challenges", OWN_SESSION, status=201, is_noted=False)
async def start_passkey_proof() -> PasskeyOptions:
    """Begin to prove who one is with a passkey of one's own."""


@post("/me/step-up/passkey", OWN_SESSION, has_secret=True)
async def step_up_with_passkey(body: PasskeyProof) -> StepUpState:
    """Prove who one is with what the authenticator answered: what the town asks this for is open to the session for some minutes."""
