"""FranceConnect v2 as one client sees it: everybody signs in anew, and people are named in signed answers alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from simulators.oidc.controls import FAULTS
from simulators.oidc.people import Person, load_people
from simulators.oidc.provider import Grant, Provider
from simulators.oidc.refusals import Codes
from simulators.oidc.requests import Authorization
from simulators.oidc.signing import ALGORITHM

from .people import ACR, CLAIMS_OF, RegisteredPerson
from .rules import CODES, read_authorization


class FranceConnectProvider(Provider):
    """The provider of the State."""

    path: ClassVar[str] = "/api/v2"
    codes: ClassVar[Codes] = CODES
    code_seconds: ClassVar[int] = 30
    token_seconds: ClassVar[int] = 60
    session_seconds: ClassVar[int] = 1800
    end_session_path: ClassVar[str] = "/session/end"
    faults: ClassVar[frozenset[str]] = FAULTS | {"no_person", "low_level", "plain_userinfo"}
    ends_with_state: ClassVar[bool] = True

    def load(self) -> dict[str, Person]:
        return dict(load_people(Path(__file__).with_name("people.toml"), RegisteredPerson))

    def read(self, pairs: Sequence[tuple[str, str]]) -> Authorization:
        return read_authorization(pairs, self.client)

    def announced(self) -> dict[str, Any]:
        """What the published document says of this interface; PKCE stands there too, and is refused."""
        return {
            "revocation_endpoint": f"{self.issuer}/token/revocation",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "acr_values_supported": [ACR],
            "scopes_supported": sorted(CLAIMS_OF),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "id_token_signing_alg_values_supported": [ALGORITHM, "RS256", "HS256"],
            "userinfo_signing_alg_values_supported": [ALGORITHM, "RS256", "HS256"],
            "claims_parameter_supported": True,
        }

    @property
    def is_person_signed(self) -> bool:
        return self.fault != "plain_userinfo"

    def id_claims(self, grant: Grant) -> dict[str, Any]:
        low = {"acr": "eidas0"} if self.fault == "low_level" else {}
        return {**super().id_claims(grant), **low}
