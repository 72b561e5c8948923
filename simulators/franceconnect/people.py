"""The people of the register, and what each scope says of one."""

import hashlib
from typing import Any

from simulators.oidc.people import Person

ACR = "eidas1"
PIVOT = ("given_name", "given_name_array", "family_name", "birthdate", "gender", "birthplace", "birthcountry")
CLAIMS_OF: dict[str, tuple[str, ...]] = {
    "openid": (),
    "given_name": ("given_name", "given_name_array"),
    "family_name": ("family_name",),
    "birthdate": ("birthdate",),
    "gender": ("gender",),
    "birthplace": ("birthplace",),
    "birthcountry": ("birthcountry",),
    "preferred_username": ("preferred_username",),
    "email": ("email",),
    "profile": ("given_name", "given_name_array", "family_name", "birthdate", "gender", "preferred_username"),
    "birth": ("birthplace", "birthcountry"),
    "identite_pivot": PIVOT,
}


class RegisteredPerson(Person):
    """Somebody of the register; `birthplace` is empty for who was born abroad, `preferred_username` is often absent."""

    given_name_array: tuple[str, ...]
    birthdate: str
    gender: str
    birthplace: str
    birthcountry: str
    preferred_username: str | None = None

    @property
    def given_name(self) -> str:
        """All first names."""
        return " ".join(self.given_name_array)

    def claims(self, scopes: frozenset[str]) -> dict[str, Any]:
        """What these scopes say of the person."""
        names = dict.fromkeys(name for scope in sorted(scopes) for name in CLAIMS_OF[scope])
        values = {name: getattr(self, name) for name in names}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
            if value is not None
        }

    def subject(self, client_id: str) -> str:
        """The pairwise subject: stable for a client, another one for each client."""
        return hashlib.sha256(f"{client_id}:{self.name}:{self.birthdate}".encode()).hexdigest() + "v1"

    def assurance(self) -> dict[str, Any]:
        """The level of everybody."""
        return {"acr": ACR}
