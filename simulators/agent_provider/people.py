"""The accounts of the town hall, and what the provider says of one."""

import hashlib
from typing import Any

from simulators.oidc.people import Person


class Employee(Person):
    """Somebody of the town hall."""

    given_name: str
    employee_number: str
    is_email_verified: bool = True
    has_second_factor: bool = False

    def subject(self, client_id: str) -> str:
        """The name by which the provider knows them for ever."""
        return hashlib.sha256(f"mairie {self.name}".encode()).hexdigest()[:36]

    def claims(self, scopes: frozenset[str]) -> dict[str, Any]:
        """What these scopes say of the person."""
        claims: dict[str, Any] = {"employee_number": self.employee_number}
        if "email" in scopes:
            claims |= {"email": self.email, "email_verified": self.is_email_verified}
        if "profile" in scopes:
            claims |= {"given_name": self.given_name, "family_name": self.family_name, "preferred_username": self.name}
        return claims

    def assurance(self) -> dict[str, Any]:
        """Whether they showed a second factor."""
        strong = self.has_second_factor
        return {"acr": "2" if strong else "1", "amr": ["pwd", "otp"] if strong else ["pwd"]}
