"""What stands between a session and the acts that the town asks a proof for."""

from datetime import datetime

from chassis.comparing import masked
from chassis.data.database import Database
from contracts.identity.step_up import SentCode, StepUpState
from contracts.types import StepUpMeans

from ..federation.store import link_counts_from
from ..passkeys.store import passkeys_of
from ..second_factor.store import device_of
from ..sessions.domain import SignedIn
from ..settings import IdentityRules
from .store import code_of


async def step_up_state(db: Database, session: SignedIn, rules: IdentityRules) -> StepUpState:
    """The state of a session that was read a moment ago."""
    now, lasts = await db.now(), session.open_acts.lasts
    code = await code_of(db, session.session_hash)
    is_alive = code is not None and code.is_alive(now)
    return StepUpState(
        asks=tuple(sorted(rules.step_up.asked_of(session.account.kind))),
        proof_ends_at=now + lasts if lasts else None,
        means=await _means_of(db, session, now),
        mailed_to=masked(session.account.email),
        code=SentCode(sent_at=code.sent_at, expires_at=code.expires_at, resend_at=code.resend_at)
        if code and is_alive
        else None,
    )


async def _means_of(db: Database, session: SignedIn, now: datetime) -> tuple[StepUpMeans, ...]:
    """What the account has to prove itself with, and what counts already: everybody has an address."""
    account_id = session.account.account_id
    device = await device_of(db, account_id) if session.has_application else None
    since = {
        StepUpMeans.TOTP: device.counts_from if device else None,
        StepUpMeans.PASSKEY: min((passkey.counts_from for passkey in await passkeys_of(db, account_id)), default=None),
        StepUpMeans.FRANCECONNECT: await link_counts_from(db, account_id),
    }
    return (StepUpMeans.MAIL, *(means for means, at in since.items() if at is not None and at <= now))
