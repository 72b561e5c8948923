"""Who visits: the browser's session cookie, what identity says of it, and the proof that a form came from our own page.

The cookie is opaque; the gateway keeps what identity answered for a few seconds and signs nothing. Every unsafe request
must come from the portal's own origin; with a session it must also carry that session's form token.

A form token is masked anew for each response, by a random pad that stands before it. Pages are compressed, and their length would
otherwise betray, guess by guess, a secret that is the same in each of them (BREACH).
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from joserfc.jwk import OctKey
from litestar import Request

from chassis.http.client import Unreachable
from contracts.identity.api import current_session
from contracts.identity.models import CurrentSession
from contracts.types import ActorKind, Channel, SessionStage

from .browsers import SESSION_COOKIE, UNNAMED_BROWSER, bearer_token, device_token_of, user_agent_of
from .calls import Caller, Refused, Services
from .households import ChosenHousehold, chosen_household

CACHE_ENTRIES_MAX: Final = 20_000
TOKEN_MARGIN: Final = timedelta(seconds=15)
FORM_SECRET_BYTES: Final = hashlib.sha256().digest_size
HOLDER_BYTES: Final = 16


class SignInNeeded(Exception):
    """The page is private and nobody is signed in."""


class StageNotReady(Exception):
    """Somebody is signed in who must first choose credentials or accept the terms."""

    def __init__(self, stage: SessionStage) -> None:
        super().__init__(stage)
        self.stage = stage


class WrongSpace(Exception):
    """A parent asked for an agents' page, or an agent for a parents' page: for them it does not exist."""


class ForgedRequest(Exception):
    """An unsafe request that did not come from one of our own pages."""


class StaleForm(ForgedRequest):
    """A form of our own origin that was not served to this session: to another one, maybe of the same person, or to nobody."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks for a page. `session` is None for an anonymous visitor.

    Whoever brought a session that could not be checked, because identity does not answer, is `is_unchecked`: for them
    public pages are those of anybody, and nothing else is open. `household` is the one that they chose to look at, among several;
    `device_token` what their browser keeps of a sign-in before, `user_agent` what it calls itself.
    """

    session: CurrentSession | None
    session_token: str | None
    csrf_token: str
    address: str
    is_unchecked: bool = False
    household: ChosenHousehold | None = None
    device_token: str | None = None
    user_agent: str = UNNAMED_BROWSER

    @property
    def caller(self) -> Caller:
        """On whose behalf services are called by a page: a family's portal, or the counter of an agent."""
        token = self.session.actor_token if self.session else None
        is_agent = self.session is not None and self.session.kind is ActorKind.AGENT
        return Caller(
            actor_token=token,
            session_token=self.session_token,
            address=self.address,
            device_token=self.device_token,
            channel=Channel.COUNTER if is_agent else Channel.PORTAL,
            household_id=self.household.household_id if self.household else None,
            user_agent=self.user_agent,
        )

    def caller_with(self, key: str | None) -> Caller:
        """The same, with an idempotency key for the operations that want one."""
        return replace(self.caller, key=key)

    @property
    def is_ready(self) -> bool:
        """Whether somebody is signed in whose first steps are done."""
        return self.session is not None and self.session.stage is SessionStage.READY

    def require_session(self) -> CurrentSession:
        """The session, at whatever stage. Raises SignInNeeded, or Unreachable while sessions cannot be checked."""
        self.require_checked()
        if self.session is None:
            raise SignInNeeded
        return self.session

    def require_checked(self) -> None:
        """Somebody who is known, or known to be anonymous. Raises Unreachable."""
        if self.is_unchecked:
            raise Unreachable("identity")

    def require_ready(self) -> CurrentSession:
        """A session whose first steps are done, whoever it is of. Raises like `require_session`, or StageNotReady."""
        session = self.require_session()
        if session.stage is not SessionStage.READY:
            raise StageNotReady(session.stage)
        return session

    def require(self, kind: ActorKind) -> CurrentSession:
        """A session that is ready, of a parent or of an agent. Raises like `require_ready`, or WrongSpace."""
        session = self.require_ready()
        if session.kind is not kind:
            raise WrongSpace
        return session


class Sessions:
    """Resolves session cookies, through a short memory that sign-out and sign-in clear."""

    def __init__(self, services: Services, secret: str, portal_url: str, cache_seconds: float) -> None:
        self._services = services
        self._secret = secret.encode()
        self.origin = "{0.scheme}://{0.netloc}".format(urlsplit(portal_url))
        self._cache_seconds = cache_seconds
        self._cache: OrderedDict[str, tuple[float, CurrentSession]] = OrderedDict()

    async def visitor(self, request: Request[Any, Any, Any]) -> Visitor:
        """Who sent this request. A token that identity does not know (any longer) is nobody's.

        A bearer token counts alone: such a request proves nothing of where it came from, so its cookie must not count.
        """
        token = bearer_token(request) or request.cookies.get(SESSION_COOKIE)
        address = request.client.host if request.client else ""
        nobody = Visitor(
            *(None, None, self.csrf_token(None), address),
            device_token=device_token_of(request),
            user_agent=user_agent_of(request),
        )
        try:
            session = await self._resolve(token, address) if token else None
        except Unreachable:
            return replace(nobody, is_unchecked=True)
        if session is None:
            return nobody
        household = chosen_household(request.cookies, session.guardian_id)
        csrf_token = self.csrf_token(session)
        return replace(nobody, session=session, session_token=token, csrf_token=csrf_token, household=household)

    def csrf_token(self, session: CurrentSession | None) -> str:
        """A form token of a session, another one at each call; it proves that the form was served in this session, which may have another
        token by then, and says whose form it is once the session has ended."""
        pad = secrets.token_bytes(FORM_SECRET_BYTES + HOLDER_BYTES)
        masked = pad + _xor(pad, self._form_secret(session))
        return base64.urlsafe_b64encode(masked).decode().rstrip("=")

    def holder(self, session: CurrentSession | None) -> str:
        """What stands for the holder of a session in forms and cookies, the same in each of their sessions; empty for nobody. Of an account of
        several adults it stands for the one who acts: a form of one of them is none of another one's."""
        if session is None:
            return ""
        return self._secret_of("holder", f"{session.account_id}:{session.guardian_id}")[:HOLDER_BYTES].hex()

    def sealing_key(self, holder: str, path: str) -> OctKey:
        """The key of what a browser keeps for one of our pages, for whoever typed it, and cannot read."""
        return OctKey.import_key(self._secret_of(f"kept for {path}", holder))

    def _form_secret(self, session: CurrentSession | None) -> bytes:
        """What every form token of a session hides: its secret, and its holder."""
        holder = bytes.fromhex(self.holder(session)) or bytes(HOLDER_BYTES)
        return self._secret_of("form", str(session.session_id) if session else None) + holder

    def _secret_of(self, purpose: str, of: str | None) -> bytes:
        return hmac.digest(self._secret, f"{purpose}:{of or ''}".encode(), hashlib.sha256)

    def check_origin(self, request: Request[Any, Any, Any]) -> None:
        """Refuse an unsafe request that another site may have made. Raises ForgedRequest."""
        origin = request.headers.get("origin")
        if origin is None and request.headers.get("sec-fetch-site") == "same-origin":
            return
        if origin != self.origin:
            raise ForgedRequest

    def check_form(self, visitor: Visitor, token: object) -> None:
        """Refuse a form that was not served to this session. Raises StaleForm, or Unreachable if nobody can tell."""
        visitor.require_checked()
        expected = self._form_secret(visitor.session)
        if visitor.session is not None and not hmac.compare_digest(_unmask(str(token or "")), expected):
            raise StaleForm

    def forget(self, session_token: str | None) -> None:
        """What is remembered of a session is no longer true."""
        self._cache.pop(_digest(session_token or ""), None)

    def forget_account(self, account_id: UUID) -> None:
        """What is remembered of the sessions of an account is no longer true."""
        for digest in [digest for digest, (_, session) in self._cache.items() if session.account_id == account_id]:
            del self._cache[digest]

    async def _resolve(self, token: str, address: str) -> CurrentSession | None:
        digest = _digest(token)
        remembered = self._cache.get(digest)
        if remembered and time.monotonic() < remembered[0]:
            return remembered[1]
        try:
            session = await self._services.call(Caller(session_token=token, address=address), current_session)
        except Refused:
            self._cache.pop(digest, None)
            return None
        except Unreachable:
            # What identity said last holds while it is away, no longer than the token that it signed then.
            if remembered is None or _seconds_left(remembered[1]) <= 0:
                raise
            return remembered[1]
        lifetime = max(0.0, min(self._cache_seconds, _seconds_left(session)))
        self._cache[digest] = (time.monotonic() + lifetime, session)
        self._cache.move_to_end(digest)
        while len(self._cache) > CACHE_ENTRIES_MAX:
            self._cache.popitem(last=False)
        return session


def holder_named(token: str) -> str:
    """The holder whom a form token names, of a session that may have ended; empty for nobody."""
    holder = _unmask(token)[FORM_SECRET_BYTES:]
    return holder.hex() if any(holder) else ""


def _unmask(token: str) -> bytes:
    """The secret that a form token hides, then its holder; nothing for what is no token."""
    try:
        masked = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (ValueError, binascii.Error):
        return b""
    half = FORM_SECRET_BYTES + HOLDER_BYTES
    return _xor(masked[:half], masked[half:]) if len(masked) == 2 * half else b""


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def _seconds_left(session: CurrentSession) -> float:
    """How long the session's actor token may still be used; nothing without one."""
    if session.actor_token_expires_at is None:
        return 0.0
    return (session.actor_token_expires_at - datetime.now(UTC) - TOKEN_MARGIN).total_seconds()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
