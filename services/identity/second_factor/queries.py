"""The second factor as its holder sees it, and what an application is set up with."""

from uuid import UUID

from chassis.data.database import Database, Queries
from chassis.refusal import NotFound
from contracts.identity.second_factor import SecondFactor, SecondFactorCandidate
from contracts.types import SessionStage

from ..adapters.keys import Keys
from ..adapters.totp import setup_uri
from ..errors import CredentialsNotChosen
from ..sessions.domain import SignedIn
from ..settings import IdentityRules
from .domain import FactorUse
from .store import device_of

CODES_LEFT_SQL = "select count(*) from recovery_codes where account_id = $1"


async def second_factor(db: Database, session: SignedIn) -> SecondFactor:
    """The second factor of whoever is signed in."""
    device = await device_of(db, session.account.account_id)
    return SecondFactor(
        is_offered=session.factor_use is not FactorUse.OFF,
        is_required=session.factor_use is FactorUse.REQUIRED,
        enrolled_at=device.enrolled_at if device else None,
        recovery_codes_left=await recovery_codes_left(db, session.account.account_id),
    )


async def recovery_codes_left(queries: Queries, account_id: UUID) -> int:
    """How many recovery codes of an account were not used yet."""
    return int(await queries.fetchval(CODES_LEFT_SQL, account_id))


async def candidate(db: Database, keys: Keys, session: SignedIn, rules: IdentityRules) -> SecondFactorCandidate:
    """What to set an application up with. Raises NotFound, CredentialsNotChosen."""
    require_offered(session)
    device = await device_of(db, session.account.account_id)
    secret = keys.candidate_secret(session.session_id, device.device_id if device else None)
    uri = setup_uri(secret, session.account.username, rules.town_name)
    return SecondFactorCandidate(secret=secret, uri=uri, is_replacement=device is not None)


def require_offered(session: SignedIn) -> None:
    """A second factor is for agents of a town that uses one, once their credentials are their own. Raises NotFound, CredentialsNotChosen."""
    if session.factor_use is FactorUse.OFF:
        raise NotFound
    if session.stage is SessionStage.CHOOSE_CREDENTIALS:
        raise CredentialsNotChosen


def require_device(session: SignedIn) -> None:
    """Codes are for whoever has a second factor, in a town that uses one. Raises NotFound."""
    if not session.has_application:
        raise NotFound
